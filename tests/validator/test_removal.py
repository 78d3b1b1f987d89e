"""Files that update or remove rows: what they must name, and what they need not."""

from dataclasses import replace

import polars as pl
import pytest
from judging import Judge, codes, deliberation_file

from services.validator.pipeline import Examination
from services.validator.removal import naming_fields, of_removal
from shared.registry import Registry, SchemaVersion

NAMES = "COLL_SIRET,DELIB_ID,DELIB_DATE\n21310395500018,2024-031,2024-03-28\n"


def infos(found: Examination) -> list[str]:
    return [finding.code for finding in found.report.findings if finding.severity == "info"]


def table(found: Examination) -> pl.DataFrame:
    assert found.table_path is not None
    return pl.read_parquet(found.table_path)


@pytest.mark.parametrize("mode", ["upsert", "delete"])
def test_an_identity_named_twice_is_an_error_that_names_both_lines(judge: Judge, mode: str) -> None:
    found = judge(deliberation_file({}, {"DELIB_ID": "b"}, {"DELIB_OBJET": "Autre objet"}), mode=mode)
    assert (codes(found), found.table_path) == ({"repeated-identity": 1}, None)
    finding = next(each for each in found.report.findings if each.severity == "error")
    assert finding.row == 4
    assert "ligne 2" in finding.message
    assert "Gardez une seule" in finding.how_to_mend
    assert found.report.stats.valid_rows == 2


@pytest.mark.parametrize("mode", ["upsert", "delete"])
def test_one_identity_in_two_periods_names_two_rows(judge: Judge, mode: str) -> None:
    found = judge(deliberation_file({}, {"DELIB_DATE": "2023-03-28"}), mode=mode)
    assert (codes(found), found.slices) == ({}, ("2023", "2024"))


def test_a_replacement_keeps_both_rows_of_an_identity(judge: Judge) -> None:
    assert codes(judge(deliberation_file({}, {}))) == {"duplicate-identity": 1}


def test_a_row_without_identity_is_named_by_all_of_it(deliberations: SchemaVersion) -> None:
    schema = replace(deliberations, identity=())
    assert naming_fields(schema) is None
    assert of_removal(schema) is schema


def test_a_removal_needs_nothing_but_what_names_its_rows(judge: Judge) -> None:
    found = judge(NAMES, mode="delete")
    assert (found.report.verdict, codes(found), infos(found), found.report.mode) == ("valid", {}, [], "delete")
    assert codes(judge(NAMES))["missing-column"] == 4


def test_a_removal_names_the_same_rows_as_the_whole_file_does(judge: Judge) -> None:
    whole = table(judge(deliberation_file({})))
    named = table(judge(NAMES, mode="delete"))
    assert named.columns == whole.columns
    names = ["_slice", "_key_hash"]
    assert named.select(names).rows() == whole.select(names).rows()


def test_a_removal_reads_no_other_column(judge: Judge) -> None:
    file = deliberation_file({"DELIB_MATIERE_NOM": "", "VOTE_POUR": "x", "note": "1 85 05 78 006 084 91"})
    found = judge(file, mode="delete")
    assert (codes(found), infos(found), found.report.to_confirm) == ({}, ["columns-not-read"], [])
    assert found.report.header.extra == []
    assert table(found).get_column("DELIB_OBJET").to_list() == [None]
    assert "COLL_SIRET, DELIB_ID, DELIB_DATE" in found.report.findings[0].message


def test_a_removal_without_a_column_that_names_its_rows_is_refused(judge: Judge) -> None:
    found = judge("COLL_SIRET,DELIB_ID\n21310395500018,2024-031\n", mode="delete")
    assert codes(found) == {"missing-column": 1}
    assert found.report.findings[0].column == "DELIB_DATE"


def test_a_removal_is_corrected_as_the_rows_it_names_were(judge: Judge) -> None:
    found = judge("coll_siret;Delib Id;delib_date\n213 103 955 00018;2024-031;28/03/2024\n", mode="delete")
    assert codes(found) == {}
    assert (
        table(found).get_column("_key_hash").to_list()
        == table(judge(deliberation_file({}))).get_column("_key_hash").to_list()
    )


def test_a_cell_that_names_a_row_must_be_readable(judge: Judge) -> None:
    addresses = "commune_insee;commune_deleguee_insee;voie_nom;numero;suffixe;position\n"
    assert codes(judge(addresses + "31395;;Rue A;1;;entrée\n", "bal", version="1.3.0", mode="delete")) == {}
    found = judge(addresses + "31395;;Rue A;un;;entrée\n", "bal", version="1.3.0", mode="delete")
    assert found.report.verdict == "invalid"


def test_every_schema_for_deposits_says_what_names_its_rows(registry: Registry) -> None:
    for schema in registry:
        if schema.identity:
            named = naming_fields(schema)
            assert named is not None
            assert named <= set(schema.field_names)
