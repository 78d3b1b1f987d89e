"""Blocks of CSV with odd lines among simple ones: Polars reads the simple lines, `csv` the odd ones, merged again.

A simple line is a whole record: as many cells as the header, quoted cells closed on it, or no cell quoted at all. Any
other is odd, and `csv` reads on from it as far as its record goes, over lines that look simple too.

    Muret;1                      simple        La "Halle";2                 simple: the quotes are text
    "Place\\nde la Mairie";3      odd: a record of two lines                 Muret        odd: a cell is missing
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.validator.detect import Refused
from services.validator.readers.simple import (
    LF,
    LINE_LIMIT,
    QUOTE,
    Block,
    Flags,
    Places,
    cells_of,
    opens_cell,
    places_of,
    well_quoted,
)
from services.validator.readers.strict import OddRecords, Row

LINES_LIMIT = 1 << 20
"""Lines of a block that are sorted: what is noted of more would take many times the room of the block."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """What was read of a block."""

    simple: pl.DataFrame
    """Cells of the simple records, never null."""
    lines: Places
    """0-based line, in the block, of each."""
    odd: Sequence[Row]
    """The other records, with their 0-based lines."""
    size: int
    """Octets of the file read."""
    line_ends: int
    """Lines read."""
    stopped: Refused | None
    """Why reading must stop there; its line is one of the file, if the block's first is `line`."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a block, and which are simple: `bare` ones have no quoted cell."""

    starts: Places
    ends: Places
    bare: Flags
    quoted: Flags


def read_mixed(block: Block, *, line: int) -> Mixed | None:
    """The whole records of the block; None when it has none or too many lines, or Polars does not agree.
    `line`: its first, 1-based."""
    if block.content.count(b"\n") > LINES_LIMIT:
        return None
    lines = _sorted_lines(block)
    content = block.content[: block.size]
    odd = OddRecords(content, lines.starts, ~(lines.bare | lines.quoted), block.delimiter, ended=block.ended)
    odd.read(line)
    if not odd.end and odd.stopped is None:
        return None
    free = ~odd.covered
    free[odd.end :] = False
    frames, places = [], []
    for chosen, has_quotes in ((lines.bare & free, False), (lines.quoted & free, True)):
        at = np.flatnonzero(chosen)
        if len(at):
            frame = _simple_cells(block, lines, at, has_quotes=has_quotes)
            if frame is None:
                return None
            frames.append(frame)
            places.append(at)
    size = int(lines.starts[odd.end]) if odd.end < len(lines.starts) else block.size
    simple = pl.concat(frames) if frames else pl.DataFrame(schema={str(at): pl.String for at in range(block.width)})
    where = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
    return Mixed(simple, where, odd.rows, size, odd.end, odd.stopped)


def _sorted_lines(block: Block) -> _Lines:
    octets, delimiter = block.octets, ord(block.delimiter)
    line_ends, quotes, delimiters = places_of(octets, LF), places_of(octets, QUOTE), places_of(octets, delimiter)
    height = len(line_ends)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), line_ends[:-1] + 1))
    is_short = line_ends - starts <= LINE_LIMIT
    line_of = np.searchsorted(line_ends, quotes)
    has_cell = np.bincount(line_of[opens_cell(octets, quotes, delimiter)], minlength=height) > 0

    is_even = np.bincount(line_of, minlength=height) % 2 == 0
    in_pairs = is_even[line_of]
    opening, closing, pair_of = quotes[in_pairs][::2], quotes[in_pairs][1::2], line_of[in_pairs][::2]
    opened, closed = well_quoted(octets, opening, closing, delimiter)
    is_sound = is_even & (np.bincount(pair_of[~(opened & closed)], minlength=height) == 0)

    every = np.diff(np.searchsorted(delimiters, line_ends), prepend=0)
    enclosed = np.searchsorted(delimiters, closing) - np.searchsorted(delimiters, opening)
    outside = every - np.bincount(pair_of, weights=enclosed, minlength=height).astype(np.int64)
    bare = ~has_cell & (every == block.width - 1) & is_short
    quoted = has_cell & (outside == block.width - 1) & is_sound & is_short
    return _Lines(starts, line_ends + 1, bare=bare, quoted=quoted)


def _simple_cells(block: Block, lines: _Lines, at: Places, *, has_quotes: bool) -> pl.DataFrame | None:
    """The cells of the lines `at`."""
    breaks = np.flatnonzero(np.diff(at) != 1) + 1
    firsts, lasts = at[np.concatenate(([0], breaks))], at[np.concatenate((breaks - 1, [len(at) - 1]))]
    runs = zip(lines.starts[firsts].tolist(), lines.ends[lasts].tolist(), strict=True)
    content = b"".join([block.content[start:end] for start, end in runs])
    if content.startswith(b"\xef\xbb\xbf"):  # which Polars would take away
        return None
    quotes = places_of(np.frombuffer(content, dtype=np.uint8), QUOTE) if has_quotes else None
    return cells_of(content, block, height=len(at), quotes=quotes)
