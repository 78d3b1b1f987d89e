"""Checks of several columns of a row: compared, summed, filled together or one for the other.

They see typed values. What columns of numbers cannot tell for sure (decimal numbers too close for floating point,
columns of different types) is judged value by value, as Validata does.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from services.validator.checks.chunk import Chunk, Described, FaultRun, Rows, places, run_of
from services.validator.findings import FindingCode, Severity

Run = Callable[[Chunk], list[FaultRun]]

OPERATORS: Mapping[str, tuple[Callable[[Any, Any], Any], str]] = {
    ">": (operator.gt, "supérieur à"),
    ">=": (operator.ge, "supérieur ou égal à"),
    "==": (operator.eq, "égal à"),
    "<=": (operator.le, "inférieur ou égal à"),
    "<": (operator.lt, "inférieur à"),
}

WHOLE = ("integer", "year")

SCALED = r"\A-?[0-9]{1,11}(?:\.[0-9]{1,4})?\z"
"""Numbers that are exact whole numbers once multiplied by 10,000, in floating point too."""


def cohesive(columns: tuple[str, ...], severity: Severity, details: Mapping[str, Any]) -> Run:
    """All filled or all empty."""

    def run(chunk: Chunk) -> list[FaultRun]:
        filled = [chunk.canonical.get_column(name).is_not_null() for name in columns]
        rows = places(reduce(operator.or_, (filled[0] != other for other in filled[1:])))
        texts = chunk.canonical.get_column(columns[0])
        return run_of(
            FindingCode.COLUMNS_NOT_COHESIVE,
            severity,
            columns[0],
            rows,
            lambda rank: Described(texts[int(rows[rank])] or "", None, details),
        )

    return run


def one_of(column: str, other: str, severity: Severity, details: Mapping[str, Any]) -> Run:
    """At least one filled."""

    def run(chunk: Chunk) -> list[FaultRun]:
        empty = [chunk.canonical.get_column(name).fill_null("") == "" for name in (column, other)]
        rows = places(empty[0] & empty[1])
        return run_of(FindingCode.ONE_OF_REQUIRED, severity, column, rows, lambda rank: Described(None, None, details))

    return run


def compared(column: str, other: str, op: str, severity: Severity) -> Run:
    """The first value stands in a relation to the second; passed over when one is missing."""
    relation = OPERATORS[op][1]

    def run(chunk: Chunk) -> list[FaultRun]:
        texts = [chunk.canonical.get_column(name) for name in (column, other)]
        failed, incomparable = _comparison(chunk, column, other, op)

        def describe(rows: Rows) -> Callable[[int], Described]:
            def described(rank: int) -> Described:
                row = int(rows[rank])
                return Described(
                    texts[0][row], None, {"other": other, "op": op, "relation": relation, "other_value": texts[1][row]}
                )

            return described

        return [
            *run_of(FindingCode.COMPARISON_FAILED, severity, column, failed, describe(failed)),
            *run_of(FindingCode.VALUES_NOT_COMPARABLE, severity, column, incomparable, describe(incomparable)),
        ]

    return run


def _comparison(chunk: Chunk, column: str, other: str, op: str) -> tuple[Rows, Rows]:
    """Rows where the relation does not hold, and rows whose values cannot be compared."""
    holds = OPERATORS[op][0]
    kinds = chunk.kinds[column], chunk.kinds[other]
    nowhere = places(pl.Series([], dtype=pl.Boolean))
    if kinds[0] in WHOLE and kinds[1] in WHOLE:
        left, right = chunk.typed_column(column), chunk.typed_column(other)
        return places(~holds(left, right)), nowhere
    if kinds == ("date", "date"):
        left, right = chunk.canonical.get_column(column), chunk.canonical.get_column(other)
        return places(~holds(left, right)), nowhere
    pairs = pl.DataFrame(
        [chunk.canonical.get_column(column).alias("left"), chunk.canonical.get_column(other).alias("right")]
    )
    verdicts = pairs.drop_nulls().unique(maintain_order=True)
    told = [_scalar(left, right, kinds, holds) for left, right in verdicts.iter_rows()]
    verdicts = verdicts.with_columns(pl.Series("told", told, dtype=pl.Int8))
    found = pairs.join(verdicts, on=["left", "right"], how="left", maintain_order="left").get_column("told")
    return places(found == 1), places(found == 2)


def _scalar(left: str, right: str, kinds: tuple[str, str], holds: Callable[[Any, Any], Any]) -> int:
    """0: holds; 1: does not; 2: cannot be compared."""
    pair = comparable(value_of(left, kinds[0]), value_of(right, kinds[1]))
    if pair is None:
        return 2
    return 0 if holds(*pair) else 1


def comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both as numbers if both look so, both as texts if of one type; None when they cannot be compared."""
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers
    if type(left) is type(right):
        return str(left), str(right)  # of dates: ISO
    return None


def value_of(text: str, kind: str) -> Any:
    """The typed value of a canonical text."""
    if kind in WHOLE:
        return int(text)
    if kind == "number":
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text == "true" if kind == "boolean" else text


def _number(value: Any) -> int | float | Decimal | None:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float | Decimal) else None


def summed(column: str, parts: tuple[str, ...], severity: Severity) -> Run:
    """The first value is the sum of the others; passed over when one is missing."""
    listed = ", ".join(f"« {name} »" for name in parts)
    names = (column, *parts)

    def run(chunk: Chunk) -> list[FaultRun]:
        rows = _unequal(chunk, names)

        def describe(rank: int) -> Described:
            row = int(rows[rank])
            texts = [chunk.canonical.get_column(name)[row] for name in names]
            values = [value_of(text, chunk.kinds[name]) for text, name in zip(texts, names, strict=True)]
            return Described(texts[0], None, {"columns": listed, "total": str(sum(values[1:]))})

        return run_of(FindingCode.SUM_MISMATCH, severity, column, rows, describe)

    return run


def _unequal(chunk: Chunk, names: tuple[str, ...]) -> Rows:
    """Rows where the first value is not the sum of the others, none of them missing."""
    kinds = {chunk.kinds[name] for name in names}
    if kinds <= set(WHOLE):
        whole, *values = (chunk.typed_column(name) for name in names)
        return places(whole != reduce(operator.add, values))
    texts = [chunk.canonical.get_column(name) for name in names]
    filled = pl.DataFrame([text.alias(str(at)) for at, text in enumerate(texts)])
    if kinds <= {*WHOLE, "number"} and filled.select(pl.all().str.contains(SCALED).all()).row(0).count(False) == 0:
        scaled = [(text.cast(pl.Float64) * 10_000).round().cast(pl.Int64) for text in texts]
        return places(scaled[0] != reduce(operator.add, scaled[1:]))
    told = [_differs(row, [chunk.kinds[name] for name in names]) for row in filled.iter_rows()]
    return places(pl.Series(told, dtype=pl.Boolean))


def _differs(texts: tuple[str | None, ...], kinds: list[str]) -> bool:
    values = [value_of(text, kind) for text, kind in zip(texts, kinds, strict=True) if text is not None]
    return len(values) == len(texts) and values[0] != sum(values[1:])
