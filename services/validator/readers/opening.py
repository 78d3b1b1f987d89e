"""From the bytes of a file to its table: which format it is, told from the bytes alone, then the reader of that format.

gzip, Zstandard, ZIP of one table -> expanded, then as any file      ZIP of a workbook -> XLSX or ODS
compound document -> XLS      PAR1 -> Parquet      [ or { -> JSON, NDJSON, DECP      other text -> CSV
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from services.validator.detect import Refused, detect, find_encoding, refused
from services.validator.findings import FindingCode
from services.validator.readers import parquet, unwrap
from services.validator.readers.archive import Entry, open_archive, unsafe
from services.validator.readers.delimited import read_delimited
from services.validator.readers.records import read_json
from services.validator.readers.spreadsheet import read_spreadsheet
from services.validator.readers.table import Asked, Opened, Origin
from services.validator.readers.workbook import errors_by_sheet, scan_workbook
from shared.registry import SchemaVersion

START_BYTES = 1 << 16

ZIP, COMPOUND = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

JSON_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*[\]{\["\d]|\{\s*["}])')

EXPANDED = "expanded"
"""Name of the file that an archive holds, in the folder given."""

COMPRESSIONS = {unwrap.GZIP: "gzip", unwrap.ZSTD: "zstd"}


@contextmanager
def open_table(path: Path, *, schema: SchemaVersion, asked: Asked, folder: Path) -> Iterator[Opened]:
    """The table of a file, open while its batches are consumed. What an archive holds is written to `folder`."""
    expanded = folder / EXPANDED
    try:
        with _opened(path, schema, asked, expanded=expanded) as opened:
            yield opened
    finally:
        expanded.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, schema: SchemaVersion, asked: Asked, *, expanded: Path | None) -> Iterator[Opened]:
    """`expanded`: where an archive may be expanded; None inside one."""
    with path.open("rb") as file:
        start = file.read(START_BYTES)
        entries = open_archive(path) if start.startswith(ZIP) else None
        is_stream = start.startswith(tuple(COMPRESSIONS))
        if isinstance(entries, Refused):
            yield Opened(None, entries)
        elif is_stream or (entries is not None and _workbook_of(entries) is None):
            with _unwrapped(path, start, entries, schema, asked, expanded) as opened:
                yield opened
        elif entries is not None:
            yield _workbook(path, entries, schema, asked)
        else:
            yield _read(path, file, start, schema, asked)


def _read(path: Path, file: BinaryIO, start: bytes, schema: SchemaVersion, asked: Asked) -> Opened:
    """The table of a file that wraps nothing."""
    if start.startswith(COMPOUND):
        table = read_spreadsheet(path, "XLS", schema=schema, asked=asked, errors_of=lambda _: ())
        return Opened(Origin("xls"), table)
    if start.startswith(parquet.MAGIC):
        return Opened(Origin("parquet"), parquet.read_parquet(path, schema))
    if JSON_START.match(start):
        encoding = find_encoding(path, start, declared_charset=asked.declared_charset)
        if isinstance(encoding, Refused):
            return Opened(None, encoding)
        form, document = read_json(path, file, encoding, schema)
        return Opened(Origin(form, encoding), document)
    detected = detect(path, declared_charset=asked.declared_charset, names=schema.field_names)
    if isinstance(detected, Refused):
        return Opened(None, detected)
    origin = Origin("csv", detected.encoding, detected.delimiter)
    return Opened(origin, read_delimited(file, detected, schema=schema, asked=asked))


@contextmanager
def _unwrapped(
    path: Path, start: bytes, entries: list[Entry] | None, schema: SchemaVersion, asked: Asked, expanded: Path | None
) -> Iterator[Opened]:
    if expanded is None:
        yield Opened(None, unsafe("une archive en contient une autre", "an archive holds another"))
        return
    if entries is not None:
        compression, refusal = "zip", unwrap.unwrap_archive(path, entries, expanded)
    else:
        compression = next(name for magic, name in COMPRESSIONS.items() if start.startswith(magic))
        refusal = unwrap.unwrap_stream(path, start, expanded)
    if refusal is not None:
        yield Opened(None, refusal)
        return
    with _opened(expanded, schema, asked, expanded=None) as opened:
        origin = opened.origin and replace(opened.origin, compression=compression)
        yield Opened(origin, opened.table)


def _workbook_of(entries: list[Entry]) -> str | None:
    """Which document an archive is: XLSX, ODS, XLSB or another; None for a mere archive."""
    names = {entry.name for entry in entries}
    if "xl/workbook.xml" in names:
        return "XLSX"
    if "xl/workbook.bin" in names:
        return "XLSB"
    if "content.xml" in names:
        return "ODS"
    return "OOXML" if "[Content_Types].xml" in names else None


def _workbook(path: Path, entries: list[Entry], schema: SchemaVersion, asked: Asked) -> Opened:
    form = _workbook_of(entries)
    if form not in ("XLSX", "ODS"):
        what = "un classeur binaire (XLSB)" if form == "XLSB" else "un document bureautique sans tableau"
        return Opened(None, refused(FindingCode.UNSUPPORTED_FORMAT, detected=what))
    scanned = scan_workbook(path, entries)
    if isinstance(scanned, Refused):
        return Opened(Origin(form.lower()), scanned)
    errors = errors_by_sheet(path, entries, scanned)
    table = read_spreadsheet(
        path, form, schema=schema, asked=asked, errors_of=lambda at: errors[at] if at < len(errors) else ()
    )
    return Opened(Origin(form.lower()), table)
