"""XLSX, XLS and ODS, through a native reader that only sees what `workbook.py` let pass.

The sheet read is the first of those that know most names of the schema; titles above its header are passed over.
Formula errors of XLSX are findings; in XLS the reader gives them as empty cells.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, ZipError

from services.validator.checks.chunk import Fault
from services.validator.detect import HEADER_WITHIN, Refused, refused
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.readers.archive import unsafe
from services.validator.readers.header import KNOWN_ENOUGH, Header, fields_of, find_header, known_count
from services.validator.readers.rendering import Value, render_column, shown_before
from services.validator.readers.sift import mojibake_of_header, sifted
from services.validator.readers.strict import CELL_LIMIT
from services.validator.readers.table import RENDERINGS_LIMIT, Asked, Batch, RawTable, Rendering, rows_per_batch
from services.validator.readers.used_range import CELLS_LIMIT
from services.validator.readers.workbook import FormulaError, too_large
from shared.registry import SchemaField, SchemaVersion

ERROR_TEXTS = (
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#NOM?",
    "#VALEUR!",
    "#NOMBRE!",
    "#NUL!",
)
"""Formula errors that a spreadsheet wrote as text, in English or in French."""

Result = TypeVar("Result")


class WorkbookStopped(Exception):
    """The native reader gave up. `refusal` says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Sheet:
    sheet: CalamineSheet
    header: Header
    at: int
    """0-based rank in the workbook."""
    known: int


def read_spreadsheet(
    path: Path, form: str, *, schema: SchemaVersion, asked: Asked, errors_of: Callable[[int], Sequence[FormulaError]]
) -> RawTable | Refused:
    """The table of a workbook. `form`: XLSX, XLS, ODS. `errors_of`: formula errors of the sheet of a 0-based rank."""
    try:
        with path.open("rb") as file:
            workbook = _natively(lambda: CalamineWorkbook.from_filelike(file), form)
        chosen = _choose(workbook, form, schema, asked)
        if isinstance(chosen, Refused):
            return chosen
        return _table(chosen, form, schema, asked, errors_of(chosen.at))
    except WorkbookStopped as stopped:
        return stopped.refusal


