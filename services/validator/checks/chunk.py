"""A run of rows by columns, and the faults found in it: what the checks pass to each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from services.validator.findings import CorrectionCode, FindingCode, Severity

Rows = npt.NDArray[np.intp]
"""0-based rows of a chunk, ascending."""

NO_ROWS: Rows = np.zeros(0, dtype=np.intp)

DATE_FORMAT = "%Y-%m-%d"


class Fault(NamedTuple):
    """A finding before it is worded: most are only counted."""

    line: int
    """1-based line in the vendor's file."""
    code: FindingCode
    severity: Severity
    column: str | None
    value: str | None
    suggestion: str | None = None
    details: Mapping[str, Any] = {}


class Described(NamedTuple):
    """What one fault of a run says beyond its kind and its place."""

    value: str | None = None
    suggestion: str | None = None
    details: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class FaultRun:
    """Faults of one kind on one column, however many: described one by one only when a report lists them."""

    code: FindingCode
    severity: Severity
    column: str | None
    rows: Rows
    describe: Callable[[int], Described]
    """Takes the rank of a fault in `rows`."""

    def only(self, ranks: Rows) -> "FaultRun":
        """The faults of these ranks alone."""
        return replace(self, rows=self.rows[ranks], describe=lambda rank: self.describe(int(ranks[rank])))


@dataclass(frozen=True, slots=True)
class CorrectionRun:
    """Corrections of one kind in one column."""

    code: CorrectionCode
    column: str
    rows: Rows
    describe: Callable[[int], tuple[str, str | None]]
    """Takes the rank of a correction in `rows`; gives the text before and after."""


Found = Fault | FaultRun
"""What a check gives: faults one by one when they are few, runs when they may be many."""


@dataclass(slots=True)
class Chunk:
    """Rows of one stretch of the file, column by column; blank rows left out."""

    lines: pl.Series
    """Int64: 1-based line of each row in the vendor's file."""
    canonical: pl.DataFrame
    """One String column per declared field: canonical text, null when missing, unreadable or absent from the file."""
    kinds: Mapping[str, str]
    """Field → Table Schema type."""
    extra: pl.Series | None = None
    """String: JSON object of each row's cells outside the schema; None when the file has no such column."""
    _typed: dict[str, pl.Series] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self.lines)

    @property
    def typed(self) -> pl.DataFrame:
        """Every field as typed values (see `typed_column`)."""
        return pl.DataFrame([self.typed_column(name) for name in self.canonical.columns])

    def typed_column(self, name: str) -> pl.Series:
        """A field as Int64 (integer, year), Float64 (number: the text keeps the exact value), Date, Boolean, or String.

        Null when missing or unreadable. Made once, from the canonical texts.
        """
        if name not in self._typed:
            self._typed[name] = cast_canonical(self.canonical.get_column(name), self.kinds[name])
        return self._typed[name]


def cast_canonical(texts: pl.Series, kind: str) -> pl.Series:
    """Canonical texts of Table Schema type `kind` → typed values."""
    if kind in ("integer", "year"):
        return texts.cast(pl.Int64)
    if kind == "number":
        return texts.cast(pl.Float64)
    if kind == "date":
        return texts.str.to_date(DATE_FORMAT)
    return texts == "true" if kind == "boolean" else texts


def nothing(name: str, height: int) -> pl.Series:
    """A String column without any value."""
    return pl.repeat(None, height, dtype=pl.String, eager=True).alias(name)


def run_of(
    code: FindingCode, severity: Severity, column: str | None, rows: Rows, describe: Callable[[int], Described]
) -> list[FaultRun]:
    """The run, or nothing when it has no row."""
    return [FaultRun(code, severity, column, rows, describe)] if len(rows) else []


def places(mask: pl.Series) -> Rows:
    """The rows where a Boolean series is true."""
    known = mask if mask.null_count() == 0 else mask.fill_null(value=False)
    return np.flatnonzero(known.to_numpy())
