"""Workbooks looked at before a native reader opens them: a few kilobytes can make one ask for 500 GB and abort.

Every XML part is streamed once: no DTD, no lying size, a used range and lists of texts within limits. On the way,
the cells that hold a formula error are noted, since the reader gives them as empty.

    A1 and XFD1048576 filled -> refused      uniqueCount="4294967295" -> refused      styled empty cells -> nothing
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.validator.detect import Refused, refused
from services.validator.findings import FindingCode
from services.validator.readers.archive import ArchiveUnsafe, Entry, expand, is_xml, unsafe
from services.validator.readers.used_range import CELLS_LIMIT, OdsRange, SheetRange, column_index
from shared.reports.words import said

TEXTS_LIMIT = 2_000_000
"""Texts, styles… that a part may hold or announce (`uniqueCount`)."""

PART_LIMIT_BYTES, PARTS_LIMIT_BYTES = 200 << 20, 300 << 20
"""Expanded size of one part, and of all."""

TEXT_LIMIT_BYTES = 1 << 20
"""Bytes between two tags, or of one tag."""

ERRORS_KEPT = 10_000
"""Formula errors noted in a workbook; they are a few, or the sheet is no table."""

ERROR = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]*>(?:<f[^<>]*>[^<]*</f>|<f[^<>]*/>)?"""
    rb"<v>(#[^<]{1,40})</v>"
)
COUNTS = re.compile(rb"""[cC]ount\s*=\s*["'](\d{7,})["']""")


FormulaError = tuple[int, int, str]
"""1-based row, 0-based column, text."""


SHEET, RELATION = re.compile(r"<(?:\w+:)?sheet\s([^<>]*)>"), re.compile(r"<(?:\w+:)?Relationship\s([^<>]*)>")
ATTRIBUTE = re.compile(r"""(?:^|[\s:])(\w+)\s*=\s*["']([^"']*)["']""")


@dataclass(slots=True)
class Scanned:
    """What the scan of a workbook notes."""

    errors: dict[str, list[FormulaError]] = field(default_factory=dict)
    """Part → formula errors in it."""


def scan_workbook(path: Path, entries: list[Entry]) -> Scanned | Refused:
    """Look at every XML part; nothing of the workbook is kept in memory."""
    parts = [entry for entry in entries if is_xml(entry.name)]
    if sum(entry.size_bytes for entry in parts) > PARTS_LIMIT_BYTES:
        return too_large("décompressé, il dépasse 300 Mio", "expanded, it exceeds 300 MiB")
    scanned = Scanned()
    try:
        for entry in parts:
            if refusal := _refusal_of_part(path, entry, scanned):
                return refusal
    except ArchiveUnsafe as stopped:
        return stopped.refusal
    return scanned


def too_large(french: str, english: str) -> Refused:
    """The refusal of a workbook, and why."""
    return refused(FindingCode.WORKBOOK_TOO_LARGE, why=said(french, english))


def _refusal_of_part(path: Path, entry: Entry, scanned: Scanned) -> Refused | None:
    used: OdsRange | SheetRange = OdsRange() if entry.name == "content.xml" else SheetRange(exact=False)
    items = 0
    for first, block in _blocks(path, entry):
        items += block.count(b"<si")
        if refusal := _refusal_of_block(block, first, items):
            return refusal
        used.add(block)
        if b"#" in block and b"<v>#" in block:
            _note_errors(block, entry.name, scanned)
    if used.cells > CELLS_LIMIT and isinstance(used, SheetRange):
        used = SheetRange(exact=True)
        for _, block in _blocks(path, entry):
            used.add(block)
    if used.cells > CELLS_LIMIT:
        limit = f"{CELLS_LIMIT:_}"
        return too_large(
            f"ses cellules remplies s’étendent sur plus de {limit.replace('_', ' ')} cases",
            f"its filled cells spread over more than {limit.replace('_', ',')} places",
        )
    return None


def _refusal_of_block(block: bytes, first: bool, items: int) -> Refused | None:
    if first and b"\0" in block[:4]:
        return unsafe("son XML n’est pas en UTF-8", "its XML is not UTF-8")
    if b"!" in block and (b"<!DOCTYPE" in block or b"<!ENTITY" in block):
        return unsafe("son XML déclare des entités (DTD)", "its XML declares entities (DTD)")
    announced = COUNTS.findall(block) if b"ount" in block else []
    if items > TEXTS_LIMIT or any(int(count) > TEXTS_LIMIT for count in announced):
        limit = f"{TEXTS_LIMIT:_}"
        return too_large(
            f"il annonce plus de {limit.replace('_', ' ')} textes",
            f"it announces more than {limit.replace('_', ',')} texts",
        )
    return None


def _note_errors(block: bytes, name: str, scanned: Scanned) -> None:
    noted = scanned.errors.setdefault(name, [])
    for column, row, text in ERROR.findall(block):
        if len(noted) < ERRORS_KEPT:
            noted.append((int(row), column_index(column), text.decode("utf-8", "replace")))


def _blocks(path: Path, entry: Entry) -> Iterator[tuple[bool, bytes]]:
    """Pieces that end where a cell begins, or another tag: whether it is the first, and its bytes."""
    waiting, first = b"", True
    for piece in expand(path, entry, limit_bytes=PART_LIMIT_BYTES):
        waiting += piece
        cut = max(waiting.rfind(b"<c "), 0) or waiting.rfind(b"<")
        if cut > 0:
            yield first, waiting[:cut]
            waiting, first = waiting[cut:], False
        if len(waiting) > TEXT_LIMIT_BYTES + len(piece):
            raise ArchiveUnsafe(too_large("un texte y dépasse 1 Mio", "one of its texts exceeds 1 MiB"))
    yield first, waiting


def errors_by_sheet(path: Path, entries: list[Entry], scanned: Scanned) -> list[list[FormulaError]]:
    """The formula errors of each sheet, in the order of the workbook."""
    if not scanned.errors:
        return []
    book, targets = _text(path, entries, "xl/workbook.xml"), _text(path, entries, "xl/_rels/workbook.xml.rels")
    parts = {}
    for tag in RELATION.findall(targets):
        attributes = dict(ATTRIBUTE.findall(tag))
        target = attributes.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
        parts[attributes.get("Id")] = f"xl/{target}"
    sheets = [dict(ATTRIBUTE.findall(tag)) for tag in SHEET.findall(book)]
    return [scanned.errors.get(parts.get(attributes.get("id"), ""), []) for attributes in sheets]


def _text(path: Path, entries: list[Entry], name: str) -> str:
    content = b""
    for entry in entries:
        if entry.name == name:
            content = b"".join(expand(path, entry, limit_bytes=TEXT_LIMIT_BYTES))
    return content.decode("utf-8", "replace")
