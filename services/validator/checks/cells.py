"""Every cell of a chunk against its column: the verdict of each distinct text is asked once and remembered."""

from collections.abc import Sequence
from typing import Any

import orjson

from services.validator.checks.chunk import Chunk, Fault
from services.validator.checks.explain import CellReader, CellVerdict
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.readers.csv import Row
from services.validator.standardise.headers import HeaderMatch
from services.validator.standardise.values import CORRECTIONS
from services.validator.tally import Tally
from shared.registry import SchemaVersion

MEMORY_LIMIT = 200_000
"""Distinct texts remembered per column before it forgets them all."""


class Column(dict[str | None, CellVerdict]):
    """A column's texts → verdicts, explained on first sight. `odd`: those with something to report."""

    def __init__(self, reader: CellReader, schema: SchemaVersion) -> None:
        super().__init__()
        self.name = reader.field.name
        self.kind = reader.field.type
        self.odd: set[str | None] = set()
        self._reader = reader
        self._schema = schema

    def __missing__(self, text: str | None) -> CellVerdict:
        verdict = self._reader.explain(text)
        if len(self) >= MEMORY_LIMIT:
            self.clear()  # but not `odd`: the chunk at hand is still to be reported
        self[text] = verdict
        if text is not None and (self._is_corrected(text, verdict) or "\N{REPLACEMENT CHARACTER}" in text):
            self.odd.add(text)
        if verdict.errors:
            self.odd.add(text)
        return verdict

    def _is_corrected(self, text: str, verdict: CellVerdict) -> bool:
        return self.kind in CORRECTIONS and verdict.canonical is not None and verdict.canonical != text

    def report(self, text: str | None, line: int, faults: list[Fault], tally: Tally) -> None:
        """What there is to say of an odd text, at a line of the file."""
        verdict = self[text]
        unreadable = False
        for error in verdict.errors:
            severity = Severity(self._schema.severity(self.name, error.rule))
            faults.append(Fault(line, error.code, severity, self.name, text, error.suggestion, error.details))
            unreadable = unreadable or (error.rule == "type" and severity is not Severity.ERROR)
        if text is None:
            return
        if unreadable:
            tally.correct(CorrectionCode.UNREADABLE_LEFT_OUT, row=line, column=self.name, before=text, after=None)
        if "\N{REPLACEMENT CHARACTER}" in text:
            faults.append(Fault(line, FindingCode.REPLACEMENT_CHARACTER, Severity.WARNING, self.name, text))
        if self._is_corrected(text, verdict):
            tally.correct(CORRECTIONS[self.kind], row=line, column=self.name, before=text, after=verdict.canonical)


def check_cells(
    rows: Sequence[Row], columns: Sequence[Column], *, match: HeaderMatch, faults: list[Fault], tally: Tally
) -> Chunk:
    """Verdicts of every cell; faults (unordered) and corrections are added. Rows are as wide as the header."""
    lines = [line for line, _ in rows]
    texts: list[tuple[str | None, ...]] = list(zip(*(cells for _, cells in rows), strict=True))
    absent: list[Any] = [None] * len(rows)
    typed: dict[str, Sequence[Any]] = {}
    canonical: dict[str, Sequence[str | None]] = {}
    for column, position in zip(columns, match.positions, strict=True):
        if position is None or not texts:
            typed[column.name] = canonical[column.name] = absent
            continue
        verdicts = list(map(column.__getitem__, texts[position]))
        typed[column.name] = [verdict.typed for verdict in verdicts]
        canonical[column.name] = [verdict.canonical for verdict in verdicts]
        if column.odd:
            _report_odd(column, texts[position], lines, faults, tally)
    return Chunk(lines=lines, typed=typed, canonical=canonical, extra=_extra_texts(texts, match, len(rows)))


def _report_odd(
    column: Column, texts: Sequence[str | None], lines: Sequence[int], faults: list[Fault], tally: Tally
) -> None:
    odd = column.odd
    for text, line in zip(texts, lines, strict=True):
        if text in odd:
            column.report(text, line, faults, tally)


def _extra_texts(texts: Sequence[Sequence[str | None]], match: HeaderMatch, count: int) -> Sequence[str | None]:
    """JSON objects of the cells outside the schema, keys in file order."""
    if not match.extra or not texts:
        return [None] * count
    labels = [label for _, label in match.extra]
    cells = zip(*(texts[position] for position, _ in match.extra), strict=True)
    return [orjson.dumps(dict(zip(labels, values, strict=True))).decode() for values in cells]
