"""Every cell of a chunk against its column: proved by expressions, and what is not proved explained text by text.

The verdict on a text is asked once per column and remembered; of a column that repeats itself, the distinct texts of a
batch are proved rather than its cells.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import polars as pl

from services.validator.checks.chunk import NO_ROWS, CorrectionRun, Described, FaultRun, Rows, places
from services.validator.checks.explain import CellError, CellReader, CellVerdict
from services.validator.checks.prove import CONTROL_CHARACTERS, missing_as_null
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.standardise.cells import Correcting
from services.validator.standardise.values import CORRECTIONS
from shared.registry import SchemaVersion

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

MEMORY_LIMIT = 100_000
"""Distinct texts remembered per column before it forgets them all."""

EXPRESSIONS_LIMIT = 4_096
"""Expressions remembered from one file to the next."""

LEARNT_ROWS = 5_000
"""Rows of a batch from which it pays to look for its distinct texts."""

REPEATED_SHARE = 0.25
"""Distinct texts among so many first rows, up to which a column is said to repeat itself: to find them is then cheaper
than to prove every cell."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be said of a text, and what becomes of it."""

    canonical: str | None
    errors: tuple[CellError, ...]
    corrected: CorrectionCode | None = None
    after: str | None = None
    """What a correction shows; None: the canonical text."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """What the bytes of the file may hold, and cells must then be searched for."""

    controls: bool = True
    replacements: bool = True


class Column:
    """A field that the file has: proves, explains and rewrites its cells."""

    def __init__(
        self,
        reader: CellReader,
        schema: SchemaVersion,
        *,
        at: str = "0",
        correcting: Correcting | None = None,
        alerts: Alerts | None = None,
    ) -> None:
        """`at`: the column of the frames that holds it. `correcting`: what to do of faulty and untrimmed texts."""
        self.name, self.kind, self.at = reader.field.name, reader.field.type, at
        self._reader, self._schema, self._correcting = reader, schema, correcting
        direct = _directly(reader, at, correcting, alerts or Alerts())
        self.proof = direct.fill_null(not reader.field.required).alias(at)
        """Expression: whether each text is certainly to be kept as it is, without a word. Never null."""
        self.canonical = _canonical(reader, at)
        """Expression: the canonical texts of proven texts."""
        self._known: dict[str | None, Outcome] = {}
        self._repeats = None if reader.proof is None or reader.proof.is_costly else False

    def repeats(self, frame: pl.DataFrame) -> bool:
        """Whether the column repeats itself, as its first rows tell."""
        if self._repeats is None and frame.height >= LEARNT_ROWS:
            first = frame.get_column(self.at).head(LEARNT_ROWS)
            self._repeats = first.n_unique() <= REPEATED_SHARE * LEARNT_ROWS
        return bool(self._repeats)

    def look_up(self, texts: pl.Series) -> tuple[Rows, pl.Series]:
        """Of a column that repeats itself: the rows that have to be explained, the canonical texts of the others."""
        distinct = texts.unique()
        told = distinct.to_frame(self.at).select(self.proof.alias("proof"), self.canonical.alias("canonical"))
        doubtful = distinct.filter(~told.get_column("proof")).to_list()
        wrong = pl.Series([text for text in doubtful if not self._is_right(text)], dtype=pl.String)
        rows = places(texts.is_in(wrong.implode(), nulls_equal=True)) if len(wrong) else NO_ROWS
        if told.get_column("canonical").equals(distinct):
            return rows, texts.alias(self.name)
        return rows, texts.to_frame(self.at).select(self.canonical).to_series()

    def outcome(self, text: str | None) -> Outcome:
        """What becomes of a text."""
        found = self._known.get(text)
        if found is None:
            found = self._outcome(text)
            if len(self._known) >= MEMORY_LIMIT:
                self._known.clear()
            self._known[text] = found
        return found

    def severity(self, rule: str) -> Severity:
        """Of a fault against a rule."""
        return Severity(self._schema.severity(self.name, rule))

    def _outcome(self, text: str | None) -> Outcome:
        if text is None or self._correcting is None:
            verdict = self._reader.explain(text)
        else:
            found = self._correcting.read(self._reader, text)
            verdict = found.verdict
            if found.code is not None:
                after = found.after if self.kind == "boolean" or verdict.canonical is None else verdict.canonical
                return Outcome(verdict.canonical, verdict.errors, found.code, after)
        return Outcome(verdict.canonical, verdict.errors, self._respelled(text, verdict))

    def _respelled(self, text: str | None, verdict: CellVerdict) -> CorrectionCode | None:
        if text is None or verdict.canonical is None or verdict.canonical == text:
            return None
        return CORRECTIONS.get(self.kind)

    def _is_right(self, text: str | None) -> bool:
        """Whether nothing is to be said of a text that was not proven."""
        found = self.outcome(text)
        return found.canonical == text and not found.errors and REPLACEMENT not in (text or "")


@lru_cache(maxsize=EXPRESSIONS_LIMIT)
def _canonical(reader: CellReader, at: str) -> pl.Expr:
    """The canonical texts of proven texts."""
    found = missing_as_null(pl.col(at), reader.missing)
    if reader.field.type == "boolean":
        found = found.replace({text: "true" if reader.read_value(text) else "false" for text in reader.listed_texts()})
    return found.alias(reader.field.name)


@lru_cache(maxsize=EXPRESSIONS_LIMIT)
def _directly(reader: CellReader, at: str, correcting: Correcting | None, alerts: Alerts) -> pl.Expr:
    """Proof by the texts themselves; null for null."""
    texts, proof = pl.col(at), reader.proof
    is_missing = _among(texts, reader.missing)
    found = is_missing & False if proof is None else proof.told(texts)
    if proof is not None and proof.takes_missing and reader.field.required:
        found = found & ~is_missing
    if correcting is not None:
        is_trimmed = reader.field.type != "string" or bool(proof and proof.is_trimmed)
        alone = correcting.leaves_alone(texts, is_trimmed=is_trimmed)
        found = found if alone is None else found & alone
    if alerts.controls:
        found = found & ~texts.str.contains(CONTROL_CHARACTERS)
    if alerts.replacements:
        found = found & ~texts.str.contains(REPLACEMENT, literal=True)
    return found if reader.field.required else found | is_missing


def _among(texts: pl.Expr, values: Sequence[str]) -> pl.Expr:
    return texts == values[0] if len(values) == 1 else texts.is_in(list(values))


@dataclass(frozen=True, slots=True)
class Judged:
    """The cells of a column: canonical texts, and what was found."""

    canonical: pl.Series
    faults: list[FaultRun]
    corrections: list[CorrectionRun]


def judge_column(column: Column, texts: pl.Series, rows: Rows, canonical: pl.Series) -> Judged:
    """Explain the texts at `rows`, which are not proven. `canonical`: as if all were."""
    if not len(rows):
        return Judged(canonical, [], [])
    doubtful = texts.gather(rows)
    distinct = doubtful.unique(maintain_order=True).to_list()
    outcomes = [column.outcome(text) for text in distinct]
    which = _ranks(doubtful, distinct)
    canonical = _patched(canonical, rows, which, [outcome.canonical for outcome in outcomes])
    faults = _fault_runs(column, distinct, outcomes, rows, which)
    corrections = _correction_runs(column, distinct, outcomes, rows, which)
    return Judged(canonical.alias(column.name), faults, corrections)


def _ranks(texts: pl.Series, distinct: Sequence[str | None]) -> Rows:
    """The place of each text among the distinct ones."""
    known = pl.DataFrame({"text": pl.Series(distinct, dtype=pl.String), "rank": range(len(distinct))})
    joined = texts.to_frame("text").join(known, on="text", how="left", nulls_equal=True, maintain_order="left")
    ranks: Rows = joined["rank"].to_numpy().astype(np.intp, copy=False)
    return ranks


def _patched(canonical: pl.Series, rows: Rows, which: Rows, texts: Sequence[str | None]) -> pl.Series:
    values = pl.Series(texts, dtype=pl.String).gather(which)
    return values if len(values) == len(canonical) else canonical.scatter(rows, values)


def _fault_runs(
    column: Column, distinct: Sequence[str | None], outcomes: Sequence[Outcome], rows: Rows, which: Rows
) -> list[FaultRun]:
    by_kind: dict[tuple[str, FindingCode], dict[int, CellError]] = {}
    for rank, outcome in enumerate(outcomes):
        for error in outcome.errors:
            by_kind.setdefault((error.rule, error.code), {})[rank] = error
    runs = []
    for (rule, code), errors in by_kind.items():
        at, told = _those(errors, rows, which, len(distinct))
        describe = _describer(errors, told, distinct)
        runs.append(FaultRun(code, column.severity(rule), column.name, at, describe))
    if odd := [rank for rank, text in enumerate(distinct) if text and REPLACEMENT in text]:
        at, told = _those(odd, rows, which, len(distinct))
        describe = _describer({}, told, distinct)
        runs.append(FaultRun(FindingCode.REPLACEMENT_CHARACTER, Severity.WARNING, column.name, at, describe))
    return runs


def _correction_runs(
    column: Column, distinct: Sequence[str | None], outcomes: Sequence[Outcome], rows: Rows, which: Rows
) -> list[CorrectionRun]:
    by_code: dict[CorrectionCode, list[int]] = {}
    for rank, outcome in enumerate(outcomes):
        code = _code_of(column, distinct[rank], outcome)
        if code is not None:
            by_code.setdefault(code, []).append(rank)
    runs = []
    for code, ranks in by_code.items():
        at, told = _those(ranks, rows, which, len(distinct))
        describe = _change(told, distinct, outcomes)
        runs.append(CorrectionRun(code, column.name, at, describe))
    return runs


def _code_of(column: Column, text: str | None, outcome: Outcome) -> CorrectionCode | None:
    if text is None or outcome.corrected is not None:
        return outcome.corrected
    left_out = any(
        error.rule == "type" and column.severity(error.rule) is not Severity.ERROR for error in outcome.errors
    )
    return CorrectionCode.UNREADABLE_LEFT_OUT if left_out else None


def _those(ranks: Iterable[int], rows: Rows, which: Rows, count: int) -> tuple[Rows, Rows]:
    """The rows whose text is among `ranks`, and the rank of each."""
    wanted = np.zeros(count, dtype=np.bool_)
    wanted[list(ranks)] = True
    mask = wanted[which]
    return rows[mask], which[mask]


def _describer(
    errors: Mapping[int, CellError], told: Rows, distinct: Sequence[str | None]
) -> Callable[[int], Described]:
    @cache
    def of_text(place: int) -> Described:
        error = errors.get(place)
        if error is None:
            return Described(distinct[place])
        return Described(distinct[place], error.suggestion, error.details)

    def describe(rank: int) -> Described:
        return of_text(int(told[rank]))

    return describe


def _change(told: Rows, distinct: Sequence[str | None], outcomes: Sequence[Outcome]) -> Callable[[int], Any]:
    def change(rank: int) -> tuple[str, str | None]:
        place = int(told[rank])
        outcome = outcomes[place]
        return distinct[place] or "", outcome.canonical if outcome.after is None else outcome.after

    return change
