"""The journey of a file through the pure rooms: detect → read → standardise → check → report and canonical table.

Pure but for the file it reads and the folder it writes to; the one clock reading fills `stats.seconds`.
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from services.validator.canonical import number_occurrences, write_frames
from services.validator.checks.bal import SCHEMA_NAME as BAL
from services.validator.checks.bal import faults_of_form, version_of
from services.validator.checks.bal_check import AddressCheck
from services.validator.checks.cells import Alerts
from services.validator.checks.chunk import Fault
from services.validator.checks.coherence import Coherence
from services.validator.checks.explain import CellReader, make_readers
from services.validator.checks.french import applicable, make_row_checks
from services.validator.checks.personal import PersonalData
from services.validator.checks.table import FurtherCheck, Plan, TableCheck
from services.validator.context import Context
from services.validator.detect import Refused
from services.validator.findings import FindingCode, Severity
from services.validator.identify import Identified, identify
from services.validator.readers.opening import open_table
from services.validator.readers.table import Asked, Opened, RawTable
from services.validator.removal import naming_fields, of_removal
from services.validator.report import InputOut, Measured, StoredReport, write_report
from services.validator.standardise.cells import Correcting
from services.validator.standardise.headers import HeaderMatch, match_header
from services.validator.standardise.identifiers import checked_columns
from services.validator.standardise.likeness import tell_likeness
from services.validator.tally import Tally
from shared.registry import Registry, SchemaVersion

ENGINE_VERSION = "3.1.0"
"""A verdict is bound to it. Patch: words and speed; minor: new findings, corrections or formats; major: the same bytes
may get another verdict. Any change to a room that a report shows moves it."""


Mode = Literal["replace", "upsert", "delete"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of a file."""

    report: StoredReport
    table_path: Path | None
    """The canonical table, in the folder given; None for an invalid file."""
    slices: tuple[str, ...] | None
    """Slices present, sorted; `('',)` for a schema without slices; None without table."""
    corrected_path: Path | None = None
    """The corrected table of an invalid file, beside: what could not be corrected is there as it was sent. None when
    not every row and column of the file could be read."""


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
    context: Context | None = None
    """For whom and when; None: nothing is compared with it."""
    mode: Mode = "replace"
    """What its rows do to those published: each identity comes once for `upsert` and `delete`, and a `delete` only
    needs what names its rows."""

    def __post_init__(self) -> None:
        if isinstance(self.context, dict):  # from another process
            object.__setattr__(self, "context", Context.of(self.context))


def validate_file(path: Path, request: Request, *, registry: Registry, out_folder: Path) -> Examination:
    """Judge the file at `path`. Raises the registry's refusals; faults of the file are findings, never exceptions."""
    started = time.perf_counter()
    schema = registry.get(request.schema_name, request.schema_version)
    tally, identified = Tally(), identify(path)
    table_path = out_folder / "table.parquet"
    with open_table(path, schema=schema, asked=_asked(request), folder=out_folder) as opened:
        if isinstance(opened.table, Refused):
            _add_refusal(opened.table, tally)
            checked = Checked(_measured(identified, opened, request)(), None)
        else:
            schema = _schema_of(opened.table, request, schema, registry)
            _add_faults(tuple(_faults_of_form(opened, schema, request)), tally)
            checking = Checking(
                schema,
                corrections=request.corrections != "none",
                alerts=identified.alerts(opened),
                further=_further,
                context=request.context,
                mode=request.mode,
                others=registry,
            )
            measured = _measured(identified, opened, request)
            checked = check_table(opened.table, checking, tally=tally, table_path=table_path, measured=measured)
    seconds = time.perf_counter() - started
    report = write_report(schema, tally, measured=checked.measured, engine_version=ENGINE_VERSION, seconds=seconds)
    kept = table_path if checked.slices is not None else None
    return Examination(report, kept, checked.slices, checked.corrected_path)


@contextmanager
def opened_file(path: Path, request: Request, *, registry: Registry) -> Iterator[Opened]:
    """The file as `validate_file` reads it, its rows unread: for what shows the vendor's own table."""
    schema = registry.get(request.schema_name, request.schema_version)
    with (
        tempfile.TemporaryDirectory(prefix="socle-open-") as folder,
        open_table(path, schema=schema, asked=_asked(request), folder=Path(folder)) as opened,
    ):
        yield opened


def report_of_limit(request: Request, *, registry: Registry, sha256: str, size_bytes: int, limit: str) -> StoredReport:
    """The report on a file whose examination had to be stopped. `limit`: which, in French."""
    schema = registry.get(request.schema_name, request.schema_version)
    tally = Tally()
    tally.add(FindingCode.FILE_TOO_COMPLEX, Severity.ERROR, details={"limit": limit})
    measured = _measured(Identified(sha256, size_bytes), None, request)
    return write_report(schema, tally, measured=measured(), engine_version=ENGINE_VERSION, seconds=0)


