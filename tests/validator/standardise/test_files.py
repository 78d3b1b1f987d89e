"""Whole files: judged with and without corrections, and corrected files judged again."""

import csv
from pathlib import Path

import polars as pl
import pytest
from judging import Judge, codes, deliberation_file

from services.validator.pipeline import Examination
from shared.corrected import write_corrected
from shared.registry import Registry

HEADER = (
    "nomAttribuant;idAttribuant;dateConvention;Nom du bénéficiaire;idBeneficiaire;object;montant;nature;"
    "conditionsVersement;datesPeriodeVersement;notificationUE;pourcentageSubvention;Élu référent"
)
DIRTY = (
    f"{HEADER}\n"
    "Commune de Muret;213 103 955 00018;15/04/2024; Club ;99990001200017;Aide;25 000,50 €;Aide en Numéraire;unique;"
    "2024-05-01_2024-12-31;Non;1;Mme A\n"
    "Commune de Muret;21310395500018.0;45400;Club;99990001200017;Aide;1 000;aide en nature;unique;"
    "01/05/2024;OUI;0,5;\n"
)


def corrected(found: Examination, registry: Registry, tmp_path: Path) -> Path:
    """The corrected file of an examination."""
    judged_by = found.report.judged_by
    table_path = found.table_path or found.corrected_path
    assert table_path is not None
    path = tmp_path / "corrected.csv"
    schema = registry.get(judged_by.name, judged_by.version)
    write_corrected(table_path, path, schema=schema, absent=found.report.header.missing)
    return path


def test_a_dirty_file_is_valid_once_corrected_and_every_change_is_listed(judge: Judge) -> None:
    found = judge(DIRTY, "subventions")
    assert (found.report.verdict, codes(found)) == ("valid", {})
    listed = {(one.rule, one.row, one.column, one.before, one.after) for one in found.report.corrections}
    assert listed >= {
        ("header-synonym", 1, "objet", "object", "objet"),
        ("header-synonym", 1, "nomBeneficiaire", "Nom du bénéficiaire", "nomBeneficiaire"),
        ("identifier-text", 2, "idAttribuant", "213 103 955 00018", "21310395500018"),
        ("identifier-text", 3, "idAttribuant", "21310395500018.0", "21310395500018"),
        ("date-to-iso", 2, "dateConvention", "15/04/2024", "2024-04-15"),
        ("excel-date", 3, "dateConvention", "45400", "2024-04-18"),
        ("trimmed-spaces", 2, "nomBeneficiaire", " Club ", "Club"),
        ("number-plain", 2, "montant", "25 000,50 €", "25000.50"),
        ("listed-value", 2, "nature", "Aide en Numéraire", "aide en numéraire"),
        ("period-text", 2, "datesPeriodeVersement", "2024-05-01_2024-12-31", "2024-05-01/2024-12-31"),
        ("boolean-text", 2, "notificationUE", "Non", "non"),
        ("boolean-text", 3, "notificationUE", "OUI", "oui"),
    }
    assert found.report.stats.corrections == len(found.report.corrections)
    assert all("{" not in one.message for one in found.report.corrections)


def test_the_corrected_file_needs_no_correction_and_holds_the_same_rows(
    judge: Judge, registry: Registry, tmp_path: Path
) -> None:
    found = judge(DIRTY, "subventions")
    assert found.table_path is not None
    before = pl.read_parquet(found.table_path)
    path = corrected(found, registry, tmp_path)
    for corrections in ("all", "none"):
        again = judge(path, "subventions", corrections=corrections)
        assert (again.report.verdict, again.report.stats.corrections) == ("valid", 0)
        assert again.table_path is not None
        assert pl.read_parquet(again.table_path).equals(before)


def test_to_the_letter_the_same_file_is_refused(judge: Judge) -> None:
    found = judge(DIRTY, "subventions", corrections="none")
    assert (found.report.verdict, found.report.stats.corrections) == ("invalid", 0)
    assert {"missing-column", "date-format", "number-format", "not-in-list", "boolean-value"} <= set(codes(found))


def test_the_corrected_file_of_an_invalid_one_keeps_what_could_not_be_corrected(
    judge: Judge, registry: Registry, tmp_path: Path
) -> None:
    rows = [{"DELIB_DATE": f"{day:02}/03/2024", "VOTE_POUR": " 7"} for day in range(1, 4)]
    spoiled = {"DELIB_DATE": "03/04/05", "VOTE_POUR": "sept", "COLL_SIRET": "2,13E+13"}
    found = judge(deliberation_file(*rows, spoiled, delimiter=";"))
    assert (found.report.verdict, found.table_path) == ("invalid", None)
    assert codes(found).items() >= {"ambiguous-date": 1, "integer-format": 1, "digits-lost": 1}.items()
    with corrected(found, registry, tmp_path).open(newline="") as file:
        cells = list(csv.DictReader(file))
    assert [row["DELIB_DATE"] for row in cells] == ["2024-03-01", "2024-03-02", "2024-03-03", "03/04/05"]
    assert [row["VOTE_POUR"] for row in cells] == ["7", "7", "7", "sept"]
    assert cells[3]["COLL_SIRET"] == "2,13E+13"


def test_a_file_that_was_not_read_whole_has_no_corrected_file(judge: Judge) -> None:
    for content in (
        deliberation_file({"DELIB_DATE": "x"}) + 'a,"b',
        deliberation_file({}).replace("DELIB_OBJET", "DELIB_ID"),
        deliberation_file({}) + "a,b,c,d,e,f,g,h\n",
    ):
        found = judge(content)
        assert (found.report.verdict, found.table_path, found.corrected_path) == ("invalid", None, None)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n"])
def test_a_file_of_which_nothing_is_known_has_no_corrected_file(judge: Judge, content: str) -> None:
    found = judge(content)
    assert (found.report.verdict, found.table_path, found.corrected_path) == ("invalid", None, None)


def test_a_number_once_readable_is_judged_as_what_it_is(judge: Judge) -> None:
    found = judge(DIRTY.replace("0,5", "1,5"), "subventions")
    assert codes(found) == {"too-large": 1}
    assert found.report.by_rule[0].samples[0].value == "1,5"


def test_exchanged_coordinates_are_a_warning(judge: Judge) -> None:
    header = "commune_insee;commune_nom;voie_nom;numero;long;lat;source;date_der_maj;certification_commune\n"
    row = "31395;Muret;Rue du Lac;4;{};{};Commune de Muret;2024-01-01;1\n"
    assert "inverted-coordinates" not in codes(judge(header + row.format("1.33", "43.46"), "bal"))
    assert codes(judge(header + row.format("43.46", "1.33"), "bal"))["inverted-coordinates"] == 1
