"""The rows of a question as SQL for `COPY … TO STDOUT`, one way per format."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.exports.csv_columns import csv_expression
from services.catalog.exports.formats import Format
from services.catalog.json_rows import json_object
from services.catalog.query.compile import ORIGIN_COLUMNS, ORIGIN_JOINS
from services.catalog.query.counting import compile_scope
from services.catalog.query.order import whole_order
from services.catalog.query.places import position
from services.catalog.query.statement import Parameters, Statement, column_of
from services.catalog.query.tree import RecordsQuery
from services.catalog.view import DatasetView

FORMULA = "^[=+@\\t\\r\\n＝＋－＠-]"
"""How a text begins that a spreadsheet would compute, were it read from a CSV file (PostgreSQL's dialect)."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What is to be written: which rows, which columns, in which form."""

    view: DatasetView
    query: RecordsQuery
    format: Format
    extra_names: tuple[str, ...] = ()
    """Columns that the vendor added to the schema's, after the declared ones."""
    limit: int | None = None
    """Rows at most; None for all. The query's own limit is that of a page."""
    escapes_formulas: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return self.query.select or (*self.view.field_names, *self.extra_names)


def compile_extract(extract: Extract) -> Statement:
    """Rows in the order of the pages of the same question: the values of `names` for CSV (and what is made from it),
    otherwise one JSON text, which begins with a comma where lines are to be joined."""
    view, parameters = extract.view, Parameters()
    scope = compile_scope(view, extract.query.where, parameters)
    order = whole_order(view, extract.query.sort)
    limit = "" if extract.limit is None else f" LIMIT {parameters.add(extract.limit, 'bigint')}"
    values = _values(extract, parameters)
    page = f"SELECT * FROM {view.table.qualified} WHERE {scope} ORDER BY {order}{limit}"  # noqa: S608
    # Without a join, the rows stay in the order of the page.
    joins = f" {ORIGIN_JOINS}ORDER BY {order}" if view.is_consolidated else ""
    return Statement(f"SELECT {values} FROM ({page}) AS page{joins}", tuple(parameters.values))  # noqa: S608


def _values(extract: Extract, parameters: Parameters) -> str:
    if extract.format in (Format.CSV, Format.XLSX, Format.PARQUET):
        return ", ".join(_csv_value(name, extract, parameters) for name in extract.names)
    record = json_object((name, _value(name, extract, parameters)) for name in extract.names)
    match extract.format:
        case Format.NDJSON:
            return record
        case Format.GEOJSON:
            opening = """',{"type":"Feature","geometry":'"""
            return f"""{opening} || {_point(extract.view)} || ',"properties":' || {record} || '}}'"""
        case _:
            return f"',' || {record}"


def _csv_value(name: str, extract: Extract, parameters: Parameters) -> str:
    column = extract.view.table.column(name)
    value = f"({_value(name, extract, parameters)})::text" if column is None else f"({csv_expression(column)})"
    if not extract.escapes_formulas or (column is not None and not column.is_text):
        return value
    return f"CASE WHEN {value} ~ E'{FORMULA}' THEN '''' || {value} ELSE {value} END"


def _value(name: str, extract: Extract, parameters: Parameters) -> str:
    if extract.view.is_consolidated and name in ORIGIN_COLUMNS:
        return ORIGIN_COLUMNS[name]
    if name in extract.extra_names:
        return f"(page.extra->>{parameters.add(name, 'text')})"
    return f"page.{column_of(name, extract.view).column}"


def _point(view: DatasetView) -> str:
    longitude, latitude = position(view)
    return (
        f"CASE WHEN {longitude} BETWEEN -180 AND 180 AND {latitude} BETWEEN -90 AND 90 THEN "
        f"""'{{"type":"Point","coordinates":[' || {longitude} || ',' || {latitude} || ']}}' ELSE 'null' END"""
    )


def header_of(extract: Extract) -> Sequence[str]:
    """The names as the first line of a CSV file writes them."""
    risky = "=+-@\t\r\n＝＋－＠"
    if not extract.escapes_formulas:
        return extract.names
    return [f"'{name}" if name[:1] in risky and name else name for name in extract.names]
