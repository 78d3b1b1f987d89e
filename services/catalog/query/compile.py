"""A page of rows as SQL. Only rooms of this folder make SQL from a question: values are always parameters, identifiers
come only from the row table's declared columns."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from services.catalog.json_rows import PLAIN_TYPES, ending_with, json_object
from services.catalog.literals import literal
from services.catalog.query.conditions import compile_condition
from services.catalog.query.one_value import OneValue, one_value
from services.catalog.query.order import Part, Position, parts_of, sort_values
from services.catalog.query.statement import Parameters, Statement
from services.catalog.query.tree import RecordsQuery
from services.catalog.view import DatasetView
from shared.rows import RowColumn, RowTable

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
        sql = _sql_of_one_value(_form_of(view, query), asked.column, after is not None)
        given = [view.number, view.publication, asked.value, after and after.row_id]
        return (Statement(sql, tuple(one for one in given if one is not None)),)
    return tuple(_compile_part(part, view, query) for part in parts_of(view, query.sort, after))


class Form(NamedTuple):
    """What the SQL of a page depends on beside its conditions and its order."""

    table: RowTable
    is_consolidated: bool
    names: tuple[str, ...]
    is_whole: bool
    limit: int


def _form_of(view: DatasetView, query: RecordsQuery) -> Form:
    names = view.field_names if query.select is None else query.select
    return Form(view.table, view.is_consolidated, names, query.select is None, int(query.limit))


@lru_cache(maxsize=500)
def _sql_of_one_value(form: Form, column: RowColumn, goes_on: bool) -> str:
    """Its parameters: the number of a data set of its own, the publication, the value, the number of the last row."""
    parameters = Parameters(unseen=True)
    scope = _scope(None if form.is_consolidated else 0, 0, parameters)
    asked, after = OneValue(column, ""), Position(0, ()) if goes_on else None
    return _sql_of_page(form, asked.conditions(scope, after, parameters), asked.order)


def _compile_part(part: Part, view: DatasetView, query: RecordsQuery) -> Statement:
    parameters = Parameters()
    scope = _scope(view.number, view.publication, parameters)
    conditions = [*scope, compile_condition(query.where, view, parameters), *part.conditions(parameters)]
    return Statement(_sql_of_page(_form_of(view, query), conditions, part.order), tuple(parameters.values))


def _sql_of_page(form: Form, conditions: Sequence[str], order: str) -> str:
    # A number, not a parameter: one plan is then right for every execution.
    page = f"{form.table.qualified} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {form.limit + 1}"
    record = _written(form.table, form.names, form.is_consolidated, form.is_whole)
    joins = f" {ORIGIN_JOINS}" if form.is_consolidated else ""
    return f"SELECT page.row_id, {record} AS record FROM (SELECT * FROM {page}) AS page{joins} ORDER BY {order}"  # noqa: S608


def compile_rows(view: DatasetView, row_ids: Sequence[int]) -> Statement:
    """Rows `(row_id, record)` of these numbers, those that the view has."""
    parameters = Parameters()
    scope = _scope(view.number, view.publication, parameters)
    conditions = [*scope, f"row_id = ANY({parameters.add(list(row_ids), 'bigint[]')})"]
    page = f"(SELECT * FROM {view.table.qualified} WHERE {' AND '.join(conditions)}) AS page"  # noqa: S608
    record = _written(view.table, view.field_names, view.is_consolidated, True)
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


def _scope(number: int | None, publication: int, parameters: Parameters) -> list[str]:
    dataset = [] if number is None else [f"dataset_id = {parameters.add(number, 'bigint')}"]
    return [*dataset, as_of(parameters.add(publication, "bigint"))]


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
