"""How far filled cells spread, from the XML alone."""

import pytest
from validator.hostile.workbooks import ods_row

from services.validator.readers.used_range import OdsRange, SheetRange, column_index

USUAL = b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><v>1</v></c></row><row r="4"><c r="B4"><v>1</v></c></row>'


@pytest.mark.parametrize(("letters", "index"), [(b"A", 0), (b"Z", 25), (b"AA", 26), (b"XFD", 16_383)])
def test_columns_have_letters(letters: bytes, index: int) -> None:
    assert column_index(letters) == index


@pytest.mark.parametrize(
    ("sheet", "quick", "exact"),
    [
        (USUAL, 12, 12),
        (USUAL.replace(b"<c ", b"<x:c "), 12, 12),
        (USUAL.replace(b'r="C1"', b"\n s=\"1\"  r='C1'"), 12, 12),
        (USUAL + b'<row r="9"><c r="XFD9" s="1"/></row>', 9 * 16_384, 12),
        (b'<row r="2"><c><v>1</v></c><c/><c><v>1</v></c></row><row><c><v>1</v></c></row>', 9, 9),
        (b'<row r="1048576"/>', 0, 0),
    ],
)
def test_a_sheet_is_measured(sheet: bytes, quick: int, exact: int) -> None:
    for is_exact, cells in ((False, quick), (True, exact)):
        found = SheetRange(exact=is_exact)
        found.add(sheet)
        assert found.cells == cells


def test_repeated_but_empty_rows_of_an_ods_do_not_count() -> None:
    found = OdsRange()
    empty = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
    )
    found.add(("<table:table>" + ods_row("a", "b") + empty + "</table:table-row>").encode())
    assert found.cells == 2
    found.add(ods_row("a").encode())
    assert found.cells == 2 * 1_048_002
