"""One spelling per value, and every change listed."""

from datetime import date

import pytest
from judging import Judge, codes, deliberation_file

from services.validator.standardise.values import canonical_text


@pytest.mark.parametrize(
    ("kind", "text", "typed", "canonical"),
    [
        ("integer", "007", 7, "7"),
        ("integer", "+3", 3, "3"),
        ("year", "2024", 2024, "2024"),
        ("number", " 1.50 ", 1.5, "1.50"),
        ("number", "1e3", 1000, "1e3"),
        ("date", "2020-1-1", date(2020, 1, 1), "2020-01-01"),
        ("boolean", "oui", True, "true"),
        ("boolean", "0", False, "false"),
        ("string", "  é ", "  é ", "  é "),
        ("array", "[1]", [1], "[1]"),
    ],
)
def test_a_valid_value_has_one_spelling(kind: str, text: str, typed: object, canonical: str) -> None:
    assert canonical_text(kind, text, typed=typed) == canonical


def test_every_change_of_spelling_is_listed(judge: Judge) -> None:
    votes = {"VOTE_EFFECTIF": "010", "VOTE_REEL": "9", "VOTE_POUR": "9", "VOTE_CONTRE": "0", "VOTE_ABSTENTION": "0"}
    found = judge(deliberation_file({"DELIB_DATE": "2024-3-1", **votes}))
    listed = [(each.rule, each.row, each.column, each.before, each.after) for each in found.report.corrections]
    assert listed == [
        ("date-text", 2, "DELIB_DATE", "2024-3-1", "2024-03-01"),
        ("integer-text", 2, "VOTE_EFFECTIF", "010", "10"),
    ]
    assert codes(found) == {}


def test_a_boolean_spelling_of_the_schema_is_no_correction(judge: Judge) -> None:
    header = "acheteur_id,marcheInnovant\n"
    found = judge(header + "21310395500018,oui\n", "decp/marches")
    assert found.report.stats.corrections == 0


def test_an_unreadable_value_that_only_warns_is_left_out_and_listed(judge: Judge) -> None:
    header = "commune_insee;voie_nom;numero;long;lat;certification_commune\n"
    found = judge(header + "31395;Rue du Lac;4;1.3;43.4;peut-être\n", "bal")
    assert found.report.verdict == "valid"
    assert [(each.rule, each.before, each.after) for each in found.report.corrections] == [
        ("unreadable-left-out", "peut-être", None)
    ]
