"""A page of rows as SQL. Only rooms of this folder make SQL from a question: values are always parameters, identifiers
come only from the row table's declared columns."""

from collections.abc import Sequence
from functools import lru_cache

from services.catalog.json_rows import PLAIN_TYPES, ending_with, json_object
from services.catalog.literals import literal
from services.catalog.query.conditions import compile_condition
from services.catalog.query.one_value import one_value
from services.catalog.query.order import Part, Position, parts_of, sort_values
from services.catalog.query.statement import Parameters, Statement
from services.catalog.query.tree import RecordsQuery
from services.catalog.view import DatasetView
from shared.rows import RowTable

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


def compile_pages(view: DatasetView, query: RecordsQuery, after: Position | None) -> tuple[Statement, ...]:
    """Rows `(row_id, record)` of a page and one more if there is a next one, by statements to be read in turn until
    there are enough; `record` is the row's JSON text."""
    if (asked := one_value(view, query)) is not None:
        parameters = Parameters(unseen=True)
        conditions = asked.conditions(_scope(view, parameters), after, parameters)
        return (_page(view, query, conditions, asked.order, parameters),)
    return tuple(_compile_part(part, view, query) for part in parts_of(view, query.sort, after))


def _compile_part(part: Part, view: DatasetView, query: RecordsQuery) -> Statement:
    parameters = Parameters()
    conditions = [*_scope(view, parameters), compile_condition(query.where, view, parameters)]
    conditions += part.conditions(parameters)
    return _page(view, query, conditions, part.order, parameters)


def _page(
    view: DatasetView, query: RecordsQuery, conditions: Sequence[str], order: str, parameters: Parameters
) -> Statement:
    # A number, not a parameter: one plan is then right for every execution.
    limit = int(query.limit) + 1
    page = f"{view.table.qualified} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {limit}"
    record = _record(view, query.select)
    joins = f" {ORIGIN_JOINS}" if view.is_consolidated else ""
    sql = f"SELECT page.row_id, {record} AS record FROM (SELECT * FROM {page}) AS page{joins} ORDER BY {order}"  # noqa: S608
    return Statement(sql, tuple(parameters.values))


def compile_rows(view: DatasetView, row_ids: Sequence[int]) -> Statement:
    """Rows `(row_id, record)` of these numbers, those that the view has."""
    parameters = Parameters()
    conditions = [*_scope(view, parameters), f"row_id = ANY({parameters.add(list(row_ids), 'bigint[]')})"]
    page = f"(SELECT * FROM {view.table.qualified} WHERE {' AND '.join(conditions)}) AS page"  # noqa: S608
    record = _record(view, None)
    joins = f" {ORIGIN_JOINS}" if view.is_consolidated else ""
    return Statement(f"SELECT page.row_id, {record} AS record FROM {page}{joins}", tuple(parameters.values))  # noqa: S608


def compile_position(view: DatasetView, query: RecordsQuery, row_id: int) -> Statement:
    """The values of a row in the order of the sort keys; a row keeps them for ever."""
    parameters = Parameters()
    scope = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    where = " AND ".join([*scope, f"row_id = {parameters.add(row_id, 'bigint')}"])
    values = sort_values(view, query.sort)
    return Statement(f"SELECT {values} FROM {view.table.qualified} WHERE {where}", tuple(parameters.values))  # noqa: S608


def as_of(publication: str) -> str:
    """The rows that a reader sees as of a publication, given as SQL."""
    return f"from_publication <= {publication} AND (to_publication IS NULL OR to_publication > {publication})"


def _scope(view: DatasetView, parameters: Parameters) -> list[str]:
    dataset = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    return [*dataset, as_of(parameters.add(view.publication, "bigint"))]


def _record(view: DatasetView, select: Sequence[str] | None) -> str:
    names = view.field_names if select is None else tuple(select)
    return _written(view.table, names, view.is_consolidated, select is None)


@lru_cache(maxsize=500)
def _written(table: RowTable, names: tuple[str, ...], is_consolidated: bool, is_whole: bool) -> str:
    """A tenth of the time of a page goes into writing this once. `is_whole`: with what was deposited beside `names`."""
    values = {one.field_name: f"page.{one.column}" for one in reversed(table.columns)}  # the first of a name counts
    if is_consolidated:
        values |= ORIGIN_COLUMNS
    members = [(name, values[name]) for name in names]
    plain = frozenset(f"page.{one.column}" for one in table.columns if one.field_type in PLAIN_TYPES)
    if is_consolidated or not is_whole:
        return json_object(members, plain=plain)
    # The names stand in the SQL: as a parameter, the driver would look at each of them, each time.
    declared = f"ARRAY[{', '.join(map(literal, names))}]"
    return json_object(members, plain=plain, end=ending_with("page.extra", declared))
