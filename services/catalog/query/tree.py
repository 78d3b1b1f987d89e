"""What is asked of a data set, whatever the dialect it was asked in. Names are declared names, values are typed.

A filter is a tree of `And`, `Or` and `Not` over conditions. It has two truth values only: what a condition does not
hold of, its negation holds of, rows without a value included.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

Value = str | int | Decimal | bool | date


class Operator(StrEnum):
    """How a condition compares; the value is what the native dialect calls it.

    A row without a value fulfils ISNULL and the negated ones (DIFFERS, NOTCONTAINS, NOTIN) and no other.
    """

    EXACT = "exact"
    DIFFERS = "differs"
    CONTAINS = "contains"
    """Case and accents aside, as SEARCH."""
    NOTCONTAINS = "notcontains"
    STARTSWITH = "startswith"
    """Character by character, as EXACT."""
    IN = "in"
    NOTIN = "notin"
    LESS = "less"
    """Less or equal."""
    GREATER = "greater"
    """Greater or equal."""
    STRICTLY_LESS = "strictly_less"
    STRICTLY_GREATER = "strictly_greater"
    BETWEEN = "between"
    """Both ends included."""
    ISNULL = "isnull"
    ISNOTNULL = "isnotnull"
    SEARCH = "search"
    """Holds every one of the words, in any order, case and accents aside."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the value of `field` compares with `values`: none for ISNULL, two for BETWEEN, any number for IN, NOTIN
    (values) and SEARCH (words), one otherwise."""

    field: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Each word is in one or another text column, case and accents aside."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InBox:
    """Placed inside, edges included. Degrees, WGS 84; a box whose west is greater than its east crosses the 180th
    meridian."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal


@dataclass(frozen=True, slots=True)
class Near:
    """Placed at most so many metres away, on a sphere of the Earth's mean radius."""

    longitude: Decimal
    latitude: Decimal
    metres: Decimal


@dataclass(frozen=True, slots=True)
class And:
    """All hold; none at all: every row."""

    parts: tuple["Where", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one holds; none at all: no row."""

    parts: tuple["Where", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Where"


Where: TypeAlias = And | Or | Not | Condition | Words | InBox | Near

EVERYTHING = And()


@dataclass(frozen=True, slots=True)
class SortKey:
    """Rows without a value come last, in both directions."""

    field: str
    descending: bool = False


AsOf = int | date | datetime
"""A version's number, the end of a day, or a moment; days and moments without a zone are those of Paris."""


class Count(StrEnum):
    """Whether the number of rows that fulfil the filter is told beside the page."""

    NONE = "none"
    ESTIMATE = "estimate"
    """The planner's, at no cost."""
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """A page of rows. The order is made total by the row's own number."""

    where: Where = EVERYTHING
    sort: tuple[SortKey, ...] = ()
    select: tuple[str, ...] | None = None
    """None: every column, the vendor's own included."""
    limit: int = 20
    count: Count = Count.NONE
    as_of: AsOf | None = None
    """None: the current version."""

    @property
    def fingerprint(self) -> str:
        """Equal for questions whose pages follow each other: same filter, same order, same version."""
        return hashlib.sha256(repr((self.where, self.sort, self.as_of)).encode()).hexdigest()[:16]
