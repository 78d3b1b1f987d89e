"""A kept report in the language of its reader."""

from reporting import a_finding, a_report, follows_schema

from shared.reports.reword import worded
from shared.reports.shape import CorrectionOut


def test_a_report_is_worded_in_english_from_what_it_keeps() -> None:
    report = worded(a_report(a_finding()), "en")
    assert report.language == "en"
    found = report.findings[0]
    assert found.message == "“31/12/2024” is not a date in the expected format."
    assert found.how_to_mend == "Replace “31/12/2024” with “2024-12-31”."
    assert found.expected == "a date YYYY-MM-DD"
    assert report.by_rule[0].samples == [found]


def test_without_a_replacement_the_ordinary_advice_is_given() -> None:
    found = worded(a_report(a_finding(suggestion=None)), "en").findings[0]
    assert found.how_to_mend == "Write the date as YYYY-MM-DD."


def test_corrections_are_worded_too() -> None:
    correction = CorrectionOut(rule="header-name", row=1, column="A", before="a", after="A", message="…")
    assert worded(a_report(corrections=(correction,)), "en").corrections[0].message == "The column “a” is read as “A”."


def test_a_code_without_english_keeps_its_french() -> None:
    found = a_finding(code="older-code")
    assert worded(a_report(found), "en").findings == [found]


def test_braces_of_a_value_stay_text() -> None:
    assert "{row}{0}" in worded(a_report(a_finding(value="{row}{0}")), "en").findings[0].message


def test_a_worded_report_keeps_no_template() -> None:
    report = a_report(a_finding())
    follows_schema(report)
    assert "english" not in worded(report, "fr").model_dump(by_alias=True)
    assert worded(report, "fr").findings == report.findings
