"""Whole files of addresses against the national judge: its recorded verdicts, and itself where it can be run.

Every difference is a fault of ours, or stands in `WANTED` with its reason.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from addresses import TODAY, Verdict, judge_rows, read_addresses, spoiled_files, written
from hypothesis import HealthCheck, given, settings
from oracles.bal_oracle import HERE, Oracle, running

from services.validator.checks import bal_cells

RECORDED = [json.loads(line) for line in (HERE / "recorded.jsonl").read_text().splitlines()]
OFFICIAL = json.loads((HERE / "official.json").read_text())

WANTED = {
    "the oracle crashes": "A former commune beside a key of no known commune stops the national judge; ours goes on.",
    "row.different_id_ban_adresses_with_same_adresse": (
        "The national judge holds that an empty `uid_adresse` and one without address differ; both say nothing."
    ),
}
"""Difference → reason. The second only where the file has a column `uid_adresse`."""

OF_HEADER_OR_FORM = ("field.", "file.", "rows.empty")
"""Findings that other rooms make."""


def _levels(levels: dict[str, str], *, tolerant: bool) -> dict[str, str]:
    return {
        code: level
        for code, level in levels.items()
        if not code.startswith(OF_HEADER_OR_FORM) and not (tolerant and code in WANTED)
    }


def _same(ours: Verdict, theirs: dict[str, Any], *, tolerant: bool) -> None:
    def kept(rows: list[list[str]]) -> list[list[str]]:
        return [[code for code in codes if not (tolerant and code in WANTED)] for codes in rows]

    assert ours.profile == theirs["profile"]
    assert kept(ours.rows) == kept(theirs["rows"])
    assert _levels(ours.levels, tolerant=tolerant) == _levels(theirs["levels"], tolerant=tolerant)
    assert ours.whole == {code for code in theirs["global"] if not code.startswith(OF_HEADER_OR_FORM)}


@pytest.mark.parametrize("proven_from", [0, 1000], ids=["proven", "read one by one"])
def test_recorded_files_get_the_recorded_faults(proven_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bal_cells, "FEW", proven_from)
    for case in RECORDED:
        theirs = {"profile": case["profile"], "rows": case["faults"], "levels": case["levels"], "global": case["whole"]}
        _same(judge_rows(case["header"], case["rows"]), theirs, tolerant=False)


def test_the_recorded_files_show_every_rule() -> None:
    shown = {code.split(".")[-1] for case in RECORDED for code in case["levels"]}
    assert len(shown) >= 40


@pytest.mark.parametrize("name", list(OFFICIAL))
def test_an_official_file_gets_the_recorded_faults(official: Path, name: str) -> None:
    recorded = OFFICIAL[name]
    header, rows = read_addresses(official / "scdl" / "files" / "base-adresse-locale" / name)
    found = judge_rows(header, rows, batch_rows=10)
    assert found.profile == recorded["profile"]
    faults = {code: _places(ranks) for code, ranks in recorded["rows"].items()}
    assert {code for codes in found.rows for code in codes} == set(faults)
    for code, ranks in faults.items():
        assert [rank for rank, codes in enumerate(found.rows) if code in codes] == ranks
    assert found.whole == {code for code in recorded["whole"] if not code.startswith(OF_HEADER_OR_FORM)}


def _places(ranks: str) -> list[int]:
    ends = [[int(end) for end in each.split("-")] for each in ranks.split()]
    return [rank for first, *last in ends for rank in range(first, (last or [first])[0] + 1)]


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    """The national judge, running."""
    yield from running(TODAY.isoformat())


@pytest.mark.long
def test_official_files_are_judged_as_recorded(official: Path, oracle: Oracle) -> None:
    for name, recorded in OFFICIAL.items():
        found = oracle.judge(official / "scdl" / "files" / "base-adresse-locale" / name)
        assert (found["outcome"], found["profile"]) == (recorded["outcome"], recorded["profile"])


@pytest.mark.long
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(file=spoiled_files())
def test_spoiled_files_get_the_same_faults(
    file: tuple[list[str], list[list[str]]], oracle: Oracle, tmp_path_factory: pytest.TempPathFactory
) -> None:
    header, rows = file
    path = tmp_path_factory.getbasetemp() / "spoiled.csv"
    path.write_text(written(header, rows), encoding="utf-8", newline="")
    theirs = oracle.judge(path)
    if theirs["outcome"] == "crash":
        assert "anciensCodes" in theirs["why"], WANTED["the oracle crashes"]
        return
    _same(judge_rows(header, rows), theirs, tolerant="uid_adresse" in header)
