"""A page of rows as SQL. Only rooms of this folder make SQL from a question: values are always parameters, identifiers
come only from the row table's declared columns."""

from dataclasses import dataclass

from services.catalog.literals import literal
from services.catalog.query.conditions import compile_condition
from services.catalog.query.statement import Parameters, Statement, column_of, parameter_type
from services.catalog.query.tree import RecordsQuery, SortKey, Value
from services.catalog.view import DatasetView

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
class Position:
    """The last row of the page before: its number and its values in the order of the sort keys."""

    row_id: int
    values: tuple[Value | None, ...]


def compile_page(view: DatasetView, query: RecordsQuery, after: Position | None) -> Statement:
    """Rows `(row_id, record)` of a page and one more if there is a next one; `record` is the row's JSON text."""
    parameters = Parameters()
    conditions = [*_scope(view, parameters), compile_condition(query.where, view, parameters)]
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
    parameters = Parameters()
    scope = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    where = " AND ".join([*scope, f"row_id = {parameters.add(row_id, 'bigint')}"])
    columns = ", ".join(column_of(key.field, view).column for key in query.sort)
    return Statement(f"SELECT {columns} FROM {view.table.qualified} WHERE {where}", tuple(parameters.values))  # noqa: S608


def as_of(publication: str) -> str:
    """The rows that a reader sees as of a publication, given as SQL."""
    return f"from_publication <= {publication} AND (to_publication IS NULL OR to_publication > {publication})"


def _scope(view: DatasetView, parameters: Parameters) -> list[str]:
    dataset = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    return [*dataset, as_of(parameters.add(view.publication, "bigint"))]


def _comes_after(after: Position, sort: tuple[SortKey, ...], view: DatasetView, parameters: Parameters) -> str:
    """Rows after the position in the total order: equal in the first keys, then beyond in the next one."""
    equal: list[str] = []
    ways: list[str] = []
    for key, value in zip(sort, after.values, strict=True):
        column = column_of(key.field, view)
        if value is None:
            # Nothing comes after "no value" in this key.
            equal.append(f"{column.column} IS NULL")
            continue
        given = parameters.add(value, parameter_type(column))
        beyond = f"({column.column} {'<' if key.descending else '>'} {given} OR {column.column} IS NULL)"
        ways.append(" AND ".join([*equal, beyond]))
        equal.append(f"{column.column} = {given}")
    ways.append(" AND ".join([*equal, f"row_id > {parameters.add(after.row_id, 'bigint')}"]))
    return "(" + " OR ".join(f"({way})" for way in ways) + ")"


def _order(sort: tuple[SortKey, ...], view: DatasetView) -> str:
    parts: list[str] = []
    for key in sort:
        column = column_of(key.field, view)
        direction = f"{'DESC' if key.descending else 'ASC'} NULLS LAST"
        if column.indexed and column.is_text:
            parts.append(f"{column.indexed_expression} {direction}")
        parts.append(f"{column.column} {direction}")
    return ", ".join([*parts, "row_id"])


def _record(view: DatasetView, query: RecordsQuery, parameters: Parameters) -> str:
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
    return f"page.{column_of(name, view).column}"
