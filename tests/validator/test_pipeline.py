"""Whole files, from bytes to verdict."""

from pathlib import Path

import pytest
from judging import Judge, codes, deliberation_file

from services.validator.pipeline import Request, report_of_limit
from shared.registry import Registry, UnknownSchema

FILES = Path(__file__).parent.parent / "files"


@pytest.mark.parametrize(
    ("name", "schema", "verdict", "expected"),
    [
        ("bal_1.3.csv", "bal", "valid", {}),
        ("bal_1.4.csv", "bal", "valid", {}),
        ("bal_1.5.csv", "bal", "valid", {}),
        ("binary.csv", "deliberations", "invalid", None),
        ("decp.json", "marches", "valid", {}),
        ("decp_truncated.json", "marches", "invalid", {"json-invalid": 1}),
        ("deliberations.csv", "deliberations", "valid", {}),
        ("deliberations_bom_semicolon_crlf.csv", "deliberations", "valid", {}),
        ("deliberations_cp1252_semicolon.csv", "deliberations", "valid", {}),
        ("deliberations_duplicate_rows.csv", "deliberations", "valid", {"duplicate-identity": 2}),
        ("deliberations_formulas.csv", "deliberations", "valid", None),
        ("deliberations_header_only.csv", "deliberations", "invalid", {"no-rows": 1}),
        ("deliberations_lowercase_headers.csv", "deliberations", "valid", {}),
        ("deliberations_multiline_cell.csv", "deliberations", "valid", {}),
        ("deliberations_ragged.csv", "deliberations", "invalid", None),
        ("deliberations_reordered_extra.csv", "deliberations", "valid", {}),
        ("deliberations_replacement_character.csv", "deliberations", "valid", None),
        ("deliberations_unclosed_quote.csv", "deliberations", "invalid", {"unclosed-quote": 1}),
        ("deliberations_utf16.csv", "deliberations", "valid", {}),
        ("empty.csv", "deliberations", "invalid", {"empty-file": 1}),
        ("html_instead_of_csv.csv", "deliberations", "invalid", {"html-instead-of-csv": 1}),
        ("subventions.csv", "subventions", "valid", {}),
        ("subventions_dirt.csv", "subventions", "invalid", None),
    ],
)
def test_a_file_gets_its_verdict(
    judge: Judge, name: str, schema: str, verdict: str, expected: dict[str, int] | None
) -> None:
    found = judge(FILES / name, schema)
    assert found.report.verdict == verdict, codes(found)
    if expected is not None:
        assert codes(found) == expected


def test_the_same_bytes_get_the_same_report(judge: Judge) -> None:
    text = deliberation_file({"DELIB_DATE": "x"}, {"DELIB_ID": "b"})
    first, second = judge(text).report, judge(text).report
    stats = second.stats.model_copy(update={"seconds": first.stats.seconds})
    assert first == second.model_copy(update={"stats": stats})


def test_a_schema_may_be_named_by_its_dataset(judge: Judge) -> None:
    assert judge(deliberation_file({}), "deliberations").report.judged_by.name == "scdl/deliberations"


def test_an_unknown_schema_is_refused(judge: Judge) -> None:
    with pytest.raises(UnknownSchema):
        judge("a\n1\n", "nope")


def test_a_limit_is_a_report_too(registry: Registry) -> None:
    report = report_of_limit(Request("bal"), registry=registry, sha256="0" * 64, size_bytes=9, limit="mémoire")
    assert (report.verdict, [rule.code for rule in report.by_rule]) == ("invalid", ["file-too-complex"])
    assert "mémoire" in report.findings[0].message


@pytest.mark.parametrize(
    ("corrections", "verdict", "severity"), [("all", "valid", "info"), ("none", "invalid", "error")]
)
def test_blank_rows_are_passed_over_and_told_unless_read_to_the_letter(
    judge: Judge, corrections: str, verdict: str, severity: str
) -> None:
    content = deliberation_file({}) + "," * 6 + "\n\n"
    report = judge(content, corrections=corrections).report
    assert (report.verdict, report.stats.rows) == (verdict, 1)
    assert [(rule.code, rule.severity, rule.count) for rule in report.by_rule if rule.code == "blank-row"] == [
        ("blank-row", severity, 2)
    ]


def test_a_blank_row_passed_over_lacks_no_key(judge: Judge, official: Path) -> None:
    path = official / "scdl" / "files" / "stationnement" / "etalab_exemple-valide.csv"
    report = judge(path.read_bytes() + b"," * 29 + b"\n", "stationnement").report
    assert report.verdict == "valid"
