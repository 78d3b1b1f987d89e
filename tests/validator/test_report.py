"""What the report counts and lists."""

import json
from pathlib import Path
from typing import get_args

import openpyxl
from judging import Judge, deliberation_file

from services.validator.annotate import write_annotated
from services.validator.pipeline import ENGINE_VERSION
from services.validator.tally import KEPT_LIMIT, SAMPLES_LIMIT
from shared.reports.as_csv import csv_report
from shared.reports.as_html import html_report
from shared.reports.labels import LABELS
from shared.reports.render import Given, in_validatas_shape
from shared.reports.reword import worded
from shared.reports.shape import StoredReport
from shared.reports.words import Language


def test_a_report_has_its_shape(judge: Judge) -> None:
    report = judge(deliberation_file({"DELIB_DATE": "2024-13-45"}, {"DELIB_ID": "2"})).report
    document = json.loads(worded(report, "fr").model_dump_json(by_alias=True))
    expected = [
        "verdict", "engine_version", "language", "schema", "input", "stats", "header", "by_rule", "findings",
        "corrections", "truncated", "links", "context", "to_confirm", "mode",
    ]  # fmt: skip
    assert sorted(document) == sorted(expected)
    assert document["engine_version"] == ENGINE_VERSION
    assert document["schema"]["name"] == "scdl/deliberations"
    assert document["input"]["encoding"] == "utf-8"
    assert (document["input"]["delimiter"], document["input"]["header_row"]) == (",", 1)
    assert document["stats"]["rows"] == 2
    assert document["stats"]["valid_rows"] == 1
    assert document["header"]["matched"][0] == {"source": "COLL_NOM", "field": "COLL_NOM", "confidence": 1.0}
    assert document["by_rule"][0]["validata"] == "type-error"
    assert StoredReport.model_validate_json(report.model_dump_json(by_alias=True)) == report


def test_counts_are_complete_and_lists_bounded(judge: Judge) -> None:
    rows = [{"DELIB_ID": str(number), "DELIB_DATE": "2024-13-45"} for number in range(2 * KEPT_LIMIT)]
    report = judge(deliberation_file(*rows)).report
    assert report.truncated
    assert (report.stats.errors, len(report.findings)) == (2 * KEPT_LIMIT, KEPT_LIMIT)
    (rule,) = [each for each in report.by_rule if each.code == "date-format"]
    assert (rule.count, len(rule.samples)) == (2 * KEPT_LIMIT, SAMPLES_LIMIT)
    assert report.stats.valid_rows == 0


def test_what_is_not_listed_is_said_in_every_format(judge: Judge, tmp_path: Path) -> None:
    rows = [{"DELIB_ID": str(number), "DELIB_DATE": "2024-13-45"} for number in range(KEPT_LIMIT + 20)]
    stored = judge(deliberation_file(*rows)).report
    for language in get_args(Language):
        report = worded(stored, language)
        left = sum(rule.count for rule in report.by_rule) - len(report.findings)
        assert left == 20 + sum(rule.count for rule in report.by_rule if rule.severity == "info")
        said = LABELS[language]["unlisted"].format(left)
        assert report.truncated
        assert said in html_report(report)
        assert said in csv_report(report).decode().splitlines()[-1]
        assert in_validatas_shape(report, Given())["report"]["truncated"] is True  # type: ignore[index]
        write_annotated(None, report, tmp_path / "report.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")[LABELS[language]["findings_sheet"]]
        assert (sheet["A1"].value, sheet["A2"].value) == (said, LABELS[language]["severity"])
        assert sheet.max_row == KEPT_LIMIT + 2


def test_corrections_that_are_not_listed_are_said(judge: Judge) -> None:
    rows = [{"DELIB_ID": str(number), "DELIB_DATE": "31/12/2024"} for number in range(KEPT_LIMIT + 20)]
    report = worded(judge(deliberation_file(*rows)).report, "fr")
    assert (report.verdict, report.truncated, len(report.corrections)) == ("valid", True, KEPT_LIMIT)
    assert "1\u202f000 corrections sur 5\u202f020 sont listées" in html_report(report)


def test_errors_are_listed_before_warnings_when_not_all_fit(judge: Judge) -> None:
    rows = [{"DELIB_ID": str(number), "DELIB_MATIERE_NOM": "x"} for number in range(KEPT_LIMIT + 10)]
    report = judge(deliberation_file(*rows, {"DELIB_ID": "last", "DELIB_DATE": "x"})).report
    assert any(each.code == "date-format" for each in report.findings)
    assert report.truncated


def test_findings_are_in_file_order(judge: Judge) -> None:
    rows = [{"DELIB_ID": "1", "DELIB_MATIERE_NOM": "x"}, {"DELIB_ID": "2", "DELIB_DATE": "x"}, {"DELIB_ID": ""}]
    report = judge(deliberation_file(*rows)).report
    lines = [each.row for each in report.findings if each.row != 1]
    assert lines == [2, 3, 4]


def test_a_clean_file_has_nothing_to_mend(judge: Judge) -> None:
    report = judge(deliberation_file({})).report
    assert (report.verdict, report.stats.errors, report.stats.warnings) == ("valid", 0, 0)
    assert {each.severity for each in report.findings} == {"info"}


def test_only_the_templates_of_codes_found_are_kept(judge: Judge) -> None:
    report = judge(deliberation_file({"DELIB_DATE": "2024-13-45"})).report
    assert "date-format" in report.english.findings
    assert set(report.english.findings) == {rule.code for rule in report.by_rule}
    assert report.english.corrections == {}


def test_a_header_of_another_case_is_told_in_english_too(judge: Judge) -> None:
    report = judge(deliberation_file({}).replace("COLL_NOM", "Coll_Nom")).report
    assert worded(report, "fr").corrections[0].message.startswith("La colonne")
    assert worded(report, "en").corrections[0].message == "The column “Coll_Nom” is read as “COLL_NOM”."
