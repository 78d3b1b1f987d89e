"""Old binary workbooks (XLS, BIFF8), made here: the other formats of spreadsheets are tried in `test_opening.py`."""

import datetime
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlwt
from judging import DELIBERATION, Judge, codes

DAY = xlwt.easyxf(num_format_str="DD/MM/YYYY")
COLUMNS = tuple(DELIBERATION)

Cell = str | int | float | bool | datetime.date


def xls(*sheets: tuple[str, Sequence[Sequence[Cell]]]) -> bytes:
    """A workbook of named sheets."""
    book = xlwt.Workbook()
    for name, rows in sheets:
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                style = [DAY] if isinstance(value, datetime.date) else []
                sheet.write(at, column, value, *style)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row(**cells: Cell) -> list[Cell]:
    """A délibération, some of its cells changed."""
    return [cells.get(name, DELIBERATION.get(name, "")) for name in COLUMNS]


def test_an_old_workbook_is_read_like_any_other(judge: Judge) -> None:
    found = judge(xls(("Feuil1", [COLUMNS, row(), row(DELIB_ID="b", DELIB_OBJET="Été à l’école")]))).report
    assert (found.verdict, found.input.format, found.input.sheet, found.stats.rows) == ("valid", "xls", "Feuil1", 2)
    assert found.corrections == []


def test_typed_cells_of_an_old_workbook_are_rendered_and_listed(judge: Judge) -> None:
    typed = row(COLL_SIRET=21310395500018, DELIB_DATE=datetime.date(2024, 3, 28), DELIB_MATIERE_CODE=7.5)
    found = judge(xls(("Feuil1", [COLUMNS, typed])))
    listed = [(one.row, one.column, one.before, one.after) for one in found.report.corrections]
    assert listed == [
        (2, "COLL_SIRET", "21310395500018.0", "21310395500018"),
        (2, "DELIB_DATE", "28/03/2024", "2024-03-28"),
    ]
    assert "date-format" not in codes(found)


def test_titles_and_other_sheets_of_an_old_workbook_are_passed_over(judge: Judge) -> None:
    notice = [["À lire d’abord"], ["Contact : mairie"]]
    data = [["Délibérations de la commune"], [], COLUMNS, row(DELIB_DATE="28/13/2024")]
    found = judge(xls(("Notice", notice), ("Données 2024", data))).report
    assert (found.input.sheet, found.input.header_row) == ("Données 2024", 3)
    assert [(one.row, one.column) for one in found.findings if one.severity == "error"] == [(4, "DELIB_DATE")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (xls(("Feuil1", [])), "empty-file"),
        (xls(("Feuil1", [COLUMNS])), "no-rows"),
        (xls(("Feuil1", [COLUMNS, row()]))[:3000], "workbook-unreadable"),
        (xls(("Feuil1", [COLUMNS])).replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")),
         "workbook-unreadable"),
    ],
    ids=["no cell", "header only", "cut", "another old document"],
)  # fmt: skip
def test_what_is_wrong_with_an_old_workbook_is_said(judge: Judge, content: bytes, code: str) -> None:
    assert codes(judge(content)) == {code: 1}


def test_old_workbooks_of_other_programs_are_read(official: Path, judge: Judge) -> None:
    for path in sorted((official / "frictionless-fixtures" / "data").glob("*.xls")):
        found = judge(path).report
        assert found.input.format == "xls", path
        assert found.input.sheet, path
