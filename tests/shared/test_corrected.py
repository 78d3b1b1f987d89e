"""The corrected file, from the canonical table."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from shared.corrected import write_corrected
from shared.registry import load_registry


def corrected(tmp_path: Path, rows: list[dict[str, str | None]], absent: Collection[str] = ()) -> str:
    version = load_registry().get("scdl/subventions")
    columns = ("_line", "_extra", *version.field_names)
    table = {name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in columns}
    pl.DataFrame(table).write_parquet(tmp_path / "table.parquet")
    write_corrected(tmp_path / "table.parquet", tmp_path / "out.csv", schema=version, absent=absent)
    return (tmp_path / "out.csv").read_bytes().decode()


def test_columns_are_declared_ones_then_the_vendor_s_own(tmp_path: Path) -> None:
    text = corrected(tmp_path, [{"nomAttribuant": "Muret", "_extra": '{"Note, interne":"a \\"b\\"","nature ":null}'}])
    header, row, end = text.split("\n")
    assert header.startswith("nomAttribuant,idAttribuant,dateConvention")
    assert header.endswith('dispositifAide,"Note, interne",nature ')
    assert row.startswith("Muret,")
    assert row.endswith(',"a ""b""",')
    assert end == ""


def test_booleans_are_spelled_as_the_schema_does(tmp_path: Path) -> None:
    lines = corrected(tmp_path, [{"notificationUE": "true"}, {"notificationUE": "false"}, {"notificationUE": "?"}])
    cells = [line.split(",")[13] for line in lines.splitlines()[1:]]
    assert cells == ["oui", "non", "?"]


def test_an_extra_column_never_shares_the_name_of_a_declared_one(tmp_path: Path) -> None:
    text = corrected(tmp_path, [{"objet": "x", "_extra": '{"objet":"y"}'}])
    assert text.splitlines()[0].endswith(",objet (2)")


def test_accents_quotes_and_line_ends_survive(tmp_path: Path) -> None:
    text = corrected(tmp_path, [{"objet": 'é "œ"\nligne 2, fin'}])
    assert '"é ""œ""\nligne 2, fin"' in text


def test_a_column_that_the_file_does_not_have_stays_absent(tmp_path: Path) -> None:
    text = corrected(tmp_path, [{"nomAttribuant": "Muret"}], absent=["idAttribuant", "dispositifAide"])
    assert text.startswith("nomAttribuant,dateConvention,")
    assert text.splitlines()[0].endswith("pourcentageSubvention")
