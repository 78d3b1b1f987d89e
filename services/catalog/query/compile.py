"""The tree as SQL. Nothing else makes SQL from a question: values are always parameters, identifiers come only
from the row table's declared columns."""

from dataclasses import dataclass, field

from services.catalog.literals import literal
from services.catalog.query.tree import Condition, Operator, RecordsQuery, SortKey, Value
from services.catalog.view import ORIGIN_FIELDS, DatasetView
from shared.rows import INDEXED_PREFIX, RowColumn

SYMBOLS = {
    Operator.EXACT: "=",
    Operator.GREATER: ">=",
    Operator.LESS: "<=",
    Operator.STRICTLY_GREATER: ">",
    Operator.STRICTLY_LESS: "<",
}

PARAMETER_TYPES = {"integer": "bigint", "year": "bigint", "number": "numeric", "date": "date", "boolean": "boolean"}
"""Table Schema type → type of the parameter; any other is text. A year is compared as a bigint: 99999 is none."""

ORIGIN_COLUMNS = {
    "organisation_siren": "d.organisation_siren",
    "organisation_nom": "o.name",
    "deposit_id": "v.deposit_id",
    "version": "v.number",
}

ORIGIN_JOINS = (
    "JOIN catalog.version AS v ON v.publication = page.from_publication "
    "JOIN catalog.dataset AS d ON d.number = page.dataset_id "
    "JOIN ingest.organisation AS o ON o.siren = d.organisation_siren "
)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `$1, $2…` and their values."""

    sql: str
    args: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """The last row of the page before: its number and its values in the order of the sort keys."""

    row_id: int
    values: tuple[Value | None, ...]


@dataclass(slots=True)
class _Parameters:
    values: list[object] = field(default_factory=list)

    def add(self, value: object, sql_type: str) -> str:
        self.values.append(value)
        return f"${len(self.values)}::{sql_type}"


def compile_page(view: DatasetView, query: RecordsQuery, after: Position | None) -> Statement:
    """Rows `(row_id, record)` of a page and one more if there is a next one; `record` is the row's JSON text."""
    parameters = _Parameters()
    conditions = [*_scope(view, parameters), *(_condition(one, view, parameters) for one in query.where)]
    if after is not None:
        conditions.append(_comes_after(after, query.sort, view, parameters))
    order = _order(query.sort, view)
    limit = parameters.add(query.limit + 1, "bigint")
    record = _record(view, query, parameters)
    page = f"SELECT * FROM {view.table.qualified} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {limit}"  # noqa: S608
    joins = ORIGIN_JOINS if view.is_consolidated else ""
    sql = f"SELECT page.row_id, {record} AS record FROM ({page}) AS page {joins}ORDER BY {order}"  # noqa: S608
    return Statement(sql, tuple(parameters.values))


def compile_position(view: DatasetView, query: RecordsQuery, row_id: int) -> Statement:
    """The values of a row in the order of the sort keys; a row keeps them for ever."""
    parameters = _Parameters()
    scope = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    where = " AND ".join([*scope, f"row_id = {parameters.add(row_id, 'bigint')}"])
    columns = ", ".join(_column(key.field, view).column for key in query.sort)
    return Statement(f"SELECT {columns} FROM {view.table.qualified} WHERE {where}", tuple(parameters.values))  # noqa: S608


def as_of(publication: str) -> str:
    """The rows that a reader sees as of a publication, given as SQL."""
    return f"from_publication <= {publication} AND (to_publication IS NULL OR to_publication > {publication})"


def _scope(view: DatasetView, parameters: _Parameters) -> list[str]:
    dataset = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    return [*dataset, as_of(parameters.add(view.publication, "bigint"))]


def _condition(condition: Condition, view: DatasetView, parameters: _Parameters) -> str:
    if condition.field in ORIGIN_FIELDS and view.is_consolidated:
        siren = parameters.add(condition.value, "text")
        schema = parameters.add(view.table.schema_name, "text")
        return (
            "dataset_id IN (SELECT number FROM catalog.dataset "  # noqa: S608 - placeholders
            f"WHERE organisation_siren = {siren} AND schema_name = {schema})"
        )
    column, symbol = _column(condition.field, view), SYMBOLS[condition.operator]
    value = parameters.add(condition.value, PARAMETER_TYPES.get(column.field_type, "text"))
    compared = f"{column.column} {symbol} {value}"
    if not (column.indexed and column.is_text):
        return compared
    # The index holds the beginnings of texts: they fulfil what the whole texts do, or are equal.
    loose = {"<": "<=", ">": ">="}.get(symbol, symbol)
    return f"{column.indexed_expression} {loose} left({value}, {INDEXED_PREFIX}) AND {compared}"


def _comes_after(after: Position, sort: tuple[SortKey, ...], view: DatasetView, parameters: _Parameters) -> str:
    """Rows after the position in the total order: equal in the first keys, then beyond in the next one."""
    equal: list[str] = []
    ways: list[str] = []
    for key, value in zip(sort, after.values, strict=True):
        column = _column(key.field, view)
        if value is None:
            # Nothing comes after "no value" in this key.
            equal.append(f"{column.column} IS NULL")
            continue
        given = parameters.add(value, PARAMETER_TYPES.get(column.field_type, "text"))
        beyond = f"({column.column} {'<' if key.descending else '>'} {given} OR {column.column} IS NULL)"
        ways.append(" AND ".join([*equal, beyond]))
        equal.append(f"{column.column} = {given}")
    ways.append(" AND ".join([*equal, f"row_id > {parameters.add(after.row_id, 'bigint')}"]))
    return "(" + " OR ".join(f"({way})" for way in ways) + ")"


def _order(sort: tuple[SortKey, ...], view: DatasetView) -> str:
    parts: list[str] = []
    for key in sort:
        column = _column(key.field, view)
        direction = f"{'DESC' if key.descending else 'ASC'} NULLS LAST"
        if column.indexed and column.is_text:
            parts.append(f"{column.indexed_expression} {direction}")
        parts.append(f"{column.column} {direction}")
    return ", ".join([*parts, "row_id"])


def _record(view: DatasetView, query: RecordsQuery, parameters: _Parameters) -> str:
    names = view.field_names if query.select is None else query.select
    members = ", ".join(f"{literal(name)}: {_member(name, view)}" for name in names)
    record = f"JSON_OBJECT({members} NULL ON NULL RETURNING text)"
    if query.select is not None or view.is_consolidated:
        return record
    declared = parameters.add(list(view.field_names), "text[]")
    extra = f"substr(nullif(page.extra - {declared}, '{{}}')::text, 2)"
    return f"left({record}, -1) || coalesce(', ' || {extra}, '}}')"


def _member(name: str, view: DatasetView) -> str:
    if view.is_consolidated and name in ORIGIN_COLUMNS:
        return ORIGIN_COLUMNS[name]
    return f"page.{_column(name, view).column}"


def _column(name: str, view: DatasetView) -> RowColumn:
    column = view.table.column(name)
    if column is None:
        raise LookupError(f"{name!r} is not a column of {view.table.name}: the dialect let it through")
    return column
