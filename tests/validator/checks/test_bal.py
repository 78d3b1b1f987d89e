"""Which version of the address format a file follows, and what decides its verdict."""

import pytest
from judging import Judge, codes

from services.validator.checks.bal import version_of

IDS = ["id_ban_commune", "id_ban_toponyme", "id_ban_adresse"]

ADDRESSES = "commune_insee;voie_nom;numero;long;lat\n31395;Rue du Lac;4;1.3;43.4\n"


@pytest.mark.parametrize(
    ("columns", "version"),
    [
        ([*IDS, "toponyme"], "1.5.0"),
        ([*IDS, "voie_nom"], "1.4.0"),
        ([*IDS[:2], "toponyme"], "1.3.0"),
        (["voie_nom"], "1.3.0"),
        ([], "1.3.0"),
        ([*IDS, "Toponyme"], "1.5.0"),
        (["ID BAN Commune", "id_ban_toponyme", "ID_BAN_ADRESSE", "Toponyme"], "1.5.0"),
    ],
)
def test_the_version_is_told_from_the_columns(columns: list[str], version: str) -> None:
    assert version_of(columns) == version


def test_the_columns_choose_the_version_unless_one_is_asked_for(judge: Judge) -> None:
    assert judge(ADDRESSES, "bal").report.judged_by.version == "1.3.0"
    assert judge(ADDRESSES, "bal", version="1.5.0").report.judged_by.version == "1.5.0"


def test_what_the_national_validator_only_warns_of_does_not_refuse(judge: Judge) -> None:
    found = judge(ADDRESSES, "bal")
    assert found.report.verdict == "valid"
    assert set(codes(found)) == {"missing-optional-column", "bal-no-position"}


@pytest.mark.parametrize(
    ("spoiled", "code", "literal", "corrected"),
    [
        (ADDRESSES.replace(";4;", ";007;"), "bal-leading-zero", "invalid", "valid"),
        (ADDRESSES.replace("1.3;43.4", "1,3;43,4"), "bal-decimal-comma", "invalid", "valid"),
        (ADDRESSES.replace("31395", "31395 "), "bal-spaces", "invalid", "valid"),
        (ADDRESSES.replace("31395", "99999"), "bal-commune-unknown", "invalid", "invalid"),
        (ADDRESSES.replace(";1.3;43.4", ";43.4;1.3"), "bal-coordinates", "invalid", None),
        (ADDRESSES.replace(";4;", ";4 bis;"), "bal-integer", "invalid", "invalid"),
        (ADDRESSES.replace(";", ","), "bal-delimiter", "invalid", "valid"),
    ],
)
def test_what_is_corrected_is_judged_as_corrected(
    judge: Judge, spoiled: str, code: str, literal: str, corrected: str | None
) -> None:
    found = judge(spoiled, "bal", corrections="none")
    assert (found.report.verdict, codes(found).get(code, 0) > 0) == (literal, True)
    if corrected is not None:
        assert judge(spoiled, "bal").report.verdict == corrected


def test_a_decimal_comma_is_read_as_a_point_and_listed(judge: Judge) -> None:
    found = judge(ADDRESSES.replace("1.3;43.4", "1,326123456;43,4"), "bal")
    listed = [(each.rule, each.column, each.before, each.after) for each in found.report.corrections]
    assert listed == [
        ("number-plain", "long", "1,326123456", "1.326123456"),
        ("number-plain", "lat", "43,4", "43.4"),
    ]
    assert "bal-decimal-comma" not in codes(found)
    assert judge(ADDRESSES.replace("1.3;43.4", "1,3;43,4"), "bal", corrections="none").report.corrections == []


def test_a_cell_that_the_national_judge_speaks_of_has_no_second_finding(judge: Judge) -> None:
    found = codes(judge(ADDRESSES.replace(";4;", ";4 bis;"), "bal"))
    assert found["bal-integer"] == 1
    assert "integer-format" not in found


def test_the_two_judges_together_keep_what_only_the_schema_says(judge: Judge) -> None:
    found = codes(judge(ADDRESSES.replace("Rue du Lac", "Rue du Lac ?"), "bal"))
    assert found["pattern-mismatch"] == 1


@pytest.mark.parametrize("column", ["commune_insee", "voie_nom", "numero", "long", "lat"])
def test_a_column_of_the_profile_must_be_there(judge: Judge, column: str) -> None:
    found = judge(ADDRESSES.replace(column, "autre"), "bal")
    assert found.report.verdict == "invalid"
    assert codes(found)["missing-column"] == 1


def test_an_empty_line_is_skipped(judge: Judge) -> None:
    found = judge(ADDRESSES + "\n;;;;\n", "bal")
    assert (found.report.verdict, found.report.stats.rows) == ("valid", 1)
