"""The shape of rows: as many cells as the header has, and not all of them empty."""

from collections.abc import Sequence

from services.validator.checks.chunk import Fault
from services.validator.findings import FindingCode, Severity
from services.validator.readers.csv import Row


def even_rows(
    rows: Sequence[Row], header: Sequence[str], *, faults: list[Fault], blank_severity: Severity = Severity.ERROR
) -> list[Row]:
    """Rows exactly as wide as the header (short ones padded with None, long ones cut), blank ones left out."""
    width = len(header)
    even = []
    for row in rows:
        line, cells = row
        if len(cells) == width and any(cells):
            even.append(row)
        elif not any(cells[:width]):  # what stands beyond the header alone makes no row, but is not nothing either
            severity = Severity.ERROR if any(cells) else blank_severity
            faults.append(Fault(line, FindingCode.BLANK_ROW, severity, None, None))
        else:
            even.append((line, _evened(cells, line, header, faults)))
    return even


def _evened(cells: list[str], line: int, header: Sequence[str], faults: list[Fault]) -> list[str]:
    width, error = len(header), Severity.ERROR
    for position in range(width, len(cells)):
        details = {"count": len(cells), "width": width, "position": position + 1}
        faults.append(Fault(line, FindingCode.EXTRA_CELL, error, None, cells[position], None, details))
    for label in header[len(cells) :]:
        faults.append(Fault(line, FindingCode.MISSING_CELL, error, label.strip(), None, None, {"width": width}))
    padding: list[str] = [None] * (width - len(cells))  # type: ignore[list-item]  # absent, which "" would not say
    return cells[:width] + padding
