"""Groups of rows as SQL. Numbers are exact: integers and numerics, written by PostgreSQL itself."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from services.catalog.json_rows import json_object
from services.catalog.literals import literal
from services.catalog.query.aggregate_tree import AggregateQuery, GroupKey, Having, Measure, Measured, Period, Ranges
from services.catalog.query.counting import compile_scope
from services.catalog.query.statement import Parameters, Statement, column_of
from services.catalog.query.tree import Operator, SortKey
from services.catalog.view import DatasetView
from shared.rows import RowColumn

PERIODS = {Period.YEAR: "YYYY", Period.QUARTER: 'YYYY-"Q"Q', Period.MONTH: "YYYY-MM", Period.DAY: "YYYY-MM-DD"}

ORIGIN_KEYS = {"organisation_siren": "d.organisation_siren", "organisation_nom": "o.name"}
"""What else groups of a consolidated data set may be made by."""

ORIGIN_JOINS = (
    " JOIN catalog.dataset AS d ON d.number = rows.dataset_id"
    " JOIN ingest.organisation AS o ON o.siren = d.organisation_siren"
)

MEASURES = {
    Measured.COUNT: "count({0})",
    Measured.DISTINCT: "count(DISTINCT {0})",
    Measured.SUM: "sum({0})",
    Measured.AVG: "trim_scale(avg({0}))",
    Measured.MIN: "min({0})",
    Measured.MAX: "max({0})",
}

MEDIAN = "percentile_disc(0.5) WITHIN GROUP (ORDER BY {0})"
MEDIAN_OF_NUMBERS = f"trim_scale(({MEDIAN} + percentile_disc(0.5) WITHIN GROUP (ORDER BY {{0}} DESC))::numeric / 2)"
"""The two middle values, which are one when their number is odd: `percentile_cont` would not be exact."""

SYMBOLS = {
    Operator.EXACT: "=",
    Operator.DIFFERS: "IS DISTINCT FROM",
    Operator.GREATER: ">=",
    Operator.LESS: "<=",
    Operator.STRICTLY_GREATER: ">",
    Operator.STRICTLY_LESS: "<",
}


def compile_aggregate(view: DatasetView, query: AggregateQuery) -> Statement:
    """Rows `(record)`, each the JSON text of a group, and one more than the limit if there are more."""
    parameters = Parameters()
    measures = [f"{_measure(measure, view)} AS m{rank}" for rank, measure in enumerate(query.measures)]
    groups = _groups(view, query, measures, parameters)
    kept = " AND ".join(_having(one, query, parameters) for one in query.having) or "true"
    order = ", ".join(_order(query))
    limit = parameters.add(query.limit + 1, "bigint")
    record = _record(query, parameters)
    sql = f"SELECT {record} AS record FROM ({groups}) AS groups WHERE {kept} ORDER BY {order} LIMIT {limit}"  # noqa: S608
    return Statement(sql, tuple(parameters.values))


def compile_expected(view: DatasetView, query: AggregateQuery) -> Statement:
    """One row, `QUERY PLAN`: the plan of the groups alone, as JSON. Nothing is read of the rows."""
    parameters = Parameters()
    groups = _groups(view, query, [], parameters)
    return Statement(f"EXPLAIN (FORMAT JSON) {groups}", tuple(parameters.values))


def _groups(view: DatasetView, query: AggregateQuery, measures: list[str], parameters: Parameters) -> str:
    """Keys `k0`, `k1`… and measures of each group of the rows."""
    keys = [f"{_key(key, view, parameters)} AS k{rank}" for rank, key in enumerate(query.keys)]
    scope = compile_scope(view, query.where, parameters)
    joins = ORIGIN_JOINS if any(_is_origin(key, view) for key in query.keys) else ""
    # Rows stand apart, so that the columns of joined tables never meet the names in conditions.
    rows = f"(SELECT * FROM {view.table.qualified} WHERE {scope}) AS rows{joins}"  # noqa: S608
    grouped = f" GROUP BY {', '.join(f'{rank + 1}' for rank in range(len(keys)))}" if keys else ""
    return f"SELECT {', '.join([*keys, *measures])} FROM {rows}{grouped}"  # noqa: S608


def _is_origin(key: GroupKey, view: DatasetView) -> bool:
    return view.is_consolidated and key.field in ORIGIN_KEYS


def _key(key: GroupKey, view: DatasetView, parameters: Parameters) -> str:
    if _is_origin(key, view):
        return ORIGIN_KEYS[key.field]
    column = column_of(key.field, view)
    match key.by:
        case None:
            return f"rows.{column.column}"
        case Ranges(bounds):
            of_days = column.field_type == "date"
            given = parameters.add(list(bounds), "date[]" if of_days else "numeric[]")
            value = f"rows.{column.column}" if of_days else f"rows.{column.column}::numeric"
            return f"width_bucket({value}, {given})"
        case period:
            return f"to_char({_day(column)}::timestamp, {literal(PERIODS[period])})"


def _day(column: RowColumn) -> str:
    """The day of a date, or of a moment: those are texts, and what begins with no day has none."""
    if not column.is_text:
        return f"rows.{column.column}"
    day = f"left(rows.{column.column}, 10)"
    return f"CASE WHEN {day} ~ '^\\d{{4}}-\\d\\d-\\d\\d$' AND pg_input_is_valid({day}, 'date') THEN {day}::date END"


def _measure(measure: Measure, view: DatasetView) -> str:
    if measure.field is None:
        return "count(*)"
    column = column_of(measure.field, view)
    if measure.measured is Measured.MEDIAN:
        template = MEDIAN if column.field_type == "date" else MEDIAN_OF_NUMBERS
    else:
        template = MEASURES[measure.measured]
    return template.format(f"rows.{column.column}")


def _having(having: Having, query: AggregateQuery, parameters: Parameters) -> str:
    sql_type = {Decimal: "numeric", date: "date"}.get(type(having.value), "text")
    return f"{_alias(having.name, query)} {SYMBOLS[having.operator]} {parameters.add(having.value, sql_type)}"


def _alias(name: str, query: AggregateQuery) -> str:
    """What the inner statement calls a name of the answer."""
    aliases = {key.name: f"k{rank}" for rank, key in enumerate(query.keys)}
    return (aliases | {measure.name: f"m{rank}" for rank, measure in enumerate(query.measures)})[name]


def _order(query: AggregateQuery) -> Iterator[str]:
    """A total order: by what is asked, then by the keys."""
    asked = {key.field for key in query.sort}
    for sort in (*query.sort, *(SortKey(key.name) for key in query.keys if key.name not in asked)):
        yield f"{_alias(sort.field, query)} {'DESC' if sort.descending else 'ASC'} NULLS LAST"
    if not query.keys and not query.sort:
        yield "1"


def _record(query: AggregateQuery, parameters: Parameters) -> str:
    members = [(key.name, _shown(key, f"k{rank}", parameters)) for rank, key in enumerate(query.keys)]
    return json_object([*members, *((measure.name, f"m{rank}") for rank, measure in enumerate(query.measures))])


def _shown(key: GroupKey, alias: str, parameters: Parameters) -> str:
    if not isinstance(key.by, Ranges):
        return alias
    ends = ["*", *(f"{bound}" for bound in key.by.bounds), "*"]
    labels = [f"[{low}, {high}[" for low, high in pairwise(ends)]
    return f"({parameters.add(labels, 'text[]')})[{alias} + 1]"
