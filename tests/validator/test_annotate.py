"""The vendor's table as an annotated workbook."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest
from reporting import a_finding, a_report

from services.validator import annotate
from services.validator.annotate import FINDING_COLUMNS, marks_of, write_annotated
from services.validator.readers.table import Batch, RawTable, frame_of
from shared.reports.reword import worded
from shared.reports.shape import MatchOut, StoredReport
from shared.reports.words import Language


def a_table(*rows: tuple[str | None, ...], header: tuple[str, ...] = ("Delib_date", "OBJET")) -> RawTable:
    """Rows on lines 2, 3…"""
    lines = pl.Series(range(2, 2 + len(rows)), dtype=pl.Int64)
    return RawTable(header, 1, iter([Batch(lines, frame_of(rows, len(header)))]))


def written(report: StoredReport, table: RawTable | None, folder: Path, language: Language = "fr") -> openpyxl.Workbook:
    path = folder / "annotated.xlsx"
    write_annotated(table, worded(report, language), path)
    return openpyxl.load_workbook(path)


@pytest.fixture
def report() -> StoredReport:
    """A date that is wrong on line 3, a warning about all of line 2, and a fault of the whole file."""
    made = a_report(
        a_finding(3),
        a_finding(2, severity="warning", code="duplicate-identity", column=None, value=None, message="en double"),
        a_finding(None, code="no-rows", column=None, value=None),
    )
    header = made.header.model_copy(
        update={"matched": [MatchOut(source="Delib_date", field="DELIB_DATE", confidence=0.9)]}
    )
    return made.model_copy(update={"header": header})


def test_wrong_cells_are_coloured_and_commented(report: StoredReport, tmp_path: Path) -> None:
    book = written(report, a_table(("2024-01-01", "x"), ("31/12/2024", "y")), tmp_path)
    sheet = book["Votre tableau"]
    assert [cell.value for cell in sheet[1]] == ["Ligne", "Delib_date", "OBJET"]
    assert [cell.value for cell in sheet[3]] == [3, "31/12/2024", "y"]
    assert sheet["B3"].fill.fgColor.rgb == "00FFC7C7"
    assert "n’est pas une date" in sheet["B3"].comment.text
    assert "2024-12-31" in sheet["B3"].comment.text
    assert sheet["B2"].comment is None
    assert sheet["A2"].fill.fgColor.rgb == "00FFE3B3"
    assert sheet["A2"].comment.text.startswith("en double")


def test_findings_are_listed_beside_the_table(report: StoredReport, tmp_path: Path) -> None:
    sheet = written(report, a_table(("a", "b")), tmp_path)["Constats"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows[0]) == len(FINDING_COLUMNS)
    assert rows[1][:4] == ("erreur", 3, "DELIB_DATE", "31/12/2024")
    assert rows[3][1] == "fichier"
    assert sheet.auto_filter.ref == "A1:I4"


def test_it_speaks_english_too(report: StoredReport, tmp_path: Path) -> None:
    book = written(report, a_table(("a", "b"), ("31/12/2024", "y")), tmp_path, "en")
    assert book.sheetnames == ["Your table", "Findings"]
    assert "is not a date" in book["Your table"]["B3"].comment.text


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "0031", "1e5", "2024-01-01", "TRUE", " x "])
def test_every_cell_is_the_text_that_was_read(text: str, tmp_path: Path) -> None:
    sheet = written(a_report(), a_table((text, None)), tmp_path)["Votre tableau"]
    assert (sheet["B2"].value, sheet["B2"].data_type) == (text, "s")
    assert sheet["C2"].value is None


def test_what_a_workbook_cannot_hold_is_replaced_or_cut(tmp_path: Path) -> None:
    nasty = a_finding(2, column="OBJET", value="a\x01b", message="\x02", how_to_mend="\ud800")
    sheet = written(a_report(nasty), a_table(("a\x00b\x0b", "x" * 40_000)), tmp_path)["Votre tableau"]
    assert sheet["B2"].value == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
    assert len(sheet["C2"].value) == annotate.TEXT_LIMIT


def test_a_long_table_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotate, "ROWS_LIMIT", 3)
    rows = [(str(number), "x") for number in range(10)]
    sheet = written(a_report(), a_table(*rows), tmp_path)["Votre tableau"]
    values = [cell.value for cell in sheet["A"]]
    assert values[:4] == ["Ligne", 2, 3, 4]
    assert values[4].startswith("Tableau coupé")
    assert len(values) == 5


def test_a_file_that_could_not_be_read_still_has_its_findings(report: StoredReport, tmp_path: Path) -> None:
    book = written(report, None, tmp_path)
    assert book["Votre tableau"]["A1"].value.startswith("Le tableau n’a pas pu être lu")
    assert book["Constats"].max_row == 4


def test_a_column_that_is_missing_marks_the_header_line(report: StoredReport) -> None:
    missing = a_report(a_finding(1, code="missing-column", column="ABSENT"), a_finding(1, column="OBJET"))
    marks = marks_of(worded(missing, "fr"), ("X", " OBJET "), 1)
    assert {place: [one.code for one in found] for place, found in marks.items()} == {
        (1, -1): ["missing-column"],
        (1, 1): ["date-format"],
    }
