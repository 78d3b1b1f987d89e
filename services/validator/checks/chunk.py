"""A run of rows by columns, and the faults found in it: what the checks pass to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.validator.findings import FindingCode, Severity
from services.validator.tally import Tally


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


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one stretch of the file, column by column; blank rows left out."""

    lines: Sequence[int]
    """1-based line of each row."""
    typed: Mapping[str, Sequence[Any]]
    """Field → typed values, None when missing or unreadable. Absent columns are all None."""
    canonical: Mapping[str, Sequence[str | None]]
    """Field → canonical texts."""
    extra: Sequence[str | None]
    """JSON object of each row's cells outside the schema, or None."""


def add_in_order(faults: list[Fault], tally: Tally) -> None:
    """Count the faults of a chunk in the order of the file."""
    faults.sort(key=lambda fault: fault.line)
    for line, code, severity, column, value, suggestion, details in faults:
        tally.add(code, severity, row=line, column=column, value=value, suggestion=suggestion, details=details)
