"""What the demonstration says of what it saw; playing it is tried by test_start."""

from services.cli.demo import DemoFile, Played, demo_files, show_demo
from services.cli.push.answers import FollowedDeposit, FoundFault, FoundFaults
from services.cli.screen import Screen
from shared.registry import load_registry

CORE = ("bal", "deliberations", "equipements", "marches", "prenoms", "subventions")
"""The data sets that the demonstration plays with."""


def fault(code: str, row: int, severity: str = "error") -> FoundFault:
    return FoundFault(code, severity, row, "DELIB_DATE", "x", f"{code} à la ligne {row}", "Corrigez.")


def played(file: str, state: str, *faults: FoundFault) -> Played:
    deposit = FollowedDeposit(
        id=file,
        state=state,
        organisation="Revel",
        dataset_id=None,
        dataset_version=None,
        verdict="valid" if state == "published" else "invalid",
        errors=len(faults),
        warnings=0,
        corrections=0,
        failure=None,
    )
    described = DemoFile(file, "scdl/deliberations", "213104516", "valid", file)
    return Played(described, deposit, FoundFaults(faults, len(faults), 0, 0))


def test_three_findings_of_different_kinds_are_shown_from_the_dirtiest_rejected_file(capsys):
    dull = played("dull.csv", "rejected", *(fault("a", row) for row in range(2, 9)))
    rich = played(
        "rich.csv", "rejected", fault("w", 1, "warning"), fault("a", 2), fault("a", 3), fault("b", 4), fault("c", 5)
    )
    show_demo([played("good.csv", "published"), dull, rich], Screen())
    shown = capsys.readouterr().out
    assert "good.csv | Revel | valide" in shown
    assert "Trois constats de « rich.csv »" in shown
    findings = [line for line in shown.splitlines() if "à la ligne" in line]
    assert [line.split(" | ")[0] for line in findings] == ["2", "4", "5"]


def test_a_file_with_three_findings_is_shown_rather_than_one_with_fewer_of_more_kinds(capsys):
    sparse = played("sparse.csv", "rejected", fault("a", 2), fault("b", 3))
    dull = played("dull.csv", "rejected", *(fault("a", row) for row in range(2, 9)))
    show_demo([sparse, dull], Screen())
    assert "Trois constats de « dull.csv »" in capsys.readouterr().out


def test_nothing_is_said_of_findings_when_every_file_is_good(capsys):
    show_demo([played("good.csv", "published")], Screen())
    assert "constats" not in capsys.readouterr().out


def test_the_demonstration_has_a_file_for_each_core_schema_and_a_dirty_one():
    files = demo_files()
    valid = {one.schema for one in files if one.expected_verdict == "valid"}
    assert valid == {load_registry().get(name).name for name in CORE}
    assert any(one.expected_verdict == "invalid" for one in files)
