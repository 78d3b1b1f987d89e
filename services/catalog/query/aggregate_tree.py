"""What is asked of groups of rows, whatever the dialect it was asked in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.catalog.query.tree import EVERYTHING, AsOf, Operator, SortKey, Where


class Period(StrEnum):
    """Of a date; the value is what the native dialect calls it."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"


class Measured(StrEnum):
    """What is told of a group; the value is what the native dialect calls it. Rows without a value count for
    nothing but in COUNT without a field."""

    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    """The mean of the two middle values; of dates, the lower one."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Intervals between ascending bounds, the lower one included, and the two outer ones without end."""

    bounds: tuple[Decimal | date, ...]


@dataclass(frozen=True, slots=True)
class GroupKey:
    """Rows of one group have the same value of `field`, or the same period or range of it; no value is a group too."""

    name: str
    """In the answer."""
    asked: str
    """As it was asked for."""
    field: str
    by: Period | Ranges | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure per group."""

    name: str
    """In the answer."""
    measured: Measured
    field: str | None = None
    """None: the rows themselves, which can only be counted."""


@dataclass(frozen=True, slots=True)
class Having:
    """Kept are groups whose measure compares so with a value of its type: number, date or text."""

    name: str
    """Of the measure, in the answer."""
    operator: Operator
    """EXACT, DIFFERS, LESS, GREATER, STRICTLY_LESS or STRICTLY_GREATER."""
    value: Decimal | date | str


@dataclass(frozen=True, slots=True)
class AggregateQuery:
    """Groups of the rows that fulfil the filter; without keys, all of them are one."""

    where: Where = EVERYTHING
    keys: tuple[GroupKey, ...] = ()
    measures: tuple[Measure, ...] = (Measure("count", Measured.COUNT),)
    having: tuple[Having, ...] = ()
    sort: tuple[SortKey, ...] = ()
    """By names in the answer; then by the keys, so that the order is total."""
    limit: int = 100
    as_of: AsOf | None = None