def _natively(call: Callable[[], Result], form: str) -> Result:
    """What the native reader gives. Its panics are exceptions that derive from BaseException only."""
    try:
        return call()
    except PasswordError as error:
        refusal = unsafe("il est protégé par un mot de passe", "it is protected by a password")
        raise WorkbookStopped(refusal) from error
    except (CalamineError, ZipError, OSError, ValueError, OverflowError) as error:
        raise WorkbookStopped(refused(FindingCode.WORKBOOK_UNREADABLE, form=form)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise WorkbookStopped(refused(FindingCode.WORKBOOK_UNREADABLE, form=form)) from error


def _choose(workbook: CalamineWorkbook, form: str, schema: SchemaVersion, asked: Asked) -> _Sheet | Refused:
    best: _Sheet | None = None
    refusal = refused(FindingCode.EMPTY_FILE)
    for at, described in enumerate(workbook.sheets_metadata):
        if described.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = _natively(lambda at=at: workbook.get_sheet_by_index(at), form)  # type: ignore[misc]
        if sheet.total_height * sheet.total_width > CELLS_LIMIT:
            return too_large("une de ses feuilles a trop de cases", "one of its sheets has too many places")
        header = find_header(_first_rows(sheet), schema, pass_titles=asked.corrections)
        if isinstance(header, Refused):
            refusal = header if header.code is not FindingCode.EMPTY_FILE else refusal
            continue
        known = known_count(header.labels, schema)
        if best is None or (known > best.known and known >= KNOWN_ENOUGH):
            best = _Sheet(sheet, header, at, known)
        if known == len(schema.fields):
            break
    return best or refusal


def _first_rows(sheet: CalamineSheet) -> list[tuple[int, list[str]]]:
    rows = islice(sheet.iter_rows(), HEADER_WITHIN)
    return [(line, [text.strip() for text in _as_labels(row)]) for line, row in enumerate(rows, 1)]


def _as_labels(row: Sequence[Value]) -> list[str]:
    return [render_column([value], None)[0][0] for value in row]


def _table(chosen: _Sheet, form: str, schema: SchemaVersion, asked: Asked, errors: Sequence[FormulaError]) -> RawTable:
    sheet, header = chosen.sheet, chosen.header
    first, last = _span(sheet, header)
    labels = header.labels[first:last]
    stopped: list[Refused] = []
    left = (sheet.start or (0, 0))[1] + first
    reading = _Reading(
        sheet=sheet,
        labels=labels,
        fields=fields_of(labels, schema),
        header_line=header.line,
        first=first,
        corrections=asked.corrections,
        errors={(row, column - left): text for row, column, text in errors},
        stopped=stopped,
    )
    return RawTable(
        header=labels,
        header_line=header.line,
        batches=_batches(reading),
        sheet=sheet.name,
        renderings=list(header.above),
        faults=mojibake_of_header(labels, header.line),
        stopped=stopped,
    )


def _span(sheet: CalamineSheet, header: Header) -> tuple[int, int]:
    """The columns that have a name or a value below the header: 0-based, the end excluded."""
    used = [bool(label.strip()) for label in header.labels]
    if not (used[0] and used[-1]):
        for row in islice(sheet.iter_rows(), header.line, None):
            used = [had or value != "" for had, value in zip(used, row, strict=True)]
    return used.index(True), len(used) - used[::-1].index(True)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the rows of one sheet are read."""

    sheet: CalamineSheet
    labels: tuple[str, ...]
    fields: tuple[SchemaField | None, ...]
    header_line: int
    first: int
    """0-based column, among those of the native reader, of the first label."""
    corrections: bool
    errors: dict[tuple[int, int], str]
    """(sheet row, position) → formula error."""
    stopped: list[Refused]


def _batches(reading: _Reading) -> Iterator[Batch]:
    rows = islice(reading.sheet.iter_rows(), reading.header_line, None)
    line = reading.header_line + 1
    width = len(reading.labels)
    while not reading.stopped and (some := list(islice(rows, rows_per_batch(width)))):
        columns = list(zip(*some, strict=True))[reading.first : reading.first + width]
        yield sifted(
            _batch(columns, line, reading),
            reading.labels,
            blank_severity=Severity.INFO,
            drop_headers=reading.corrections,
            search_mojibake=True,
        )
        line += len(some)


def _batch(columns: Sequence[Sequence[Value]], line: int, reading: _Reading) -> Batch:
    """The batch that begins at `line`; cut before a cell that is too long."""
    height = len(columns[0])
    series, renderings, unlisted = [], list[Rendering](), Counter[CorrectionCode]()
    code = CorrectionCode.SPREADSHEET_CELL
    for position, values in enumerate(columns):
        texts, said = render_column(values, reading.fields[position])
        column = pl.Series(str(position), texts, dtype=pl.String)
        too_long = (column.str.len_chars() > CELL_LIMIT).arg_true()
        height = min(height, too_long[0] if len(too_long) else height)
        series.append(column)
        listed = said[:RENDERINGS_LIMIT]
        unlisted[code] += len(said) - len(listed)
        renderings += (Rendering(line + at, position, code, shown_before(values[at]), texts[at]) for at in listed)
    if height < len(columns[0]):
        limit = f"{CELL_LIMIT:_}".replace("_", " ")
        reading.stopped.append(refused(FindingCode.CELL_TOO_LONG, row=line + height, limit=limit))
    renderings = sorted((each for each in renderings if each.line < line + height), key=lambda each: each.line)
    unlisted[code] += len(renderings[RENDERINGS_LIMIT:])
    frame = pl.DataFrame(series)[:height]
    lines = pl.int_range(line, line + height, dtype=pl.Int64, eager=True)
    faults = _errors_of(frame, lines, reading)
    return Batch(lines, frame, faults, renderings[:RENDERINGS_LIMIT], unlisted)


def _errors_of(frame: pl.DataFrame, lines: pl.Series, reading: _Reading) -> list[Fault]:
    found = []
    for position, label in enumerate(reading.labels):
        column = frame.get_column(str(position))
        is_error = column.is_in(ERROR_TEXTS)
        found += [
            (line, label, text) for line, text in zip(lines.filter(is_error), column.filter(is_error), strict=True)
        ]
    if len(lines):
        first, last = lines[0], lines[-1]
        for (row, position), text in reading.errors.items():
            if first <= row <= last and 0 <= position < len(reading.labels):
                found.append((row, reading.labels[position], text))
    return [
        Fault(line, FindingCode.SPREADSHEET_ERROR, Severity.ERROR, label.strip(), text)
        for line, label, text in sorted(found)
    ]
