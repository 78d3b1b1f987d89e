"""The table of a JSON document, an NDJSON file or a DECP tree: two passes over its objects, keys first, then rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from services.validator.detect import Refused, refused
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.readers.decp import NOTIFIED, SIGNED, is_decp, rows_of_tree, stands_for_notification
from services.validator.readers.decp import SCHEMA_NAME as DECP
from services.validator.readers.documents import (
    DocumentStopped,
    NumberText,
    Records,
    as_text,
    is_ndjson,
    keys_of,
    misshapen,
    objects_of_array,
    objects_of_lines,
    read_document,
    read_value,
)
from services.validator.readers.header import fields_of
from services.validator.readers.rendering import render_column, with_zeros
from services.validator.readers.sift import mojibake_of_header, sifted
from services.validator.readers.strict import CELL_LIMIT
from services.validator.readers.table import Batch, RawTable, frame_of, rows_per_batch
from shared.registry import SchemaField, SchemaVersion

HEADER_LINE = 1
"""Objects have no header of their own; findings about columns are placed on the first."""


def read_json(path: Path, file: BinaryIO, encoding: str, schema: SchemaVersion) -> tuple[str, RawTable | Refused]:
    """The format (json, ndjson, decp-json) and the table. `file`, the same as `path`, must stay open."""
    form = "json"
    try:
        if _starts_ndjson(path, encoding):
            form = "ndjson"
            return form, _table(partial(objects_of_lines, file, encoding), schema)
        text = read_document(path, encoding)
        if text.lstrip().startswith("["):
            return form, _table(partial(objects_of_array, text), schema)
        document = read_value(text)
        if _is_one_row(document, text, schema):
            form = "ndjson"
            return form, _table(partial(objects_of_lines, file, encoding), schema)
        if not is_decp(document):
            raise misshapen("sa racine est un objet, non une liste", "its root is an object, not a list")
        form = "decp-json"
        first = schema.field_names if schema.name == DECP else ()
        return form, _table(partial(rows_of_tree, document), schema, first=first)
    except DocumentStopped as stopped:
        return form, stopped.refusal


def _starts_ndjson(path: Path, encoding: str) -> bool:
    with path.open(encoding=encoding, errors="replace") as file, suppress(StopIteration):
        start = file.read(1 << 20).lstrip()
        return start.startswith("{") and is_ndjson(start)
    return False


def _is_one_row(document: Any, text: str, schema: SchemaVersion) -> bool:
    """Whether it is NDJSON of one line: an object on one line, some of whose members are columns of the schema."""
    flat = isinstance(document, dict) and not is_decp(document) and "\n" not in text.strip()
    return flat and any(fields_of(tuple(map(as_text, document)), schema))


def _table(records: Records, schema: SchemaVersion, *, first: Sequence[str] = ()) -> RawTable | Refused:
    """`first`: columns of the header whether or not an object has them."""
    keys = keys_of(records())
    if not keys:
        return refused(FindingCode.NO_ROWS)
    header = (*first, *(key for key in keys if key not in set(first)))
    labels = tuple(map(as_text, header))
    stopped: list[Refused] = []
    reading = _Reading(header, labels, fields_of(labels, schema), stopped)
    return RawTable(
        header=labels,
        header_line=HEADER_LINE,
        batches=_batches(records, reading),
        faults=mojibake_of_header(labels, HEADER_LINE),
        stopped=stopped,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    fields: tuple[SchemaField | None, ...]
    stopped: list[Refused]


def _batches(records: Records, reading: _Reading) -> Iterator[Batch]:
    found = records()
    while not reading.stopped and (some := list(islice(found, rows_per_batch(len(reading.keys))))):
        yield sifted(
            _batch([rank for rank, _ in some], [record for _, record in some], reading),
            reading.labels,
            blank_severity=Severity.INFO,
            drop_headers=False,
            search_mojibake=True,
        )


def _batch(ranks: list[int], records: list[dict[str, Any]], reading: _Reading) -> Batch:
    """The batch, cut before a cell that is too long."""
    batch = Batch(pl.Series(ranks, dtype=pl.Int64), frame_of((), len(reading.keys)))
    noted = NOTIFIED in reading.keys and reading.keys.index(NOTIFIED)
    rows = []
    for rank, record in zip(ranks, records, strict=True):
        if noted is not False and stands_for_notification(record):
            record = {**record, NOTIFIED: record[SIGNED]}
            date = as_text(record[SIGNED])
            batch.render(rank, noted, CorrectionCode.CONCESSION_DATE, date, date)
        cells = [
            None if key not in record else _cell(record[key], field, partial(_say, batch, rank, position))
            for position, (key, field) in enumerate(zip(reading.keys, reading.fields, strict=True))
        ]
        if any(cell is not None and len(cell) > CELL_LIMIT for cell in cells):
            limit = f"{CELL_LIMIT:_}".replace("_", " ")
            reading.stopped.append(refused(FindingCode.CELL_TOO_LONG, row=rank, limit=limit))
            break
        rows.append(cells)
    batch.lines, batch.frame = batch.lines[: len(rows)], frame_of(rows, len(reading.keys))
    return batch


def _say(batch: Batch, rank: int, position: int, before: str, after: str) -> None:
    batch.render(rank, position, CorrectionCode.TYPED_CELL, before, after)


def _cell(value: Any, field: SchemaField | None, say: Callable[[str, str], None]) -> str:
    """The text of a value; what a boolean or a number that lost its zeros became is said."""
    if type(value) is str or value is None:
        return as_text(value)
    before = after = as_text(value)
    if isinstance(value, bool):
        after = render_column([value], field)[0][0]
    elif isinstance(value, NumberText) and field is not None and field.type == "string":
        after = with_zeros(before, field.constraints.get("pattern"))
    if after != before:
        say(before, after)
    return after
