"""CSV and its relatives: the header found, then blocks read by Polars where they are provably simple, else by `csv`.

Both ways give the same rows; `strict.py` is the reference, `simple.py` the proof.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import polars as pl

from services.validator.checks.bal import blank_row_severity
from services.validator.detect import HEADER_WITHIN, Detected, Refused
from services.validator.findings import Severity
from services.validator.readers.header import dropped_columns, find_header, named_width
from services.validator.readers.sift import mojibake_of_header, sifted
from services.validator.readers.simple import prove, read_simple
from services.validator.readers.strict import CELL_LIMIT, evened, read_records
from services.validator.readers.table import Asked, Batch, RawTable, rows_per_batch
from services.validator.readers.text import BLOCK_BYTES, Reel
from shared.registry import SchemaVersion


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
    """The table of a text file, which must stay open while its batches are consumed. `block_bytes`: read and proven
    together. `try_simple=False`: `csv` reads everything, with the same result."""
    stopped: list[Refused] = []
    records = read_records(Reel(file, detected.encoding), detected.delimiter, HEADER_WITHIN, stopped)
    header = find_header(records, schema, pass_titles=asked.corrections)
    if isinstance(header, Refused):
        return stopped[0] if stopped else header
    form = _Form(
        detected,
        header=header.labels,
        width=len(header.labels),
        records_above=header.at + 1,
        blank_severity=blank_row_severity(schema.name),
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
    reel = Reel(file, form.detected.encoding, block_bytes=form.block_bytes)
    read_records(reel, form.detected.delimiter, form.records_above, form.stopped)
    while not form.stopped and reel.fill():
        for batch in _next_batches(reel, form):
            yield sifted(
                batch,
                form.header,
                blank_severity=form.blank_severity,
                drop_headers=form.corrections,
                search_mojibake=reel.may_hold_mojibake,
            )


def _next_batches(reel: Reel, form: _Form) -> Iterator[Batch]:
    size = rows_per_batch(len(form.header))
    simple = form.try_simple and prove(
        reel.waiting, ended=reel.ended, delimiter=form.detected.delimiter, width=form.width, record_limit=CELL_LIMIT
    )
    if not simple:
        rows = read_records(reel, form.detected.delimiter, size, form.stopped)
        yield evened(rows, form.header, width=form.width, blank_severity=form.blank_severity)
        return
    frame = read_simple(simple, delimiter=form.detected.delimiter, width=form.width)[:, : len(form.header)]
    lines = pl.Series(simple.lines + reel.line)
    reel.use(simple.size, simple.line_ends)
    for start in range(0, len(lines), size):
        yield Batch(lines.slice(start, size), frame.slice(start, size))
