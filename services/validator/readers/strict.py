"""CSV as Python's `csv` reads it in strict mode: the reference for quoting and ragged rows.

Reading stops at the first thing that makes the rest of the file unreliable: an unclosed quote must not swallow a file.
"""

import csv
from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import islice

import numpy as np
import polars as pl

from services.validator.checks.chunk import Fault
from services.validator.detect import Refused, refused
from services.validator.findings import FindingCode, Severity
from services.validator.readers.simple import Flags, Places
from services.validator.readers.table import Batch, frame_of
from services.validator.readers.text import RECORD_LIMIT, RecordTooLong, Reel

CELL_LIMIT = 1 << 16
"""Characters of a cell; no text of a public act's list is longer than 20 pages."""

Row = tuple[int, list[str]]
"""1-based line of the record's first line in the vendor's file, and its cells."""


def read_records(reel: Reel, delimiter: str, count: int, stopped: list[Refused]) -> list[Row]:
    """The next `count` records, blank ones too; fewer at the end, or where reading `stopped`."""
    with closing(_records(reel, delimiter, stopped)) as records:
        return list(islice(records, count))


def evened(rows: Sequence[Row], header: Sequence[str], *, width: int, blank_severity: Severity) -> Batch:
    """The batch of `rows`, each as wide as the header. `width`: cells that a row may have, empty columns that were
    dropped from the header included."""
    faults: list[Fault] = []
    lines, kept = [], []
    columns = len(header)
    for line, cells in rows:
        if not any(cells[:width]):  # what stands beyond the header alone makes no row, but is not nothing either
            severity = Severity.ERROR if any(cells) else blank_severity
            faults.append(Fault(line, FindingCode.BLANK_ROW, severity, None, None))
            continue
        lines.append(line)
        kept.append(cells if len(cells) == columns else _evened(cells, line, header, width, faults))
    return Batch(pl.Series(lines, dtype=pl.Int64), frame_of(kept, columns), faults)


def _evened(cells: list[str], line: int, header: Sequence[str], width: int, faults: list[Fault]) -> list[str | None]:
    error, columns = Severity.ERROR, len(header)
    for position in range(width, len(cells)):
        details = {"count": len(cells), "width": width, "position": position + 1}
        faults.append(Fault(line, FindingCode.EXTRA_CELL, error, None, cells[position], None, details))
    for label in header[len(cells) :]:
        faults.append(Fault(line, FindingCode.MISSING_CELL, error, label.strip(), None, None, {"width": columns}))
    return [*cells[:columns], *[None] * (columns - len(cells))]


def _records(reel: Reel, delimiter: str, stopped: list[Refused]) -> Generator[Row, None, None]:
    csv.field_size_limit(CELL_LIMIT)  # for the whole process: checking has one of its own
    line, reel.record_length = reel.line, 0
    with closing(reel.lines()) as lines:
        try:
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                yield line, cells
                line, reel.record_length = reel.line, 0
        except RecordTooLong:
            stopped.append(_too_long(line))
        except csv.Error as error:
            stopped.append(_reason(str(error), line))


class OddRecords:
    """The records that begin on the odd lines of a block, each read as far as it goes."""

    def __init__(self, content: bytes, starts: Places, odd: Flags, delimiter: str, *, ended: bool) -> None:
        """`starts`: where the lines of `content` begin; `odd`: which of them to read; `ended`: nothing follows."""
        self._content, self._delimiter, self._ended = content, delimiter, ended
        self._starts = [*starts.tolist(), len(content)]
        self._odd = np.flatnonzero(odd).tolist()
        self._next = self._first = 0
        self._is_between = True
        self.rows: list[Row] = []
        """Each with the 0-based line it begins on."""
        self.covered = odd.copy()
        """Which lines are part of these records."""
        self.end = len(starts)
        """Lines of the block up to where reading stopped, or to a last record that goes on in the next block."""
        self.stopped: Refused | None = None

    def read(self, line: int) -> None:
        """Read them all. `line`: the block's first, 1-based, for what is said of a record that cannot be read."""
        csv.field_size_limit(CELL_LIMIT)  # for the whole process: checking has one of its own
        try:
            for cells in csv.reader(self._lines(), delimiter=self._delimiter, strict=True):
                self.rows.append((self._first, cells))
                self.covered[self._first : self._next] = True
                self._is_between = True
        except _GoesOn:
            self.end = self._first
        except RecordTooLong:
            self.end = self._first
            self.stopped = _too_long(line + self._first)
        except csv.Error as error:
            self.end = self._first
            self.stopped = _reason(str(error), line + self._first)

    def _lines(self) -> Generator[str, None, None]:
        """The line that `csv` wants next: that of the next odd record, or the one that follows in its record."""
        odd, length = iter(self._odd), 0
        while True:
            if self._is_between:
                found = next((at for at in odd if at >= self._next), None)
                if found is None:
                    return
                self._first = self._next = found
                self._is_between, length = False, 0
            elif self._next + 1 >= len(self._starts):
                if self._ended:
                    return
                raise _GoesOn
            text = self._content[self._starts[self._next] : self._starts[self._next + 1]].decode()
            self._next += 1
            length += len(text)
            if length > RECORD_LIMIT:
                raise RecordTooLong
            yield text


class _GoesOn(Exception):
    """A record does not end with its block."""


def _too_long(line: int) -> Refused:
    return refused(FindingCode.LINE_TOO_LONG, row=line, limit=_spaced(RECORD_LIMIT))


def _reason(error: str, line: int) -> Refused:
    """`csv` says what is wrong in three sentences of its own."""
    if "field larger than field limit" in error:
        return refused(FindingCode.CELL_TOO_LONG, row=line, limit=_spaced(CELL_LIMIT))
    if "unexpected end of data" in error:
        return refused(FindingCode.UNCLOSED_QUOTE, row=line)
    return refused(FindingCode.MALFORMED_QUOTING, row=line)


def _spaced(number: int) -> str:
    return f"{number:_}".replace("_", " ")
