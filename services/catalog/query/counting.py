"""How many rows fulfil a filter."""

import json

from services.catalog.query.compile import as_of
from services.catalog.query.conditions import compile_condition
from services.catalog.query.statement import Parameters, Statement
from services.catalog.query.tree import Count, RecordsQuery, Where
from services.catalog.view import DatasetView


def compile_scope(view: DatasetView, where: Where, parameters: Parameters) -> str:
    """SQL true of the rows of the view that fulfil the filter."""
    dataset = [] if view.number is None else [f"dataset_id = {parameters.add(view.number, 'bigint')}"]
    whole = as_of(parameters.add(view.publication, "bigint"))
    return " AND ".join([*dataset, whole, compile_condition(where, view, parameters)])


def compile_count(view: DatasetView, query: RecordsQuery) -> Statement | None:
    """One row with one column, for `read_count`; None when nothing is to be counted."""
    if query.count is Count.NONE:
        return None
    parameters = Parameters()
    scope = compile_scope(view, query.where, parameters)
    if query.count is Count.EXACT:
        sql = f"SELECT count(*) FROM {view.table.qualified} WHERE {scope}"  # noqa: S608
    else:
        sql = f"EXPLAIN (FORMAT JSON) SELECT FROM {view.table.qualified} WHERE {scope}"
    return Statement(sql, tuple(parameters.values))


def read_count(query: RecordsQuery, answer: object) -> int:
    """The number in what the database answered."""
    if query.count is Count.EXACT:
        return int(str(answer))
    return int(json.loads(str(answer))[0]["Plan"]["Plan Rows"])
