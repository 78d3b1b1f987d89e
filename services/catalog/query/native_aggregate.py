"""The native dialect of groups: `group_by=`, `measures=`, `having=`, `sort=`, `limit=`, `facets=`, and filters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from services.catalog.query.aggregate import ORIGIN_KEYS, SYMBOLS
from services.catalog.query.aggregate_tree import AggregateQuery, GroupKey, Having, Measure, Measured, Period, Ranges
from services.catalog.query.filters import FILTERS, read_filter
from services.catalog.query.names import SEPARATOR, read_items, refuse, refuse_unknown
from services.catalog.query.native import read_as_of, read_limit, split_parameters
from services.catalog.query.tree import Operator, SortKey, Where
from services.catalog.query.values import read_number, read_value
from services.catalog.view import DatasetView
from shared.rows import RowColumn

CONTROLS = ("group_by", "measures", "having", "sort", "limit", "facets", "as_of")
DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
DEFAULT_FACET_LIMIT = 10
MAX_FACET_LIMIT = 1000
MAX_KEYS = 5
MAX_MEASURES = 20
MAX_FACETS = 20
MAX_BOUNDS = 100
MAX_HAVING = 10

COUNT = Measured.COUNT.value

NUMBERS = ("integer", "number", "year")
RANGED = (*NUMBERS, "date")
DATED = ("date", "datetime")

ENDS = (Measured.MIN, Measured.MAX, Measured.MEDIAN)
"""Measures of the type of their column."""

MEASURABLE = {
    Measured.SUM: NUMBERS,
    Measured.AVG: NUMBERS,
    Measured.MEDIAN: RANGED,
    Measured.MIN: (*RANGED, "string", "datetime", "time"),
    Measured.MAX: (*RANGED, "string", "datetime", "time"),
}
"""Measure → types of columns it can be taken of; any other, of every column."""

_RANGES = re.compile(r"(.+)__ranges:(.*)", re.DOTALL)
_HAVING = re.compile(r"([^=]*)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AggregateRequest:
    """What a query string asks for: one table of groups, or the most frequent values of several columns."""

    query: AggregateQuery
    facets: tuple[AggregateQuery, ...]
    """One per column; empty when `query` is asked."""


def read_aggregate_query_string(parameters: Sequence[tuple[str, str]], view: DatasetView) -> AggregateRequest:
    """Decoded parameters, in order and with repetitions. Raises InvalidParameter, naming the first wrong one."""
    controls, filters = split_parameters(parameters, CONTROLS)
    where = read_filter(filters, view, controls=(*CONTROLS, *FILTERS))
    as_of = read_as_of(controls["as_of"]) if "as_of" in controls else None
    if "facets" in controls:
        return AggregateRequest(AggregateQuery(as_of=as_of), _facets(controls, view, where))
    keys = tuple(_key(item, view) for item in _items("group_by", controls.get("group_by"), MAX_KEYS))
    measures = tuple(_measure(item, view) for item in _items("measures", controls.get("measures", COUNT), MAX_MEASURES))
    names = [*(key.name for key in keys), *(measure.name for measure in measures)]
    if len(set(names)) < len(names):
        refuse("measures", "Deux colonnes de la réponse auraient le même nom.", "Ne demandez chaque nom qu'une fois.")
    query = AggregateQuery(
        where=where,
        keys=keys,
        measures=measures,
        having=tuple(_having(item, measures, view) for item in _items("having", controls.get("having"), MAX_HAVING)),
        sort=tuple(_sort_key(item, names) for item in _items("sort", controls.get("sort"), len(names))),
        limit=read_limit(controls.get("limit"), default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
        as_of=as_of,
    )
    return AggregateRequest(query, ())


def _items(parameter: str, text: str | None, maximum: int) -> list[str]:
    items = [] if text is None else read_items(parameter, text)
    if len(items) > maximum or len(set(items)) < len(items):
        refuse(parameter, "Un élément est donné deux fois, ou il y en a trop.", f"Donnez-en {maximum} au plus.")
    return items


def _facets(controls: Mapping[str, str], view: DatasetView, where: Where) -> tuple[AggregateQuery, ...]:
    for name in ("group_by", "measures", "having", "sort"):
        if name in controls:
            refuse(name, f"« facets » et « {name} » ne vont pas ensemble.", "Posez deux questions.")
    limit = read_limit(controls.get("limit"), default=DEFAULT_FACET_LIMIT, maximum=MAX_FACET_LIMIT)
    frequent = (SortKey(COUNT, descending=True),)
    return tuple(
        AggregateQuery(where, keys=(replace(_key(item, view), name="value"),), sort=frequent, limit=limit)
        for item in _items("facets", controls["facets"], MAX_FACETS)
    )


def _key(item: str, view: DatasetView) -> GroupKey:
    if view.table.column(item) is not None or (view.is_consolidated and item in ORIGIN_KEYS):
        return GroupKey(item, item, item)
    if (ranges := _RANGES.fullmatch(item)) is not None:
        return GroupKey(item, item, ranges[1], _ranges(item, _column("group_by", ranges[1], view), ranges[2]))
    field, _, period = item.rpartition(SEPARATOR)
    column = _column("group_by", field or item, view)
    if period not in set(Period) or column.field_type not in DATED:
        refuse(
            "group_by",
            f"« {item[:60]} » n'est pas une façon de grouper cette colonne.",
            f"Groupez par une colonne, par la période d'une date ({', '.join(Period)} : COLONNE__month) ou par des "
            "intervalles (COLONNE__ranges:0:1000:5000).",
        )
    return GroupKey(item, item, field, Period(period))


def _ranges(item: str, column: RowColumn, text: str) -> Ranges:
    texts = text.split(":")
    if column.field_type not in RANGED or len(texts) > MAX_BOUNDS:
        refuse(
            "group_by",
            f"« {column.field_name} » ne se découpe pas en ces intervalles.",
            f"Prenez une colonne de nombres ou de dates, et {MAX_BOUNDS} bornes au plus.",
        )
    bounds: list[Any] = [read_value("group_by", one, column) for one in texts]
    if any(low >= high for low, high in pairwise(bounds)):
        refuse(
            "group_by",
            f"Les bornes de « {item[:60]} » ne vont pas croissant.",
            "Rangez-les de la plus petite à la plus grande.",
        )
    return Ranges(tuple(one if column.field_type == "date" else Decimal(one) for one in bounds))


def _measure(item: str, view: DatasetView) -> Measure:
    if item == COUNT:
        return Measure(item, Measured.COUNT)
    field, _, word = item.rpartition(SEPARATOR)
    column = _column("measures", field or item, view)
    if word not in set(Measured):
        refuse(
            "measures",
            f"« {item[:60]} » n'est pas une mesure.",
            f"Donnez count, ou COLONNE__ et {', '.join(Measured)}.",
        )
    measured = Measured(word)
    if column.field_type not in MEASURABLE.get(measured, (column.field_type,)):
        refuse(
            "measures",
            f"« {word} » ne se calcule pas sur « {field[:60]} ».",
            f"Sur une colonne de ce type, demandez {', '.join(one for one in Measured if _fits(one, column))}.",
        )
    return Measure(item, measured, field)


def _fits(measured: Measured, column: RowColumn) -> bool:
    return column.field_type in MEASURABLE.get(measured, (column.field_type,))


def _having(item: str, measures: Sequence[Measure], view: DatasetView) -> Having:
    found = _HAVING.fullmatch(item)
    name, _, word = found[1].rpartition(SEPARATOR) if found else ("", "", "")
    measure = next((one for one in measures if one.name == name), None)
    if found is None or measure is None or word not in set(SYMBOLS):
        refuse(
            "having",
            f"« {item[:60]} » ne se lit pas comme une condition sur une mesure demandée.",
            f"Écrivez {measures[0].name}__greater=10 ; opérateurs possibles : {', '.join(SYMBOLS)}.",
        )
    if measure.measured in ENDS and measure.field is not None:
        value = read_value("having", found[2], _column("having", measure.field, view))
        return Having(name, Operator(word), value if isinstance(value, date | str) else Decimal(value))
    return Having(name, Operator(word), read_number("having", found[2]))


def _sort_key(item: str, names: Sequence[str]) -> SortKey:
    name = item if item in names else item.removeprefix("-")
    if name not in names:
        refuse(
            "sort",
            f"« {item[:60]} » n'est pas dans la réponse.",
            f"Triez par {', '.join(names)}, « - » devant pour décroître.",
        )
    return SortKey(name, descending=name != item)


def _column(parameter: str, field: str, view: DatasetView) -> RowColumn:
    column = view.table.column(field)
    if column is None:
        refuse_unknown(parameter, field, view, (*CONTROLS, *FILTERS))
    return column
