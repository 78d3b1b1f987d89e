"""How far the filled cells of a sheet spread, told from its XML without reading the sheet.

A native reader allocates every place between the first and the last filled cell; styled but empty cells do not count.
"""

import re
from collections.abc import Collection

import numpy as np

CELLS_LIMIT = 5_000_000
"""Places between the first and the last filled cell of one sheet: 100,000 rows of 50 columns."""

CELL = re.compile(rb"""<(?:\w+:)?c(?=[\s>/])(?:[^<>]*?\sr=["']([A-Za-z]{1,4})(\d{1,9})["'])?[^<>]*?(/?)>""")
ROW = re.compile(rb"""<(?:\w+:)?row(?=[\s>/])(?:[^<>]*?\sr=["'](\d{1,12})["'])?""")

ODS_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?=[\s>/])([^<>]*)>")
ODS_REPEATED = re.compile(rb"""table:number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,12})["']""")


def column_index(letters: bytes) -> int:
    """0-based: A → 0, XFD → 16383."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


class SheetRange:
    """The sheet of an XLSX workbook, block by block. `exact=False` counts cells that are styled but empty too: if the
    sum is still within limits, it was enough."""

    def __init__(self, *, exact: bool) -> None:
        self._exact = exact
        self._last_row = self._width = self._rows_seen = self._in_row = 0

    @property
    def cells(self) -> int:
        """Places up to the last filled cell."""
        return self._last_row * self._width

    def add(self, block: bytes) -> None:
        """Read on; no cell is cut by the end of the block."""
        usual = None if self._exact or b":c" in block else _usual_extent(block)
        if usual is not None:
            self._last_row, self._width = max(self._last_row, usual[0]), max(self._width, usual[1])
            return
        filled = [(letters, row) for letters, row, empty in CELL.findall(block) if not empty]
        placed = {letters for letters, _ in filled}
        if b"" in placed:
            self._add_unplaced(block)
            placed.discard(b"")
        self._note(placed, [row or b"0" for _, row in filled])

    def _note(self, columns: Collection[bytes], rows: Collection[bytes]) -> None:
        if columns:
            self._width = max(self._width, 1 + max(map(column_index, columns)))
            self._last_row = max(self._last_row, max(map(int, rows)))

    def _add_unplaced(self, block: bytes) -> None:
        """Cells without reference follow each other in their row."""
        for at, part in enumerate(re.split(rb"(?=<(?:\w+:)?row[\s>/])", block)):
            if row := ROW.match(part):
                self._rows_seen = max(self._rows_seen + 1, int(row.group(1) or 0))
            self._in_row = len(CELL.findall(part)) + (self._in_row if at == 0 and not row else 0)
            self._width = max(self._width, self._in_row)
        self._last_row = max(self._last_row, self._rows_seen)


def _usual_extent(block: bytes) -> tuple[int, int] | None:
    """Last row and width of cells written as spreadsheets do, reference first (`<c r="AB12"`); None for others."""
    octets = np.frombuffer(block + b" " * 20, dtype=np.uint8)
    opens = np.flatnonzero(octets == ord("<"))
    at = opens[octets[opens + 1] == ord("c")] + 2
    for expected in b' r="':
        if (octets[at] != expected).any():
            return None
        at = at + 1
    column, row = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    for _ in range(3):
        letter = octets[at]
        is_letter = (letter >= ord("A")) & (letter <= ord("Z"))
        column, at = np.where(is_letter, column * 26 + letter - 64, column), at + is_letter
    for _ in range(7):
        digit = octets[at]
        is_digit = (digit >= ord("0")) & (digit <= ord("9"))
        row, at = np.where(is_digit, row * 10 + digit - 48, row), at + is_digit
    if (octets[at] != ord('"')).any():
        return None
    return int(row.max(initial=0)), int(column.max(initial=0))


class OdsRange:
    """The sheets of an ODS workbook, block by block: rows and cells may be repeated a million times by one tag."""

    def __init__(self) -> None:
        self.cells = 0
        self._row = self._column = self._width = self._rows = 0

    def add(self, block: bytes) -> None:
        """Read on; no tag is cut by the end of the block."""
        for closing, tag, attributes in ODS_TAG.findall(block):
            repeated = ODS_REPEATED.search(attributes)
            count = int(repeated.group(1)) if repeated else 1
            if tag == b"table":
                self._row = self._column = self._width = 0
            elif tag == b"table-row" and not closing:
                self._row, self._column, self._rows = self._row + count, 0, count
            elif not closing and tag != b"table-row":
                self._column += count
                if not attributes.endswith(b"/") or b"office:value" in attributes:
                    self._width = max(self._width, self._column)
                    self.cells = max(self.cells, self._row * self._width)
