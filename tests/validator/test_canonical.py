"""The table that catalog publishes."""

import json

import polars as pl
import pytest
from judging import DELIBERATION, Judge, deliberation_file

from services.validator.hashes import hexadecimal
from services.validator.pipeline import Examination
from services.validator.readers import delimited
from shared.registry import SchemaVersion

FIXED = ["_line", "_slice", "_key_hash", "_row_hash", "_occurrence", "_extra"]


def frame(examination: Examination) -> pl.DataFrame:
    assert examination.table_path is not None
    return pl.read_parquet(examination.table_path)


def test_its_columns_are_the_seam(judge: Judge, deliberations: SchemaVersion) -> None:
    found = frame(judge(deliberation_file({})))
    assert found.columns == [*FIXED, *deliberations.field_names]
    assert found.dtypes == [pl.Int64, pl.String, pl.String, pl.String, pl.Int32, pl.String] + [pl.String] * 17
    row = found.row(0, named=True)
    assert {name: row[name] for name in DELIBERATION} == DELIBERATION
    assert row["DELIB_URL"] is None
    assert row["_extra"] is None


def test_a_slice_of_several_fields_holds_them_all(judge: Judge) -> None:
    header = (
        "BGT_NATDEC,BGT_ANNEE,BGT_SIRET,BGT_NOM,BGT_CONTNAT,BGT_CONTNAT_LABEL,BGT_NATURE,BGT_NATURE_LABEL,"
        "BGT_SECTION,BGT_OPBUDG,BGT_CODRD"
    )
    row = "budget primitif,2024,21310395500018,Commune de Muret,011,Charges,60612,Énergie,fonctionnement,réel,dépense"
    found = judge(f"{header}\n{row}\n", schema="scdl/budget")
    assert found.slices == ("2024 budget primitif 21310395500018",)


def test_slices_are_those_of_the_schema(judge: Judge) -> None:
    yearly = judge(deliberation_file({}, {"DELIB_DATE": "2023-1-2", "DELIB_ID": "b"}))
    assert yearly.slices == ("2023", "2024")
    assert frame(yearly)["_slice"].to_list() == ["2024", "2023"]
    whole = judge("commune_insee;voie_nom;numero;long;lat\n31395;Rue du Lac;4;1.3;43.4\n", "bal")
    assert whole.slices == ("",)


def test_columns_outside_the_schema_are_kept_as_json(judge: Judge) -> None:
    found = frame(judge(deliberation_file({"Nature": 'a"é', "Suite": ""})))
    assert json.loads(found["_extra"][0]) == {"Nature": 'a"é', "Suite": ""}
    assert list(json.loads(found["_extra"][0])) == ["Nature", "Suite"]


def test_hashes_can_be_made_again_by_anybody(judge: Judge, deliberations: SchemaVersion) -> None:
    row = frame(judge(deliberation_file({"Nature": "x"}))).row(0, named=True)

    def expected(values: list[str | None]) -> str:
        joined = "\x1f".join("\x1e" if value is None else value for value in values)
        return str(hexadecimal(pl.Series([joined]))[0])

    assert row["_key_hash"] == expected([row["COLL_SIRET"], row["DELIB_ID"]])
    assert row["_row_hash"] == expected([*(row[name] for name in deliberations.field_names), row["_extra"]])


def test_lines_are_those_of_the_vendors_file(judge: Judge) -> None:
    text = deliberation_file({"DELIB_OBJET": '"deux\nlignes"'}, {"DELIB_ID": "b"})
    assert frame(judge(text))["_line"].to_list() == [2, 4]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_table_in_several_parts_is_the_same(judge: Judge, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    text = deliberation_file(*({"DELIB_ID": str(number // 2)} for number in range(7)))
    whole = frame(judge(text))
    monkeypatch.setattr(delimited, "rows_per_batch", lambda width: rows)
    found = judge(text)
    assert frame(found).equals(whole)
    assert found.table_path is not None
    assert [path.name for path in found.table_path.parent.iterdir()] == ["table.parquet"]


def test_an_invalid_file_has_no_table(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "rows_per_batch", lambda width: 1)
    found = judge(deliberation_file({}, {"DELIB_ID": "b"}, {"DELIB_DATE": "x"}, {"DELIB_ID": "d"}))
    assert (found.table_path, found.slices) == (None, None)


def test_the_same_bytes_give_the_same_table(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "rows_per_batch", lambda width: 7)
    text = deliberation_file(*({"DELIB_ID": str(number)} for number in range(50)))
    tables = []
    for _ in range(3):
        found = judge(text)
        assert found.table_path is not None
        tables.append(found.table_path.read_bytes())
    assert tables[0] == tables[1] == tables[2]
