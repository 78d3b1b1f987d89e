"""Count every finding and correction, keep the first of them: counts are complete, lists are bounded."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from services.validator.checks.chunk import CorrectionRun, Fault, FaultRun
from services.validator.findings import Correction, CorrectionCode, Finding, FindingCode, Severity
from services.validator.sentences import tells_row, word, word_correction

KEPT_LIMIT = 5000
"""Findings of each severity, and corrections, that a stored report lists."""

SAMPLES_LIMIT = 5

RuleKey = tuple[FindingCode, Severity, str | None]

Lines = npt.NDArray[np.int64]


class Kept:
    """Findings in the order of the file, worded when they are read: those that no report lists never are, and the same
    words on several rows are found once."""

    def __init__(self) -> None:
        self._told: list[tuple[int | None, Fault]] = []

    def __len__(self) -> int:
        return len(self._told)

    def __iter__(self) -> Iterator[Finding]:
        known: dict[tuple[object, ...], Finding] = {}
        for row, fault in self._told:
            key = (*fault[1:-1], id(fault.details))
            same = known.get(key)
            if same is None or tells_row(fault.code):
                same = known[key] = _worded(row, fault)
            yield same._replace(row=row)

    def add(self, row: int | None, fault: Fault) -> None:
        """One more, after the others. `row` is the fault's line, or None for the whole file."""
        self._told.append((row, fault))

    def merge(self, faults: Sequence[Fault], limit: int) -> None:
        """Some more, each at its place; at most `limit` in all stay."""
        both = [*self._told, *((fault.line, fault) for fault in faults)]
        self._told = sorted(both, key=lambda told: told[0] or 0)[:limit]


@dataclass(slots=True)
class Tally:
    """What one examination has found so far. Each room adds to it in the order of the file."""

    kept_limit: int = KEPT_LIMIT
    findings: dict[Severity, Kept] = field(default_factory=lambda: {severity: Kept() for severity in Severity})
    counts: Counter[RuleKey] = field(default_factory=Counter)
    samples: dict[RuleKey, list[Finding]] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    correction_counts: Counter[tuple[CorrectionCode, str | None]] = field(default_factory=Counter)

    def add(
        self,
        code: FindingCode,
        severity: Severity,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Count a finding, and word it if it is among the first."""
        self.counts[code, severity, column] += 1
        self._keep(row, Fault(row or 0, code, severity, column, value, suggestion, details or {}))

    def add_found(self, faults: Sequence[Fault], runs: Sequence[FaultRun], lines: Lines) -> None:
        """Count what was found in some rows, whose `lines` are given; word the first ones, in the order of the file."""
        for fault in faults:
            self.counts[fault.code, fault.severity, fault.column] += 1
        for run in runs:
            self.counts[run.code, run.severity, run.column] += len(run.rows)
        told = [*faults, *self._first_of_runs(runs, lines)]
        told.sort(key=lambda fault: fault.line)
        for fault in told:
            self._keep(fault.line, fault)

    def add_late(self, runs: Sequence[FaultRun], lines: Lines) -> None:
        """Count what only the whole file told. `lines`: of every row of the file. Lists stay in its order."""
        for run in runs:
            key = (run.code, run.severity, run.column)
            self.counts[key] += len(run.rows)
            told = [_told(run, rank, lines) for rank in range(min(self.kept_limit, len(run.rows)))]
            self.findings[run.severity].merge(told, self.kept_limit)
            samples = [*self.samples.get(key, ()), *(_worded(each.line, each) for each in told[:SAMPLES_LIMIT])]
            self.samples[key] = sorted(samples, key=lambda finding: finding.row or 0)[:SAMPLES_LIMIT]

    def correct(
        self, code: CorrectionCode, *, row: int | None, column: str | None, before: str, after: str | None
    ) -> None:
        """Count a correction, and word it if it is among the first."""
        self.correction_counts[code, column] += 1
        if len(self.corrections) < self.kept_limit:
            self.corrections.append(word_correction(code, row=row, column=column, before=before, after=after))

    def add_corrections(self, runs: Sequence[CorrectionRun], lines: Lines) -> None:
        """Count the corrections of some rows; word the first ones, in the order of the file."""
        for run in runs:
            self.correction_counts[run.code, run.column] += len(run.rows)
        room = self.kept_limit - len(self.corrections)
        for order, rank in _first([run.rows for run in runs], room):
            run = runs[order]
            before, after = run.describe(rank)
            row = int(lines[run.rows[rank]])
            self.corrections.append(word_correction(run.code, row=row, column=run.column, before=before, after=after))

    def count(self, severity: Severity) -> int:
        """All findings of a severity, kept or not."""
        return sum(number for (_, found, _), number in self.counts.items() if found is severity)

    @property
    def corrections_count(self) -> int:
        """All corrections, kept or not."""
        return self.correction_counts.total()

    @property
    def has_errors(self) -> bool:
        """Whether the file is invalid."""
        return any(severity is Severity.ERROR for _, severity, _ in self.counts)

    def _keep(self, row: int | None, fault: Fault) -> None:
        kept = self.findings[fault.severity]
        samples = self.samples.setdefault((fault.code, fault.severity, fault.column), [])
        if len(kept) < self.kept_limit:
            kept.add(row, fault)
        if len(samples) < SAMPLES_LIMIT:
            samples.append(_worded(row, fault))

    def _first_of_runs(self, runs: Sequence[FaultRun], lines: Lines) -> Iterator[Fault]:
        """The faults that may have to be listed, or serve as samples."""
        wanted: set[tuple[int, int]] = set()
        for severity in Severity:
            of_it = [order for order, run in enumerate(runs) if run.severity is severity]
            room = self.kept_limit - len(self.findings[severity])
            wanted.update((of_it[at], rank) for at, rank in _first([runs[order].rows for order in of_it], room))
        for order, run in enumerate(runs):
            room = SAMPLES_LIMIT - len(self.samples.get((run.code, run.severity, run.column), ()))
            wanted.update((order, rank) for rank in range(min(room, len(run.rows))))
        for order, rank in sorted(wanted):
            yield _told(runs[order], rank, lines)


def _told(run: FaultRun, rank: int, lines: Lines) -> Fault:
    value, suggestion, details = run.describe(rank)
    return Fault(int(lines[run.rows[rank]]), run.code, run.severity, run.column, value, suggestion, details)


def _worded(row: int | None, fault: Fault) -> Finding:
    _, code, severity, column, value, suggestion, details = fault
    return word(code, severity, row=row, column=column, value=value, suggestion=suggestion, details=details)


def _first(series: Sequence[npt.NDArray[np.intp]], count: int) -> Iterator[tuple[int, int]]:
    """Series and rank of the `count` smallest rows of several ascending series; the earlier series first."""
    if count <= 0 or not series:
        return
    heads = [rows[:count] for rows in series]
    order = np.repeat(np.arange(len(heads)), [len(head) for head in heads])
    ranks = np.concatenate([np.arange(len(head)) for head in heads])
    for place in islice(np.argsort(np.concatenate(heads), kind="stable").tolist(), count):
        yield int(order[place]), int(ranks[place])
