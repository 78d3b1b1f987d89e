"""CSV, as Python's `csv` reads it in strict mode: the reference for quoting and ragged rows.

Reading stops at the first thing that makes the rest of the file unreliable (an unclosed quote must not swallow a
file); what stopped it is in `RawTable.stopped` once the rows are consumed.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from services.validator.detect import Detected, Refused, refused
from services.validator.findings import FindingCode

COLUMNS_LIMIT = 500
"""Columns of a header: beyond it, checking costs time that grows faster than the file."""

CELL_LIMIT = 1 << 16
"""Characters of a cell; no text of a public act's list is longer than 20 pages."""

LINE_LIMIT = 1 << 20
"""Characters of a physical line: an endless line is never held in memory whole."""

Row = tuple[int, list[str]]
"""1-based line of the record's first line in the vendor's file, and its cells."""


@dataclass(slots=True)
class RawTable:
    """A table as its vendor wrote it: text cells with their lines."""

    header: tuple[str, ...]
    header_line: int
    """1-based; blank lines may stand above it."""
    rows: Iterator[Row]
    """Read from the file as they are consumed, once."""
    stopped: list[Refused] = field(default_factory=list)
    """Why reading stopped before the end: empty, or one reason."""


class LineTooLong(Exception):
    """A physical line is longer than `LINE_LIMIT`."""


def read_csv(file: TextIO, delimiter: str) -> RawTable | Refused:
    """The table of a text file opened with `newline=""`. The file must stay open while rows are consumed."""
    csv.field_size_limit(CELL_LIMIT)  # for the whole process: checking has one of its own
    stopped: list[Refused] = []
    records = _records(file, delimiter, stopped)
    header = next(((line, cells) for line, cells in records if any(cell.strip() for cell in cells)), None)
    if stopped:
        return stopped[0]
    if header is None:
        return refused(FindingCode.EMPTY_FILE)
    line, labels = header
    if len(labels) > COLUMNS_LIMIT:
        return refused(FindingCode.TOO_MANY_COLUMNS, row=line, count=len(labels), limit=COLUMNS_LIMIT)
    return RawTable(header=tuple(labels), header_line=line, rows=records, stopped=stopped)


def open_text(path: Path, detected: Detected) -> TextIO:
    """The file, decoded strictly, its line ends untouched."""
    return path.open(encoding=detected.encoding, errors="strict", newline="")


def _records(file: TextIO, delimiter: str, stopped: list[Refused]) -> Iterator[Row]:
    reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except LineTooLong:
        stopped.append(
            refused(FindingCode.LINE_TOO_LONG, row=reader.line_num + 1, limit=f"{LINE_LIMIT:_}".replace("_", " "))
        )
    except csv.Error as error:
        stopped.append(_reason(str(error), line))


def _reason(error: str, line: int) -> Refused:
    """`csv` says what is wrong in three sentences of its own."""
    if "field larger than field limit" in error:
        return refused(FindingCode.CELL_TOO_LONG, row=line, limit=f"{CELL_LIMIT:_}".replace("_", " "))
    if "unexpected end of data" in error:
        return refused(FindingCode.UNCLOSED_QUOTE, row=line)
    return refused(FindingCode.MALFORMED_QUOTING, row=line)


def _lines(file: TextIO) -> Iterator[str]:
    while text := file.readline(LINE_LIMIT + 1):
        if len(text) > LINE_LIMIT:
            raise LineTooLong
        yield text
