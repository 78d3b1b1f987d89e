"""Checks between columns and of values, by columns: the same rows as value by value, as Validata judges them."""

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.checks.chunk import Chunk, FaultRun
from services.validator.checks.identifiers import fault_of_siren, fault_of_siret
from services.validator.checks.judges import FEW, JUDGES, judge_values
from services.validator.checks.relations import cohesive, compared, one_of, summed
from services.validator.findings import FindingCode, Severity

OPERATORS = {">": operator.gt, ">=": operator.ge, "==": operator.eq, "<=": operator.le, "<": operator.lt}

CELLS = {
    "integer": st.integers(-3, 3).map(str),
    "number": st.sampled_from(
        ["0", "1", "1.0", "1.00", "0.1", "0.2", "0.3", "0.30000000000000001", "1e2", "100", "-1.5"]
    ),
    "date": st.dates(date(2023, 12, 30), date(2024, 1, 2)).map(str),
    "string": st.sampled_from(["1", "2", "10", "a", "b", "1.0", "nan", ""]),
    "boolean": st.sampled_from(["true", "false"]),
}

Columns = tuple[list[str], list[list[str | None]]]


@st.composite
def columns(draw: st.DrawFn, count: int, kinds: tuple[str, ...] = tuple(CELLS)) -> Columns:
    """Kinds, and as many columns of texts."""
    chosen = [draw(st.sampled_from(kinds)) for _ in range(count)]
    height = draw(st.integers(1, 8))
    cells = [draw(st.lists(st.none() | CELLS[kind], min_size=height, max_size=height)) for kind in chosen]
    return chosen, cells


def chunk_of(drawn: Columns) -> Chunk:
    kinds, cells = drawn
    names = [f"c{at}" for at in range(len(kinds))]
    frame = pl.DataFrame([pl.Series(name, texts, dtype=pl.String) for name, texts in zip(names, cells, strict=True)])
    return Chunk(pl.Series(range(2, 2 + frame.height), dtype=pl.Int64), frame, dict(zip(names, kinds, strict=True)))


def value(text: str | None, kind: str) -> Any:
    made: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": Decimal,
        "date": date.fromisoformat,
        "boolean": lambda word: word == "true",
    }
    return text if text is None else made.get(kind, str)(text)


def rows_of(drawn: Columns) -> list[list[Any]]:
    kinds, cells = drawn
    return [[value(text, kind) for text, kind in zip(row, kinds, strict=True)] for row in zip(*cells, strict=True)]


def found(runs: list[FaultRun], code: FindingCode) -> list[int]:
    return sorted(int(row) for run in runs if run.code is code for row in run.rows)


def number(one: Any) -> Any:
    try:
        return float(one) if isinstance(one, str) else one if isinstance(one, int | Decimal) else None
    except ValueError:
        return None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(drawn=columns(2), op=st.sampled_from(sorted(OPERATORS)))
def test_values_are_compared_as_one_by_one(drawn: Columns, op: str) -> None:
    failed, incomparable = [], []
    for row, (left, right) in enumerate(rows_of(drawn)):
        if left is None or right is None:
            continue
        pair = number(left), number(right)
        if None in pair:
            pair = (str(left), str(right)) if type(left) is type(right) else (None, None)
        if None in pair:
            incomparable.append(row)
        elif not OPERATORS[op](*pair):
            failed.append(row)
    runs = compared("c0", "c1", op, Severity.ERROR)(chunk_of(drawn))
    assert found(runs, FindingCode.COMPARISON_FAILED) == failed
    assert found(runs, FindingCode.VALUES_NOT_COMPARABLE) == incomparable
    for run in runs:
        assert [run.describe(rank).details["other"] for rank in range(len(run.rows))] == ["c1"] * len(run.rows)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(drawn=columns(3, ("integer", "number")))
def test_sums_are_exact(drawn: Columns) -> None:
    expected = [row for row, values in enumerate(rows_of(drawn)) if None not in values and values[0] != sum(values[1:])]
    runs = summed("c0", ("c1", "c2"), Severity.ERROR)(chunk_of(drawn))
    assert found(runs, FindingCode.SUM_MISMATCH) == expected
    for run in runs:
        assert run.describe(0).details["total"]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(drawn=columns(3))
def test_columns_filled_together_or_one_for_the_other(drawn: Columns) -> None:
    rows = rows_of(drawn)
    together = cohesive(("c0", "c1", "c2"), Severity.ERROR, {})(chunk_of(drawn))
    expected = [at for at, row in enumerate(rows) if len({one is None for one in row}) > 1]
    assert found(together, FindingCode.COLUMNS_NOT_COHESIVE) == expected
    either = one_of("c0", "c1", Severity.ERROR, {})(chunk_of(drawn))
    expected = [at for at, row in enumerate(rows) if row[0] in (None, "") and row[1] in (None, "")]
    assert found(either, FindingCode.ONE_OF_REQUIRED) == expected


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(["siret", "siren"]),
    texts=st.lists(st.from_regex(r"\A(356000000[0-9]{5}|[0-9]{9}|[0-9]{14}|[0-9 .]{15})\Z"), min_size=1, max_size=20),
)
def test_keys_are_told_by_columns_as_one_by_one(name: str, texts: list[str]) -> None:
    judge = {"siret": fault_of_siret, "siren": fault_of_siren}[name]
    many = [*texts, *(f"{filler:014}" for filler in range(FEW + 1))]
    run = judge_values(JUDGES[name]({}), "c0", Severity.ERROR)
    runs = run(chunk_of((["string"], [list(many)])))
    (code,) = {each.code for each in runs}
    assert found(runs, code) == [at for at, text in enumerate(many) if judge(text) is not None]
