"""Blocks of CSV that are provably simple, read by Polars: what it gives is then exactly what `csv` would give.

Proof, over the bytes: every quote opens after a delimiter or a line end and closes before one (or is doubled); outside
quotes, every line has as many delimiters as the header; no blank line, no lone CR; no record longer than a cell may be.

    b"a;b\\n1;2\\n" -> simple        b'a;b\\n"1;\\n";2\\n' -> simple        b'a;b\\n1;say "2"\\n' -> not proven
"""

import codecs
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

LF, QUOTE = 0x0A, 0x22

Octets = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Simple:
    """The part of a block that is proven."""

    content: bytes
    """Whole records, LF at the end of each."""
    size: int
    """Bytes of the block it stands for: line ends may have been CRLF."""
    quoted: bool
    lines: Places
    """0-based line, in the block, on which each record begins."""
    line_ends: int
    """Physical lines in the whole."""


def prove(block: bytes, *, ended: bool, delimiter: str, width: int, record_limit: int) -> Simple | None:
    """The longest run of whole records at the start of `block` if all of them are simple; None when not proven.
    `ended`: the file ends with the block. Records of one column are never simple: an empty one is a blank line."""
    size = len(block) if ended else block.rfind(b"\n") + 1
    if not size or width < 2 or block.startswith(codecs.BOM_UTF8):  # which Polars would take away
        return None
    content = _with_lf(block[:size])
    if content is None:
        return None
    quoted, had_cr = b'"' in content, b"\r" in block[:size]
    proven = _proven(content, quoted, ord(delimiter), width, record_limit)
    if proven is None:
        return None
    lines, line_ends, cut = proven
    if had_cr and len(lines) != content.count(b"\n"):  # a CRLF inside a cell is part of its text
        return None
    if cut < len(content):  # the last record goes on in the next block
        content, size = content[:cut], cut
    return Simple(content=content, size=size, quoted=quoted, lines=lines, line_ends=line_ends)


def _with_lf(content: bytes) -> bytes | None:
    """The same lines ended by LF, the last one too; None when a CR stands alone."""
    if b"\r" in content:
        if content.count(b"\r") != content.count(b"\r\n"):
            return None
        content = content.replace(b"\r\n", b"\n")
    return content if content.endswith(b"\n") else content + b"\n"


def read_simple(simple: Simple, *, delimiter: str, width: int) -> pl.DataFrame:
    """Its cells; never null."""
    return pl.read_csv(
        simple.content,
        has_header=False,
        schema={str(at): pl.String for at in range(width)},
        separator=delimiter,
        quote_char='"' if simple.quoted else None,
        empty_string_is_null=False,
        infer_schema=False,
    )


def _proven(
    content: bytes, quoted: bool, delimiter: int, width: int, record_limit: int
) -> tuple[Places, int, int] | None:
    """Line of each record, number of lines, and bytes of the whole records; None when not proven."""
    octets = np.frombuffer(content, dtype=np.uint8)
    is_mark = (octets == LF) | (octets == delimiter)
    marks = np.flatnonzero(is_mark | (octets == QUOTE) if quoted else is_mark)
    kinds = octets[marks]
    line_ends = marks[kinds == LF]
    if quoted:
        is_quote = kinds == QUOTE
        inside = np.logical_xor.accumulate(is_quote)
        if not _well_quoted(octets, marks[is_quote & inside], marks[is_quote & ~inside], is_mark):
            return None
        marks, kinds = marks[~inside], kinds[~inside]  # closing quotes stay: they are no delimiters
    record_ends = marks[kinds == LF]
    if not len(record_ends):
        return None
    cut = int(record_ends[-1]) + 1
    starts = np.concatenate((np.zeros(1, dtype=np.int64), record_ends[:-1] + 1))
    if (record_ends - starts).max() > record_limit:
        return None
    delimiters = marks[kinds == delimiter]
    if not _even(delimiters[delimiters < cut], starts, record_ends, width):
        return None
    lines = np.searchsorted(line_ends, starts) if quoted else np.arange(len(starts), dtype=np.int64)
    return lines, int(np.searchsorted(line_ends, cut)), cut


def _even(delimiters: Places, starts: Places, ends: Places, width: int) -> bool:
    """Whether every record has `width - 1` delimiters (hence is not blank, since there is at least one)."""
    if len(delimiters) != len(starts) * (width - 1):
        return False
    by_record = delimiters.reshape(len(starts), width - 1)
    return bool((by_record[:, 0] >= starts).all() and (by_record[:, -1] < ends).all())


def _well_quoted(octets: Octets, opening: Places, closing: Places, is_mark: Flags) -> bool:
    """Whether opening quotes follow a delimiter or line end (or the quote they double), and closing ones precede
    one."""
    before = opening[opening > 0] - 1
    after = closing[closing < len(octets) - 1] + 1
    is_opened = is_mark[before] | (octets[before] == QUOTE)
    is_closed = is_mark[after] | (octets[after] == QUOTE)
    return bool(is_opened.all() and is_closed.all())
