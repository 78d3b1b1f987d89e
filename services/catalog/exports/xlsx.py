"""Spreadsheets (ECMA-376), written row by row: one sheet, and the same rows give the same bytes.

A number is a number whose cell shows the decimals that the vendor wrote; one that a spreadsheet could not hold
exactly is a text. Texts are never formulas, and keep their leading zeros.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
from openpyxl.utils import get_column_letter

from services.catalog.exports.formats import Columns
from services.catalog.exports.xlsx_parts import DATE_STYLE, HEADER_STYLE, MAX_SCALE, PARTS, SHEET, WHOLE_STYLE
from shared.errors import Refusal

MAX_ROWS = 1_048_576 - 1
"""Of a sheet, under its header line."""

MAX_CHARACTERS = 32_767
"""Of a cell."""

MAX_DIGITS = 15
"""Of a number that a spreadsheet holds exactly: it counts with 64-bit floats."""

ROWS_AT_ONCE = 10_000

COMPRESSION = 3
"""Rows of XML shrink well at any level; higher ones take much longer for little."""

CELLS_OF_TWO_GIGABYTES = 10_000_000
"""From there on a sheet may need the sizes of ZIP64."""

DAY_ZERO, FIRST_DAY = date(1899, 12, 30), date(1900, 3, 1)
"""Days are counted from the first; before the second, spreadsheets count a day that never was."""

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"} | {
    # What XML cannot hold (ECMA-376, 22.9.2.19).
    chr(code): f"_x{code:04X}_"
    for code in (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)
}


class XlsxTooLarge(Refusal):
    """More than a sheet can hold."""

    status = 422
    code = "xlsx-too-large"
    title = "Trop de données pour un tableur"


def write_xlsx(table: pl.LazyFrame, into_path: Path, columns: Columns) -> None:
    """Write a table of texts as a spreadsheet. Raises XlsxTooLarge."""
    names = table.collect_schema().names()
    rows = _checked_rows(table, names)
    with ZipFile(into_path, "w", ZIP_DEFLATED, compresslevel=COMPRESSION) as package:
        for name, content in PARTS.items():
            package.writestr(_entry(name), content)
        before, after = SHEET
        with package.open(
            _entry("xl/worksheets/sheet1.xml"), "w", force_zip64=rows * len(names) > CELLS_OF_TWO_GIGABYTES
        ) as sheet:
            sheet.write(before)
            for piece in _rows(table, names, columns):
                sheet.write(piece)
            sheet.write(after)


def xlsx_too_large() -> XlsxTooLarge:
    """The refusal of more rows than a sheet has."""
    return XlsxTooLarge(
        f"Une feuille de tableur tient {MAX_ROWS} lignes sous son en-tête ; il y en a davantage.",
        action="Filtrez les lignes, ou demandez csv ou parquet, qui n'ont pas de limite.",
    )


def _checked_rows(table: pl.LazyFrame, names: Sequence[str]) -> int:
    longest = [pl.col(name).str.len_chars().max() for name in names]
    rows, *lengths = table.select(pl.len().alias("\x1frows"), *longest).collect(engine="streaming").row(0)
    if rows > MAX_ROWS:
        raise xlsx_too_large()
    for name, length in zip(names, lengths, strict=True):
        if (length or 0) > MAX_CHARACTERS:
            raise XlsxTooLarge(
                f"Une valeur de « {name} » dépasse les {MAX_CHARACTERS} caractères d'une cellule de tableur.",
                action="Choisissez les autres colonnes par `select`, ou demandez csv ou parquet.",
            )
    return int(rows)


def _entry(name: str) -> ZipInfo:
    """A part without a date of its own: ZIP's first day."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _rows(table: pl.LazyFrame, names: Sequence[str], columns: Columns) -> Iterator[bytes]:
    header = pl.DataFrame([list(names)], schema=dict.fromkeys(names, pl.String), orient="row")
    yield _lines(header, [_text(pl.col(name), HEADER_STYLE) for name in names], first=1)
    cells, first = [_cell(name, columns) for name in names], 2
    for batch in table.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True):
        yield _lines(batch, cells, first=first)
        first += batch.height


def _lines(batch: pl.DataFrame, cells: Sequence[pl.Expr], *, first: int) -> bytes:
    """Rows as XML. An empty cell is left out, which is why each tells its place."""
    rank = pl.int_range(first, first + batch.height).cast(pl.String)
    placed = [
        pl.concat_str(pl.lit(f'<c r="{get_column_letter(place)}'), rank, pl.lit('"'), cell, pl.lit("</c>")).fill_null(
            ""
        )
        for place, cell in enumerate(cells, start=1)
    ]
    line = pl.concat_str(pl.lit('<row r="'), rank, pl.lit('">'), *placed, pl.lit("</row>\n"))
    return "".join(batch.select(line.alias("line")).get_column("line")).encode()


def _cell(name: str, columns: Columns) -> pl.Expr:
    """What follows a cell's place; null where there is no value."""
    kind, text = columns.kind(name), pl.col(name)
    if kind in ("integer", "year", "number"):
        return _number(text)
    if kind == "date":
        return _date(text)
    if kind == "boolean":
        value = pl.when(text == columns.declared[name].true_text).then(pl.lit("1")).otherwise(pl.lit("0"))
        return pl.when(text.is_not_null()).then(pl.concat_str(pl.lit(' t="b"><v>'), value, pl.lit("</v>")))
    return _text(text)


def _text(text: pl.Expr, style: int = 0) -> pl.Expr:
    # What looks like an escape is escaped before the others are written.
    escaped = text.str.replace_all(r"_(x[0-9A-Fa-f]{4}_)", "_x005F_${1}").str.replace_many(ESCAPES)
    opening = (
        f' s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        if style
        else ' t="inlineStr"><is><t xml:space="preserve">'
    )
    return pl.concat_str(pl.lit(opening), escaped, pl.lit("</t></is>"))


def _number(text: pl.Expr) -> pl.Expr:
    digits = text.str.strip_chars_start("-").str.replace(".", "", literal=True).str.strip_chars_start("0")
    scale = text.str.extract(r"\.(\d+)$").str.len_bytes().fill_null(0)
    style = (scale + WHOLE_STYLE).cast(pl.String)
    number = pl.concat_str(pl.lit(' s="'), style, pl.lit('"><v>'), text, pl.lit("</v>"))
    exact = (digits.str.len_bytes() <= MAX_DIGITS) & (scale <= MAX_SCALE)
    return pl.when(exact).then(number).otherwise(_text(text))


def _date(text: pl.Expr) -> pl.Expr:
    day = text.str.to_date("%Y-%m-%d")
    count = (day - pl.lit(DAY_ZERO)).dt.total_days().cast(pl.String)
    return (
        pl.when(day >= FIRST_DAY)
        .then(pl.concat_str(pl.lit(f' s="{DATE_STYLE}"><v>'), count, pl.lit("</v>")))
        .otherwise(_text(text))
    )
