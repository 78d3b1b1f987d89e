"""Blocks of CSV that are provably simple, read by Polars: what it gives is then exactly what `csv` would give.

Proof: every quote that opens a cell closes it before a delimiter or a line end (or is doubled), and no octet is lost.
Polars refuses a row of too many cells and fills a row of too few: then cells, delimiters, line ends and quotes together
are more octets than were read.

    b"a;b\\n1;2\\n" -> simple      b'a;b\\n"1;\\n";2\\n' -> simple    b'a;b\\n1;say "2"\\n' -> simple: no cell is quoted
    b"a;b\\n1\\n" -> not simple    b'a;b\\n"1" x;2\\n' -> not simple
"""

import codecs
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

LF, CR, QUOTE = 0x0A, 0x0D, 0x22

LINE_LIMIT = 1 << 16
"""Octets of a simple record: no cell is then longer than a cell may be."""

Octets = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of CSV, of two columns or more."""

    content: bytes
    """LF at the end; no CR but before LF; no byte order mark, which Polars would take away."""
    size: int
    """Octets of the file it stands for: its last LF may be missing there."""
    ended: bool
    """Whether the file ends with the block."""
    delimiter: str
    width: int
    """Cells of a row."""

    @property
    def octets(self) -> Octets:
        """The content as numbers."""
        return np.frombuffer(self.content, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Simple:
    """What was read of a block."""

    frame: pl.DataFrame
    """One String column per cell of a row, never null."""
    lines: Places
    """0-based line, in the block, on which each record begins."""
    size: int
    """Octets of the file read: the last record may go on in the next block."""
    line_ends: int
    """Lines read."""


def block_of(waiting: bytes, *, ended: bool, delimiter: str, width: int) -> Block | None:
    """The whole lines of `waiting`; None when Polars might read them otherwise than `csv`."""
    size = len(waiting) if ended else waiting.rfind(b"\n") + 1
    if not size or width < 2 or waiting.startswith(codecs.BOM_UTF8):
        return None
    content = waiting[:size]
    block = Block(content if content.endswith(b"\n") else content + b"\n", size, ended, delimiter, width)
    if b"\r" in content:
        octets = block.octets
        if (octets[np.flatnonzero(octets == CR) + 1] != LF).any():
            return None
    return block


def read_simple(block: Block) -> Simple | None:
    """The longest run of whole records at the start of the block if all of them are simple; None when not proven.
    Records of one column are never simple: an empty one is a blank line."""
    octets = block.octets
    quotes = places_of(octets, QUOTE) if b'"' in block.content else np.zeros(0, dtype=np.int64)
    if opens_cell(octets, quotes, ord(block.delimiter)).any():
        return _read_quoted(block, octets, quotes)
    if _may_hold_long_line(block.content):
        return None
    height = int(np.count_nonzero(octets == LF))
    frame = cells_of(block.content, block, height=height, quotes=None)
    return frame if frame is None else Simple(frame, np.arange(height, dtype=np.int64), block.size, height)


def cells_of(content: bytes, block: Block, *, height: int, quotes: Places | None) -> pl.DataFrame | None:
    """The cells of `content`, some lines of the block; None when they are not `height` rows as wide as the block.
    `quotes`: its quotes, of which each cell has a whole number of pairs; None when all of them are mere text."""
    try:
        frame = pl.read_csv(
            io.BytesIO(content),  # which is not copied, as bytes are
            has_header=False,
            schema={str(at): pl.String for at in range(block.width)},
            separator=block.delimiter,
            quote_char=None if quotes is None else '"',
            empty_string_is_null=False,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:  # a row of too many cells
        return None
    carriage_returns = np.count_nonzero(np.frombuffer(content, dtype=np.uint8) == CR) if b"\r" in content else 0
    told = frame.select(pl.sum_horizontal(pl.all().str.len_bytes().cast(pl.Int64).sum())).item()
    kept = int(told) + height * block.width + int(carriage_returns) + (0 if quotes is None else _unread(quotes))
    return frame if frame.height == height and kept == len(content) else None


def places_of(octets: Octets, octet: int) -> Places:
    """Where an octet stands."""
    return np.flatnonzero(octets == octet)


def opens_cell(octets: Octets, quotes: Places, delimiter: int) -> Flags:
    """Which quotes stand at the beginning of a cell, or of what may be one: all others may be text."""
    before = octets[quotes - 1]  # of the first octet of all, the last one, which is LF
    opens: Flags = (before == delimiter) | (before == LF)
    return opens


def closes_cell(octets: Octets, quotes: Places, delimiter: int) -> Flags:
    """Which quotes stand at the end of a cell, or of what may be one."""
    after = octets[quotes + 1]
    closes: Flags = (after == delimiter) | (after == LF) | (after == CR)
    return closes


def well_quoted(octets: Octets, opening: Places, closing: Places, delimiter: int) -> tuple[Flags, Flags]:
    """Which opening quotes begin a cell (or are the second of a doubled one), and which closing ones end it."""
    return (
        opens_cell(octets, opening, delimiter) | (octets[opening - 1] == QUOTE),
        closes_cell(octets, closing, delimiter) | (octets[closing + 1] == QUOTE),
    )


def _unread(quotes: Places) -> int:
    """Quotes that are no text: each doubled one stands for one."""
    doubled = np.count_nonzero(quotes[1:-1:2] + 1 == quotes[2::2])
    return len(quotes) - int(doubled)


def _may_hold_long_line(content: bytes) -> bool:
    """Whether a line may be longer than `LINE_LIMIT`: it would cover a whole half of it."""
    half = LINE_LIMIT // 2
    return any(content.find(b"\n", start, start + half) < 0 for start in range(0, len(content), half))


def _read_quoted(block: Block, octets: Octets, quotes: Places) -> Simple | None:
    line_ends = places_of(octets, LF)
    is_inside = np.searchsorted(quotes, line_ends) % 2 == 1
    record_ends = line_ends[~is_inside]
    if not len(record_ends) or (is_inside.any() and b"\r" in block.content):  # a CRLF in a cell is part of its text
        return None
    cut = int(record_ends[-1]) + 1
    starts = np.concatenate((np.zeros(1, dtype=np.int64), record_ends[:-1] + 1))
    quotes = quotes[: np.searchsorted(quotes, cut)]
    opened, closed = well_quoted(octets, quotes[::2], quotes[1::2], ord(block.delimiter))
    if (record_ends - starts).max() > LINE_LIMIT or not opened.all() or not closed.all():
        return None
    content = block.content if cut == len(block.content) else block.content[:cut]
    frame = cells_of(content, block, height=len(starts), quotes=quotes)
    if frame is None:
        return None
    lines = np.searchsorted(line_ends, starts)
    return Simple(frame, lines, min(cut, block.size), int(np.searchsorted(line_ends, cut)))
