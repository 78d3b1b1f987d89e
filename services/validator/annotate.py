"""The vendor's own table as a workbook, its wrong cells coloured and commented, and a sheet that lists the findings.

Every cell is text, as it was read: nothing is run as a formula or turned into a number. Written row by row, in constant
memory; a table too large is cut, and the workbook says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from services.validator.readers.table import RawTable
from shared.reports.labels import LABELS, thousands
from shared.reports.shape import SEVERITIES, FindingOut, ReportOut

ROWS_LIMIT = 50_000
CELLS_LIMIT = 2_000_000
"""What a spreadsheet opens without pain: beyond, rows are left out."""

TEXT_LIMIT = 32_767
"""Characters of a cell, by the format."""

FINDING_COLUMNS = ("severity", "row", "column", "value", "message", "expected", "how_to_mend", "suggestion", "code")
WIDTHS = (14, 8, 22, 24, 60, 36, 60, 24, 22)

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BOLD = Font(bold=True)
_TOP = Alignment(vertical="top", wrap_text=True)
_FILLS = {
    "error": PatternFill("solid", fgColor="FFC7C7"),
    "warning": PatternFill("solid", fgColor="FFE3B3"),
    "info": PatternFill("solid", fgColor="DDE6FF"),
}
_HEADER_FILL = PatternFill("solid", fgColor="E6E8F2")

Marks = Mapping[tuple[int, int], list[FindingOut]]
"""(line of the vendor's file, 0-based column of its header) → findings of that cell; column -1: of the whole line."""


def write_annotated(table: RawTable | None, report: ReportOut, path: Path) -> None:
    """Write the workbook at `path`. `table`: the file again, its rows unread, or None; `report`: in a language."""
    labels = LABELS[report.language]
    book = Workbook(write_only=True)
    data = book.create_sheet(labels["data_sheet"])
    notes = book.create_sheet(labels["findings_sheet"])
    if table is not None:
        _write_table(data, table, marks_of(report, table.header, table.header_line), report)
    else:
        data.append([_text(data, labels["unread"])])
    _write_findings(notes, report)
    book.save(path)


def marks_of(report: ReportOut, header: Sequence[str], header_line: int) -> Marks:
    """Which cells the findings speak of. A missing column is told on the header's line."""
    positions: dict[str, int] = {}
    for at, label in enumerate(header):
        positions.setdefault(label.strip(), at)
    for one in report.header.matched:
        if one.source.strip() in positions:
            positions[one.field] = positions[one.source.strip()]
    marks: dict[tuple[int, int], list[FindingOut]] = defaultdict(list)
    for finding in report.findings:
        at = -1 if finding.column is None else positions.get(finding.column, -1)
        marks[finding.row or header_line, at].append(finding)
    return marks


def _write_table(sheet: Any, table: RawTable, marks: Marks, report: ReportOut) -> None:
    labels = LABELS[report.language]
    limit = min(ROWS_LIMIT, max(1, CELLS_LIMIT // (len(table.header) + 1)))
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 9
    for at in range(len(table.header)):
        sheet.column_dimensions[get_column_letter(at + 2)].width = 20
    head = [_text(sheet, labels["row"]), *(_text(sheet, label) for label in table.header)]
    for cell in head:
        cell.font, cell.fill = _BOLD, _HEADER_FILL
    _mark_line(head, table.header_line, marks)
    sheet.append(head)
    marked = {line for line, _ in marks}
    for line, cells in _rows(table, limit):
        if line in marked:
            row = [WriteOnlyCell(sheet, line), *(_text(sheet, value) for value in cells)]
            _mark_line(row, line, marks)
            sheet.append(row)
        else:
            sheet.append([line, *(value if _is_plain(value) else _text(sheet, value) for value in cells)])
    if report.stats.rows > limit:
        note = _text(sheet, labels["rows_cut"].format(thousands(limit, report.language)))
        note.font = _BOLD
        sheet.append([note])


def _rows(table: RawTable, limit: int) -> Iterator[tuple[int, Sequence[str | None]]]:
    left = limit
    for batch in table.batches:
        yield from zip(batch.lines.head(left), batch.frame.head(left).iter_rows(), strict=True)
        left -= min(left, len(batch.lines))
        if not left:
            return


def _mark_line(row: Sequence[Any], line: int, marks: Marks) -> None:
    """Colour and comment the cells of a line; what concerns all of it goes to the line number."""
    for at, cell in enumerate(row):
        findings = marks.get((line, at - 1))
        if findings:
            worst = min((one.severity for one in findings), key=SEVERITIES.index)
            cell.fill = _FILLS[worst]
            text = "\n\n".join(f"{one.message}\n{one.how_to_mend}" for one in findings[:5])
            cell.comment = Comment(_legal(text), "Socle", height=120, width=360)


def _write_findings(sheet: Any, report: ReportOut) -> None:
    labels = LABELS[report.language]
    unlisted = sum(rule.count for rule in report.by_rule) - len(report.findings)
    first = 2 if unlisted > 0 else 1
    sheet.freeze_panes = f"A{first + 1}"
    for at, width in enumerate(WIDTHS):
        sheet.column_dimensions[get_column_letter(at + 1)].width = width
    head = [_text(sheet, labels[name]) for name in FINDING_COLUMNS]
    for cell in head:
        cell.font, cell.fill = _BOLD, _HEADER_FILL
    if unlisted > 0:  # above the findings: nobody reads to the end of thousands
        note = _text(sheet, labels["unlisted"].format(thousands(unlisted, report.language)))
        note.font = _BOLD
        sheet.append([note])
    sheet.append(head)
    for finding in report.findings:
        sheet.append([_finding_cell(sheet, finding, name, labels) for name in FINDING_COLUMNS])
    sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(FINDING_COLUMNS))}{len(report.findings) + first}"


def _finding_cell(sheet: Any, finding: FindingOut, name: str, labels: Mapping[str, str]) -> Any:
    value = getattr(finding, name)
    if name == "row":
        cell = _text(sheet, labels["whole_file"]) if value is None else WriteOnlyCell(sheet, value)
    else:
        cell = _text(sheet, labels[value] if name == "severity" else value)
    if name == "severity":
        cell.fill = _FILLS[finding.severity]
    cell.alignment = _TOP
    return cell


def _is_plain(value: str | None) -> bool:
    """Whether the writer takes a text as it is."""
    return not value or (value[0] != "=" and len(value) <= TEXT_LIMIT and _ILLEGAL.search(value) is None)


def _text(sheet: Any, value: str | None) -> Any:
    """A cell of text, whatever it looks like; None and "" are empty cells."""
    cell = WriteOnlyCell(sheet, None)
    if value:
        cell.value = _legal(value)[:TEXT_LIMIT]
        cell.data_type = "s"
    return cell


def _legal(text: str) -> str:
    """Without the characters that XML forbids."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
