"""Forms of a file: whatever the texts and numbers, each form reads back as the file was."""

import io
import json
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from services.catalog.exports.derive import derive
from services.catalog.exports.formats import Columns, Format
from services.catalog.exports.xlsx import MAX_CHARACTERS, XlsxTooLarge
from shared.registry import Geography
from shared.rows import RowColumn

TYPES = {"texte": "string", "nombre": "number", "entier": "integer", "jour": "date", "oui": "boolean"}

COLUMNS = Columns({name: RowColumn(name, f"c_{name}", "", type_, indexed=False) for name, type_ in TYPES.items()})

TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
DECIMALS = st.from_regex(r"(0|[1-9][0-9]{0,20})(\.[0-9]{1,9})?", fullmatch=True)
NUMBERS = st.none() | DECIMALS | DECIMALS.filter(lambda one: one.strip("0.") != "").map(lambda one: f"-{one}")
INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1).map(str)
DAYS = st.none() | st.dates().map(date.isoformat)
FLAGS = st.sampled_from([None, "true", "false"])

Row = tuple[str | None, ...]
ROWS = st.lists(st.tuples(TEXTS, NUMBERS, INTEGERS, DAYS, FLAGS), max_size=6)
SOME = settings(max_examples=40, deadline=None)


def written(rows: Sequence[Row]) -> str:
    """A CSV file as PostgreSQL writes it."""
    lines = [",".join(TYPES), *(",".join(quoted(value) for value in row) for row in rows)]
    return "".join(f"{line}\n" for line in lines)


def quoted(value: str | None) -> str:
    if value is None:
        return ""
    special = not value or any(sign in value for sign in ',"\r\n') or value == "\\."
    return '"' + value.replace('"', '""') + '"' if special else value


def derived(format_: Format, content: str, columns: Columns = COLUMNS) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(content.encode())
        derive(format_, source, target, columns)
        return target.read_bytes()


@SOME
@given(ROWS)
def test_lines_of_json_hold_the_texts_and_the_very_numbers(rows: list[Row]) -> None:
    lines = derived(Format.NDJSON, written(rows)).decode().removesuffix("\n").split("\n")
    read = [json.loads(line, parse_float=str, parse_int=str) for line in lines if line]
    flags = {"true": True, "false": False, None: None}
    assert [tuple(one.values()) for one in read] == [(*row[:-1], flags[row[-1]]) for row in rows]


@SOME
@given(ROWS)
def test_an_array_of_json_has_the_lines(rows: list[Row]) -> None:
    lines = derived(Format.NDJSON, written(rows)).decode().removesuffix("\n").split("\n")
    document = json.loads(derived(Format.JSON, written(rows)), parse_float=str)
    assert document["data"] == [json.loads(line, parse_float=str) for line in lines if line]


@SOME
@given(ROWS)
def test_parquet_holds_exact_values_of_the_declared_types(rows: list[Row]) -> None:
    table = pl.read_parquet(io.BytesIO(derived(Format.PARQUET, written(rows))))
    assert table["texte"].to_list() == [row[0] for row in rows]
    assert isinstance(table.schema["nombre"], pl.Decimal)
    assert table["nombre"].to_list() == [None if row[1] is None else Decimal(row[1]) for row in rows]
    assert table["entier"].to_list() == [None if row[2] is None else int(row[2]) for row in rows]
    assert table["jour"].to_list() == [None if row[3] is None else date.fromisoformat(row[3]) for row in rows]
    assert table["oui"].to_list() == [None if row[4] is None else row[4] == "true" for row in rows]


def test_a_number_beyond_38_digits_makes_its_column_a_text() -> None:
    numbers = ["1" * 38, "0.5", None]
    table = pl.read_parquet(
        io.BytesIO(derived(Format.PARQUET, written([(None, number, None, None, None) for number in numbers])))
    )
    assert (table.schema["nombre"], table["nombre"].to_list()) == (pl.String(), numbers)


def shown(cell: openpyxl.cell.Cell) -> str | None:
    """What the cell shows, in the words of the file."""
    match cell.value:
        case None | str():
            return None if cell.value is None else unescape(cell.value)
        case bool():
            return str(cell.value).lower()
        case datetime():
            return cell.value.date().isoformat()
        case number:
            scale = len(cell.number_format.partition(".")[2])
            return f"{number:.{scale}f}"


@SOME
@given(ROWS)
def test_a_spreadsheet_shows_the_texts_and_the_very_numbers(rows: list[Row]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(derived(Format.XLSX, written(rows))))
    header, *found = workbook.worksheets[0].iter_rows(max_col=len(TYPES))
    assert [cell.value for cell in header] == list(TYPES)
    # The sheet ends at its last value.
    empty = [(None,) * len(TYPES)] * (len(rows) - len(found))
    assert [tuple(map(shown, row)) for row in found] + empty == rows
    assert {cell.data_type for row in found for cell in row if cell.value is not None} <= {"s", "n", "d", "b"}


def test_a_number_that_a_spreadsheet_cannot_hold_is_a_text() -> None:
    numbers = ["123456789012345", "1234567890123456", "0.000000000000001", "0.0000000000000001"]
    content = derived(Format.XLSX, written([(None, number, None, None, None) for number in numbers]))
    cells = [row[1] for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["n", "s", "n", "s"]
    assert [shown(cell) for cell in cells] == numbers


def test_a_cell_too_long_for_a_spreadsheet_is_refused_by_name() -> None:
    assert derived(Format.XLSX, written([("x" * MAX_CHARACTERS, None, None, None, None)]))
    with pytest.raises(XlsxTooLarge, match="texte"):
        derived(Format.XLSX, written([("x" * (MAX_CHARACTERS + 1), None, None, None, None)]))


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    content = "texte\n" + "x\n" * 1_048_576
    with pytest.raises(XlsxTooLarge, match="1048575"):
        derived(Format.XLSX, content)


@pytest.mark.parametrize("format_", [one for one in Format if one is not Format.CSV])
def test_the_same_file_gives_the_same_bytes(format_: Format) -> None:
    content = written([(f"texte {rank}", f"{rank}.50", f"{rank}", "2024-01-01", "true") for rank in range(30_000)])
    assert derived(format_, content) == derived(format_, content)


def test_the_parts_of_a_spreadsheet_have_no_date_of_their_own() -> None:
    with ZipFile(io.BytesIO(derived(Format.XLSX, written([])))) as package:
        assert package.testzip() is None
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("1.5,43.60", ["1.5", "43.60"]),
        ("[+01.5, -43]", ["1.5", "-43"]),
        ('{"lat": 43, "lon": -0.5}', ["-0.5", "43"]),
        ("200,43", None),
        ("ici", None),
        (None, None),
    ],
)
def test_a_geopoint_becomes_a_point(place: str | None, expected: list[str] | None) -> None:
    columns = Columns(COLUMNS.declared, Geography(point="texte"))
    content = derived(Format.GEOJSON, written([(place, None, None, None, None)]), columns)
    (feature,) = json.loads(content, parse_float=str, parse_int=str)["features"]
    assert feature["geometry"] == (expected and {"type": "Point", "coordinates": expected})
    assert feature["properties"]["texte"] == place
