"""CSV and its relatives: the header found, then blocks read by Polars where they are provably simple, else by `csv`.

All ways give the same rows; `strict.py` is the reference, `simple.py` the proof, `mixed.py` for blocks with odd lines.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import polars as pl

from services.validator.checks.bal import blank_row_severity
from services.validator.detect import HEADER_WITHIN, Detected, Refused
from services.validator.findings import Severity
from services.validator.readers.header import dropped_columns, find_header, named_width
from services.validator.readers.mixed import Mixed, read_mixed
from services.validator.readers.sift import mojibake_of_header, sifted
from services.validator.readers.simple import block_of, read_simple
from services.validator.readers.strict import evened, read_records
from services.validator.readers.table import Asked, Batch, RawTable, rows_per_batch
from services.validator.readers.text import BLOCK_BYTES, Reel
from shared.registry import SchemaVersion

HEADER_BYTES = 1 << 16
"""Bytes read together while the header is looked for."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How the rows of one file are read."""

    detected: Detected
    header: tuple[str, ...]
    width: int
    """Cells that a row may have: the header's, and the empty ones at its right end."""
    records_above: int
    """Records up to and including the header."""
    blank_severity: Severity
    corrections: bool
    try_simple: bool
    block_bytes: int
    stopped: list[Refused] = field(default_factory=list)


def read_delimited(
    file: BinaryIO,
    detected: Detected,
    *,
    schema: SchemaVersion,
    asked: Asked,
    try_simple: bool = True,
    block_bytes: int = BLOCK_BYTES,
) -> RawTable | Refused:
    """The table of a text file, open while its batches are read. `try_simple=False`: by `csv` alone, the reference."""
    stopped: list[Refused] = []
    start = Reel(file, detected.encoding, block_bytes=HEADER_BYTES)
    records = read_records(start, detected.delimiter, HEADER_WITHIN, stopped)
    header = find_header(records, schema, pass_titles=asked.corrections)
    if isinstance(header, Refused):
        return stopped[0] if stopped else header
    form = _Form(
        detected,
        header=header.labels,
        width=len(header.labels),
        records_above=header.at + 1,
        blank_severity=blank_row_severity(schema.name, corrections=asked.corrections),
        corrections=asked.corrections,
        try_simple=try_simple,
        block_bytes=block_bytes,
    )
    renderings = [*header.above]
    if asked.corrections and named_width(header.labels) < form.width:
        form = replace(form, header=header.labels[: _used_width(file, form)])
        if len(form.header) < form.width:
            renderings.append(dropped_columns(header.line, form.width - len(form.header)))
    form.stopped.clear()  # what the search for empty columns met will be met again
    return RawTable(
        header=form.header,
        header_line=header.line,
        batches=_batches(file, form),
        renderings=renderings,
        faults=mojibake_of_header(form.header, header.line),
        stopped=form.stopped,
    )


def _used_width(file: BinaryIO, form: _Form) -> int:
    """The columns up to the last one with a name or a cell: the whole file is read for it."""
    used = named_width(form.header)
    for batch in _batches(file, form):
        beyond = batch.frame.select(pl.nth(range(used, form.width)).str.contains(r"\S").fill_null(False).any())
        used = max((used + at + 1 for at, filled in enumerate(beyond.row(0)) if filled), default=used)
        if used == form.width:
            break
    return used


def _batches(file: BinaryIO, form: _Form) -> Iterator[Batch]:
    reel = Reel(file, form.detected.encoding, block_bytes=min(HEADER_BYTES, form.block_bytes))
    read_records(reel, form.detected.delimiter, form.records_above, form.stopped)
    reel.block_bytes = form.block_bytes
    while not form.stopped and reel.fill():
        for batch in _split(_next_batch(reel, form), rows_per_batch(len(form.header))):
            yield sifted(
                batch,
                form.header,
                blank_severity=form.blank_severity,
                drop_headers=form.corrections,
                search_mojibake=reel.may_hold_mojibake,
            )


def _next_batch(reel: Reel, form: _Form) -> Batch:
    """The next records: those of a block where they can be told apart in it."""
    delimiter, width = form.detected.delimiter, form.width
    block = block_of(reel.waiting, ended=reel.ended, delimiter=delimiter, width=width) if form.try_simple else None
    if block is not None:
        if simple := read_simple(block):
            batch = Batch(pl.Series(simple.lines + reel.line), simple.frame[:, : len(form.header)])
            reel.use(simple.size, simple.line_ends)
            return batch
        if mixed := read_mixed(block, line=reel.line):
            batch = _merged(mixed, reel.line, form)
            reel.use(mixed.size, mixed.line_ends)
            form.stopped.extend(filter(None, [mixed.stopped]))
            return batch
    rows = read_records(reel, delimiter, rows_per_batch(len(form.header)), form.stopped)
    return evened(rows, form.header, width=width, blank_severity=form.blank_severity)


def _merged(mixed: Mixed, line: int, form: _Form) -> Batch:
    """All records in the order of the file. `line`: the block's first, 1-based."""
    rows = [(line + at, cells) for at, cells in mixed.odd]
    odd = evened(rows, form.header, width=form.width, blank_severity=form.blank_severity)
    lines = pl.concat([pl.Series(mixed.lines + line), odd.lines])
    frame = pl.concat([mixed.simple[:, : len(form.header)], odd.frame], rechunk=True)  # rows are gathered faster so
    order = lines.arg_sort()
    return Batch(lines[order], frame[order], odd.faults)


def _split(batch: Batch, size: int) -> Iterator[Batch]:
    """The batch in parts of at most `size` rows, as even as can be; each has the faults up to its last row."""
    height = len(batch.lines)
    parts = max(1, -(-height // size))
    step, told = -(-height // parts), 0
    for start in range(0, max(height, 1), max(step, 1)):
        lines, is_last = batch.lines.slice(start, step), start + step >= height
        upto = len(batch.faults) if is_last else bisect_right(batch.faults, lines[-1], key=lambda fault: fault.line)
        yield Batch(lines, batch.frame.slice(start, step), batch.faults[told:upto])
        told = upto
