"""How values are written in CSV files: as the vendor wrote them, or in the schema's own words."""

import csv
import io
from collections.abc import Iterable

from services.catalog.literals import literal
from shared.rows import RowColumn


def csv_expression(column: RowColumn) -> str:
    """SQL of a column's value in CSV. Numbers keep their scale, dates are ISO, booleans take the first of the
    schema's `trueValues` or `falseValues`."""
    if column.sql_type != "boolean":
        return column.column
    words = (literal(column.true_text), literal(column.false_text))
    return f"CASE {column.column} WHEN true THEN {words[0]} WHEN false THEN {words[1]} END"


def csv_header(names: Iterable[str], delimiter: str = ",") -> bytes:
    """The header line: UTF-8 without BOM, LF."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def read_csv_header(beginning: bytes) -> list[str]:
    """The names that `csv_header` wrote; `beginning` holds at least the whole header line, cut anywhere after it."""
    return next(csv.reader(io.StringIO(beginning.decode(errors="ignore"), newline="")))
