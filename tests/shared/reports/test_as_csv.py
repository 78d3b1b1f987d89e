"""Findings as CSV: one line each, safe to open."""

import csv
import io

import pytest
from reporting import a_finding, a_report

from shared.reports.as_csv import MEMBERS, csv_report, harmless
from shared.reports.reword import worded


def test_one_line_per_finding_under_the_names_of_the_json() -> None:
    text = csv_report(worded(a_report(a_finding(2), a_finding(None, value=None)), "fr")).decode()
    first, second = csv.DictReader(io.StringIO(text))
    assert tuple(first) == MEMBERS
    assert (first["row"], first["value"], first["suggestion"]) == ("2", "31/12/2024", "2024-12-31")
    assert (second["row"], second["value"]) == ("", "")


def test_a_spreadsheet_gets_a_mark_semicolons_and_names_for_people() -> None:
    content = csv_report(worded(a_report(a_finding()), "fr"), spreadsheet=True)
    assert content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}Gravité;Code;Ligne;Colonne;Valeur".encode())
    assert csv_report(worded(a_report(), "en"), spreadsheet=True)[3:].startswith(b"Severity;Code;Line")


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 5 61", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\N{FULLWIDTH EQUALS SIGN}1", "-", "+"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.5", "-12,50", "a=b", "", "2024-12-31"])
def test_plain_texts_and_numbers_stay(text: str) -> None:
    assert harmless(text) == text


def test_what_is_counted_without_being_listed_is_said() -> None:
    report = worded(a_report(a_finding()), "fr")
    rule = report.by_rule[0].model_copy(update={"count": 12})
    last = list(csv.DictReader(io.StringIO(csv_report(report.model_copy(update={"by_rule": [rule]})).decode())))[-1]
    assert last["code"] == "truncated"
    assert last["message"].startswith("11 constats")
