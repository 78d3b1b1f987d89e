"""The journey of a file through the pure rooms: detect → read → standardise → check → report and canonical table.

Pure but for the file it reads and the folder it writes to; the one clock reading fills `stats.seconds`.
"""

import hashlib
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from services.validator.canonical import CanonicalTable
from services.validator.checks.bal import SCHEMA_NAME as BAL
from services.validator.checks.bal import blank_row_severity, version_of
from services.validator.checks.cells import Column, check_cells
from services.validator.checks.chunk import Fault, add_in_order
from services.validator.checks.explain import make_readers
from services.validator.checks.french import RowCheck, applicable, make_row_checks
from services.validator.checks.rows import even_rows
from services.validator.detect import Detected, Refused, detect
from services.validator.findings import FindingCode, Severity
from services.validator.readers.csv import RawTable, open_text, read_csv
from services.validator.report import InputOut, Measured, StoredReport, write_report
from services.validator.standardise.headers import HeaderMatch, match_header
from services.validator.tally import Tally
from shared.registry import Registry, SchemaVersion

ENGINE_VERSION = "1.0.0"
"""A verdict is bound to it. Patch: words and speed; minor: new findings, corrections or formats; major: the same bytes
may get another verdict. Any change to a room that a report shows moves it."""

CHUNK_ROWS = 10_000
"""Rows held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of a file."""

    report: StoredReport
    table_path: Path | None
    """The canonical table, in the folder given; None for an invalid file."""
    slices: tuple[str, ...] | None
    """Slices present, sorted; `('',)` for a schema without slices; None without table."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a file is to be judged against."""

    schema_name: str
    schema_version: str | None = None
    """None: the version that the columns tell (BAL), else the newest."""
    declared_charset: str | None = None
    """From `Content-Type: text/csv; charset=…`."""
    corrections: Literal["all", "none"] = "all"
    """`none`: judged to the letter; no column or value is read otherwise than it is written."""


def validate_file(path: Path, request: Request, *, registry: Registry, out_folder: Path) -> Examination:
    """Judge the file at `path`. Raises the registry's refusals; faults of the file are findings, never exceptions."""
    started = time.perf_counter()
    schema = registry.get(request.schema_name, request.schema_version)
    tally = Tally()
    identified = _identify(path)
    detected = detect(path, declared_charset=request.declared_charset, names=schema.field_names)
    if isinstance(detected, Refused):
        _add_refusal(detected, tally)
        read = _Read(schema, Measured(input=_input(identified, None, None)), None)
    else:
        with open_text(path, detected) as file:
            raw = read_csv(file, detected.delimiter)
            if isinstance(raw, Refused):
                _add_refusal(raw, tally)
                read = _Read(schema, Measured(input=_input(identified, detected, None)), None)
            else:
                schema = _schema_of(raw, request, schema, registry)
                read = check_table(raw, schema, tally=tally, folder=out_folder, input=_input(identified, detected, raw))
    seconds = time.perf_counter() - started
    report = write_report(read.schema, tally, measured=read.measured, engine_version=ENGINE_VERSION, seconds=seconds)
    if report.verdict == "invalid" or read.table is None:
        return Examination(report=report, table_path=None, slices=None)
    table_path = out_folder / "table.parquet"
    return Examination(report=report, table_path=table_path, slices=read.table.finish(table_path))


def report_of_limit(request: Request, *, registry: Registry, sha256: str, size_bytes: int, limit: str) -> StoredReport:
    """The report on a file whose examination had to be stopped. `limit`: which, in French."""
    schema = registry.get(request.schema_name, request.schema_version)
    tally = Tally()
    tally.add(FindingCode.FILE_TOO_COMPLEX, Severity.ERROR, details={"limit": limit})
    measured = Measured(input=_input((sha256, size_bytes), None, None))
    return write_report(schema, tally, measured=measured, engine_version=ENGINE_VERSION, seconds=0)


@dataclass(frozen=True, slots=True)
class _Read:
    schema: SchemaVersion
    measured: Measured
    table: CanonicalTable | None


def check_table(raw: RawTable, schema: SchemaVersion, *, tally: Tally, folder: Path, input: InputOut) -> _Read:
    """Check header and rows; findings go to the tally, rows to a canonical table in `folder`."""
    line = raw.header_line
    match = match_header(raw.header, line, schema=schema, tally=tally)
    table = CanonicalTable(schema, folder, present=[found.field for found in match.matched])
    columns = [Column(reader, schema) for reader in make_readers(schema)]
    checks, faults = applicable(make_row_checks(schema), match, line=line) if match.matched else ([], [])
    add_in_order(faults, tally)
    tally.error_rows = 0  # of the data rows only
    rows = 0
    while batch := list(islice(raw.rows, CHUNK_ROWS)):
        if match.matched:
            rows += _check_batch(batch, raw, schema, tally, columns=columns, checks=checks, match=match, table=table)
        else:
            rows += sum(any(cells[: len(raw.header)]) for _, cells in batch)
    error_rows = tally.error_rows - tally.counts[FindingCode.BLANK_ROW, Severity.ERROR, None]
    for refusal in raw.stopped:
        _add_refusal(refusal, tally)
    if not rows and not raw.stopped:
        tally.add(FindingCode.NO_ROWS, Severity.ERROR)
    if tally.has_errors:
        table.forget()
    measured = Measured(input=input, rows=rows, columns=len(raw.header), error_rows=error_rows, match=match)
    return _Read(schema, measured, table)


def _check_batch(
    batch: list[tuple[int, list[str]]],
    raw: RawTable,
    schema: SchemaVersion,
    tally: Tally,
    *,
    columns: list[Column],
    checks: list[RowCheck],
    match: HeaderMatch,
    table: CanonicalTable,
) -> int:
    """Check some rows; how many of them are not blank."""
    faults: list[Fault] = []
    rows = even_rows(batch, raw.header, faults=faults, blank_severity=blank_row_severity(schema.name))
    if rows:
        chunk = check_cells(rows, columns, match=match, faults=faults, tally=tally)
        for check in checks:
            faults.extend(check.run(chunk, check.severity))
        has_errors = tally.has_errors or any(fault.severity is Severity.ERROR for fault in faults)
        table.add(chunk, faults, keep=not has_errors)
    add_in_order(faults, tally)
    return len(rows)


def _schema_of(raw: RawTable, request: Request, newest: SchemaVersion, registry: Registry) -> SchemaVersion:
    if newest.name == BAL and request.schema_version is None:
        return registry.get(BAL, version_of(raw.header))
    return newest


def _add_refusal(refusal: Refused, tally: Tally) -> None:
    tally.add(refusal.code, Severity.ERROR, row=refusal.row, value=refusal.value, details=refusal.details)


def _identify(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _input(identified: tuple[str, int], detected: Detected | None, raw: RawTable | None) -> InputOut:
    sha256, size_bytes = identified
    return InputOut(
        sha256=sha256,
        size_bytes=size_bytes,
        format="csv" if detected else None,
        encoding=detected.encoding if detected else None,
        delimiter=detected.delimiter if detected else None,
        header_row=raw.header_line if raw else None,
    )