@dataclass(frozen=True, slots=True)
class Checking:
    """How a table is checked."""

    schema: SchemaVersion
    alerts: Alerts
    corrections: bool = True
    further: Callable[["Checking", HeaderMatch], Sequence[FurtherCheck]] | None = None
    """Checks beyond the schema's."""
    context: Context | None = None
    mode: Mode = "replace"
    others: Iterable[SchemaVersion] = ()
    """Schemas that the file may have been made for instead."""

    @property
    def removes(self) -> bool:
        """Whether rows are only named, to be removed."""
        return self.mode == "delete"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a table."""

    measured: Measured
    slices: tuple[str, ...] | None
    """Those of the canonical table; None when there is none."""
    corrected_path: Path | None = None


def check_table(
    raw: RawTable, checking: Checking, *, tally: Tally, table_path: Path | None, measured: Callable[..., Measured]
) -> Checked:
    """Check header and rows; findings go to the tally, rows of a valid file to a canonical table if one is wanted."""
    schema = of_removal(checking.schema) if checking.removes else checking.schema
    match = match_header(
        raw.header,
        raw.header_line,
        schema=schema,
        tally=tally,
        correcting=checking.corrections,
        only=naming_fields(schema) if checking.removes else None,
    )
    if not checking.removes:
        tell_likeness(raw.header, raw.header_line, match, schema=schema, others=checking.others, tally=tally)
    _add_whole(raw, match, tally)
    plan = _plan(replace(checking, schema=schema), match, raw.header_line, tally)
    check = TableCheck(raw, replace(plan, wants_table=table_path is not None), match=match, tally=tally)
    is_written = write_frames(check.frames(), table_path, check.table.columns) if table_path else check.run()
    for refusal in raw.stopped:
        _add_refusal(refusal, tally)
    if not check.rows and not raw.stopped:
        tally.add(FindingCode.NO_ROWS, Severity.ERROR)
    found = measured(rows=check.rows, columns=len(raw.header), error_rows=check.error_rows, match=match)
    if table_path is None:
        return Checked(found, None)
    lost = raw.stopped or any(code is FindingCode.EXTRA_CELL for code, _, _ in tally.counts)
    if is_written and tally.has_errors and check.is_whole and not lost:
        return Checked(found, None, table_path.rename(table_path.with_name("corrected.parquet")))
    if tally.has_errors or not is_written:
        table_path.unlink(missing_ok=True)
        return Checked(found, None)
    if len(check.doubled):
        number_occurrences(table_path, check.doubled, check.occurrences, check.table.columns)
    return Checked(found, check.table.slices)


def _plan(checking: Checking, match: HeaderMatch, line: int, tally: Tally) -> Plan:
    """What the rows are checked with. Nothing of a removal is published: only its cells that name rows are judged."""
    schema, judges = checking.schema, not checking.removes
    is_declared = bool(match.matched) and judges
    checks, faults = applicable(make_row_checks(schema), match, line=line) if is_declared else ([], [])
    _add_faults(faults, tally)
    return Plan(
        schema,
        make_readers(schema),
        checks=checks,
        further=checking.further(checking, match) if checking.further and judges else (),
        judge=_judge_of(checking, match, line) if judges else None,
        correcting=_correcting(schema) if checking.corrections else None,
        alerts=checking.alerts,
        names_once=checking.mode != "replace",
    )


def _correcting(schema: SchemaVersion) -> Callable[[CellReader], Correcting]:
    checked = checked_columns(schema)
    return lambda reader: Correcting(checked.get(reader.field.name))


def _further(checking: Checking, match: HeaderMatch) -> Sequence[FurtherCheck]:
    return Coherence(checking.schema, checking.context), PersonalData(checking.schema, match.extra)


def _add_whole(raw: RawTable, match: HeaderMatch, tally: Tally) -> None:
    """What is to be said of the table as a whole."""
    fields = {found.source.strip(): found.field for found in match.matched}
    for line, position, code, before, after in raw.renderings:
        label = None if position is None else raw.header[position].strip()
        tally.correct(code, row=line, column=fields.get(label or "", label), before=before, after=after)
    _add_faults(raw.faults, tally)


def _add_faults(faults: Sequence[Fault], tally: Tally) -> None:
    for line, code, severity, column, value, suggestion, details in faults:
        tally.add(code, severity, row=line, column=column, value=value, suggestion=suggestion, details=details)


def _asked(request: Request) -> Asked:
    return Asked(request.declared_charset, corrections=request.corrections != "none")


def _schema_of(raw: RawTable, request: Request, newest: SchemaVersion, registry: Registry) -> SchemaVersion:
    if newest.name == BAL and request.schema_version is None:
        return registry.get(BAL, version_of(raw.header, exact=request.corrections == "none"))
    return newest


def _faults_of_form(opened: Opened, schema: SchemaVersion, request: Request) -> Iterable[Fault]:
    origin = opened.origin
    if schema.name != BAL or origin is None:
        return ()
    return faults_of_form(
        encoding=origin.encoding,
        delimiter=origin.delimiter,
        version=schema.version,
        mended=request.corrections != "none",
    )


def _judge_of(checking: Checking, match: HeaderMatch, line: int) -> AddressCheck | None:
    """Another judge than the schema itself, for addresses whose columns are known."""
    is_disputed = match.disputed.intersection(checking.schema.required_columns)
    if checking.schema.name != BAL or not match.matched or is_disputed:
        return None
    received_on = checking.context.received_on if checking.context else None
    return AddressCheck(
        checking.schema, match, header_line=line, received_on=received_on, corrected=checking.corrections
    )


def _add_refusal(refusal: Refused, tally: Tally) -> None:
    tally.add(refusal.code, Severity.ERROR, row=refusal.row, value=refusal.value, details=refusal.details)


def _measured(identified: Identified, opened: Opened | None, request: Request) -> Callable[..., Measured]:
    return partial(Measured, input=_input(identified, opened), context=request.context, mode=request.mode)


def _input(identified: Identified, opened: Opened | None) -> InputOut:
    origin = opened.origin if opened else None
    table = opened.table if opened and isinstance(opened.table, RawTable) else None
    return InputOut(
        sha256=identified.sha256,
        size_bytes=identified.size_bytes,
        format=origin.format if origin else None,
        encoding=origin.encoding if origin else None,
        delimiter=origin.delimiter if origin else None,
        header_row=table.header_line if table else None,
        sheet=table.sheet if table else None,
    )
