"""What is asked of a data set, whatever the dialect it was asked in. Names are declared names, values are typed."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | bool | date


class Operator(StrEnum):
    """How a condition compares; the value is what the native dialect calls it."""

    EXACT = "exact"
    GREATER = "greater"
    """Greater or equal."""
    LESS = "less"
    """Less or equal."""
    STRICTLY_GREATER = "strictly_greater"
    STRICTLY_LESS = "strictly_less"


@dataclass(frozen=True, slots=True)
class Condition:
    """True of rows that have a value in `field` and compare so with `value`."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class SortKey:
    """Rows without a value come last, in both directions."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """A page of rows. All conditions hold together; the order is made total by the row's own number."""

    where: tuple[Condition, ...] = ()
    sort: tuple[SortKey, ...] = ()
    select: tuple[str, ...] | None = None
    """None: every column, the vendor's own included."""
    limit: int = 20

    @property
    def fingerprint(self) -> str:
        """Equal for questions whose pages follow each other: same conditions, same order."""
        return hashlib.sha256(repr((self.where, self.sort)).encode()).hexdigest()[:16]
