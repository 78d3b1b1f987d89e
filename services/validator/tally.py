"""Count every finding and correction, keep the first of them: counts are complete, lists are bounded."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.validator.findings import Correction, CorrectionCode, Finding, FindingCode, Severity
from services.validator.sentences import word, word_correction

KEPT_LIMIT = 1000
"""Findings of each severity, and corrections, that a stored report lists."""

SAMPLES_LIMIT = 5

RuleKey = tuple[FindingCode, Severity, str | None]


@dataclass(slots=True)
class Tally:
    """What one examination has found so far. Each room adds to it in the order of the file."""

    kept_limit: int = KEPT_LIMIT
    findings: dict[Severity, list[Finding]] = field(default_factory=lambda: {severity: [] for severity in Severity})
    counts: Counter[RuleKey] = field(default_factory=Counter)
    samples: dict[RuleKey, list[Finding]] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    corrections_count: int = 0
    error_rows: int = 0
    """Rows with at least one error."""
    _last_error_row: int | None = None

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
        key = (code, severity, column)
        self.counts[key] += 1
        if severity is Severity.ERROR and row is not None and row != self._last_error_row:
            self._last_error_row = row
            self.error_rows += 1
        kept, samples = self.findings[severity], self.samples.setdefault(key, [])
        if len(kept) >= self.kept_limit and len(samples) >= SAMPLES_LIMIT:
            return
        finding = word(code, severity, row=row, column=column, value=value, suggestion=suggestion, details=details)
        if len(kept) < self.kept_limit:
            kept.append(finding)
        if len(samples) < SAMPLES_LIMIT:
            samples.append(finding)

    def correct(
        self, code: CorrectionCode, *, row: int | None, column: str | None, before: str, after: str | None
    ) -> None:
        """Count a correction, and word it if it is among the first."""
        self.corrections_count += 1
        if len(self.corrections) < self.kept_limit:
            self.corrections.append(word_correction(code, row=row, column=column, before=before, after=after))

    def count(self, severity: Severity) -> int:
        """All findings of a severity, kept or not."""
        return sum(number for (_, found, _), number in self.counts.items() if found is severity)

    @property
    def has_errors(self) -> bool:
        """Whether the file is invalid."""
        return any(severity is Severity.ERROR for _, severity, _ in self.counts)
