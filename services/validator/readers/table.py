"""The raw table: what every reader gives, whatever the format. Text cells by columns, with their place in the file.

    with open_table(path, schema=schema, asked=Asked(), folder=folder) as opened:   # readers/opening.py
        if isinstance(opened.table, RawTable):
            for batch in opened.table.batches: ...

A cell is text: `""` is present and empty, null means that the row ended before its column. Rows are exactly as wide as
the header; blank rows are left out and said (`Batch.faults`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from services.validator.checks.chunk import Fault
from services.validator.detect import Refused
from services.validator.findings import CorrectionCode

BATCH_ROWS = 50_000
"""Rows of a batch: large enough for columns to pay, small enough for 500 columns to fit in memory."""

BATCH_CELLS = 1_000_000
"""Cells of a batch: a wide table has fewer rows in each."""

RENDERINGS_LIMIT = 2_000
"""Renderings that a batch lists; beyond, they are counted."""


class Rendering(NamedTuple):
    """Something read otherwise than the vendor wrote it: listed as a correction."""

    line: int
    """1-based line or sheet row."""
    position: int | None
    """0-based column of the header; None: the row, or the header as a whole."""
    code: CorrectionCode
    before: str
    after: str | None


@dataclass(slots=True)
class Batch:
    """Some rows of the file, in its order."""

    lines: pl.Series
    """Int64, 1-based: the line each record begins on, or its row in the sheet; for JSON, its rank among the records."""
    frame: pl.DataFrame
    """One String column per position of the header, named "0", "1", …; as many rows as `lines`."""
    faults: list[Fault] = field(default_factory=list)
    """Uneven and blank rows, unreadable cells. `Fault.column` is the vendor's label, stripped."""
    renderings: list[Rendering] = field(default_factory=list)
    """At most `RENDERINGS_LIMIT`, in file order."""
    unlisted: Counter[CorrectionCode] = field(default_factory=Counter)
    """Renderings beyond those listed: together, the count is complete."""

    def render(self, line: int, position: int | None, code: CorrectionCode, before: str, after: str | None) -> None:
        """List a rendering, or count it."""
        if len(self.renderings) < RENDERINGS_LIMIT:
            self.renderings.append(Rendering(line, position, code, before, after))
        else:
            self.unlisted[code] += 1


@dataclass(slots=True)
class RawTable:
    """A table as its vendor wrote it. Iterate `batches` once, while the file is open; then look at `stopped`."""

    header: tuple[str, ...]
    """Labels as written; empty columns at the right end are already dropped (and said in `renderings`)."""
    header_line: int
    """1-based line or sheet row; blank and title lines may stand above it."""
    batches: Iterator[Batch]
    sheet: str | None = None
    """Name of the sheet read."""
    renderings: list[Rendering] = field(default_factory=list)
    """What was done to the table as a whole, before its rows."""
    faults: list[Fault] = field(default_factory=list)
    """What is to be said of the table as a whole."""
    stopped: list[Refused] = field(default_factory=list)
    """Why reading stopped before the end: empty, or one reason; filled when the iterator ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sender said of the file, and how it is to be read. Hints never overrule the bytes."""

    declared_charset: str | None = None
    """From `Content-Type: text/csv; charset=…`."""
    corrections: bool = True
    """False: nothing is repaired while reading (no title lines passed over, no empty column or repeated header
    dropped); cells of typed sources are rendered all the same, since they have no text of their own."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What was read, and how: for the report."""

    format: str
    """csv, xlsx, xls, ods, json, ndjson, parquet, decp-json."""
    encoding: str | None = None
    delimiter: str | None = None
    compression: str | None = None
    """gzip, zstd or zip when the table was wrapped."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file recognised (`origin`) and read, or the reason why it cannot be."""

    origin: Origin | None
    table: RawTable | Refused


def frame_of(rows: Sequence[Sequence[str | None]], width: int) -> pl.DataFrame:
    """The frame of rows that are exactly `width` cells wide."""
    columns = zip(*rows, strict=True) if rows else ((),) * width
    return pl.DataFrame([pl.Series(str(at), cells, dtype=pl.String) for at, cells in enumerate(columns)])


def rows_per_batch(width: int) -> int:
    """How many rows of `width` cells a batch holds."""
    return max(1, min(BATCH_ROWS, BATCH_CELLS // max(1, width)))
