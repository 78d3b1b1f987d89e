"""Any format, told from its bytes, gives the same table."""

import datetime
import gzip
import io
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import zstandard
from judging import DELIBERATION, deliberation_file
from validator.hostile.workbooks import column_name, ods, ods_parts, ods_row, sheet_of, xlsx, xlsx_parts, zipped

from services.validator.detect import Refused
from services.validator.findings import CorrectionCode, FindingCode
from services.validator.readers.opening import open_table
from services.validator.readers.table import Asked, Origin, RawTable, Rendering
from shared.registry import load_registry

REGISTRY = load_registry()
HEADER, ROW = tuple(DELIBERATION), tuple(DELIBERATION.values())
TEXT = deliberation_file({}).encode()


@dataclass
class Whole:
    """All that was read of a table."""

    origin: Origin
    sheet: str | None
    header: tuple[str, ...]
    header_line: int
    lines: list[int]
    rows: list[tuple[str | None, ...]]
    codes: list[FindingCode]
    renderings: list[Rendering]


def read(path: Path, folder: Path, schema: str = "scdl/deliberations") -> Whole | Refused:
    with open_table(path, schema=REGISTRY.get(schema), asked=Asked(), folder=folder) as opened:
        table = opened.table
        if isinstance(table, Refused):
            return table
        assert opened.origin is not None
        found = Whole(opened.origin, table.sheet, table.header, table.header_line, [], [], [], list(table.renderings))
        for batch in table.batches:
            found.lines += batch.lines.to_list()
            found.rows += batch.frame.rows()
            found.codes += [fault.code for fault in batch.faults]
            found.renderings += batch.renderings
        assert not table.stopped
        assert isinstance(table, RawTable)
    assert not (folder / "expanded").exists()
    return found


def table_of(content: bytes, folder: Path, schema: str = "scdl/deliberations") -> Whole:
    path = folder / "raw"
    path.write_bytes(content)
    found = read(path, folder, schema)
    assert isinstance(found, Whole), found
    return found


def parquet_of(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


FORMATS = {
    "csv": (TEXT, Origin("csv", "utf-8", ",")),
    "gzip": (gzip.compress(TEXT), Origin("csv", "utf-8", ",", "gzip")),
    "two gzip members": (gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:]), Origin("csv", "utf-8", ",", "gzip")),
    "zstd": (zstandard.compress(TEXT), Origin("csv", "utf-8", ",", "zstd")),
    "zip": (
        zipped({"LISEZMOI.md": "x", "données/a.csv": TEXT, "__MACOSX/a.csv": "x"}),
        Origin("csv", "utf-8", ",", "zip"),
    ),
    "xlsx": (xlsx(HEADER, ROW), Origin("xlsx")),
    "zipped xlsx": (zipped({"a.xlsx": xlsx(HEADER, ROW)}), Origin("xlsx", compression="zip")),
    "ods": (ods(HEADER, ROW), Origin("ods")),
    "json": (json.dumps([DELIBERATION]).encode(), Origin("json", "utf-8")),
    "indented json": (json.dumps([DELIBERATION], indent=2).encode(), Origin("json", "utf-8")),
    "json with a mark": (json.dumps([DELIBERATION]).encode("utf-8-sig"), Origin("json", "utf-8-sig")),
    "ndjson": ((json.dumps(DELIBERATION) + "\n").encode() * 2, Origin("ndjson", "utf-8")),
    "ndjson of one line": (json.dumps(DELIBERATION).encode() + b"\n", Origin("ndjson", "utf-8")),
    "gzipped ndjson": (
        gzip.compress((json.dumps(DELIBERATION) + "\n").encode() * 2),
        Origin("ndjson", "utf-8", None, "gzip"),
    ),
    "parquet": (parquet_of(pl.DataFrame([DELIBERATION])), Origin("parquet")),
}


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_gives_the_same_table(tmp_path: Path, name: str) -> None:
    content, origin = FORMATS[name]
    found = table_of(content, tmp_path)
    assert (found.origin, found.header, found.rows[0]) == (origin, HEADER, ROW)
    assert (found.codes, found.renderings) == ([], [])


def numbered(*cells: str) -> str:
    """A sheet whose first line is `HEADER`, its second these cells, in XML."""
    tags = "".join(cell.replace("@", f"{column_name(at)}2") for at, cell in enumerate(cells))
    return sheet_of(HEADER).replace("</sheetData>", f'<row r="2">{tags}</row></sheetData>')


def test_typed_cells_are_rendered_as_their_field_needs(tmp_path: Path) -> None:
    sheet = numbered(
        '<c r="@" t="str"><v>Muret</v></c>',
        '<c r="@"><v>21310395500018</v></c>',
        '<c r="@"><v>12</v></c>',
        '<c r="@" t="str"><v>2024-01-02</v></c>',
        '<c r="@"><v>7.5</v></c>',
        '<c r="@" t="b"><v>1</v></c>',
        '<c r="@"><v>1.2345E+20</v></c>',
    )
    found = table_of(zipped(xlsx_parts(sheet)), tmp_path)
    assert found.rows == [("Muret", "21310395500018", "12", "2024-01-02", "7.5", "true", "1.234500e+20")]
    assert [(each.position, each.before, each.after) for each in found.renderings] == [
        (1, "21310395500018.0", "21310395500018"),
        (5, "VRAI", "true"),
        (6, "1.2345e+20", "1.234500e+20"),
    ]
    assert {each.code for each in found.renderings} == {CorrectionCode.SPREADSHEET_CELL}


def test_formula_errors_are_found(tmp_path: Path) -> None:
    sheet = numbered('<c r="@" t="str"><v>Muret</v></c>', '<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    found = table_of(zipped(xlsx_parts(sheet)), tmp_path)
    assert (found.codes, found.rows[0][:2]) == ([FindingCode.SPREADSHEET_ERROR], ("Muret", ""))
    assert table_of(ods(HEADER, ("#REF!", *ROW[1:])), tmp_path).codes == [FindingCode.SPREADSHEET_ERROR]


def test_titles_and_empty_rows_of_a_sheet_are_passed_over(tmp_path: Path) -> None:
    title = ods_row("Délibérations 2024") + ods_row("") + ods_row(*HEADER) + ods_row(*ROW)
    rows = title + ods_row(*[""] * 7, attributes='table:number-rows-repeated="3"') + ods_row(*ROW)
    found = table_of(zipped(ods_parts(rows)), tmp_path)
    assert (found.header, found.header_line, found.lines) == (HEADER, 3, [4, 8])
    assert [each.code for each in found.renderings] == [CorrectionCode.LINES_ABOVE_HEADER]
    assert found.codes == [FindingCode.BLANK_ROW] * 3


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b'{"COLL_NOM": "a"}\n\n{"COLL_NOM": b}\n')
    found = read(path, tmp_path, "scdl/deliberations")
    assert isinstance(found, Refused)
    assert (found.code, found.row) == (FindingCode.JSON_INVALID, 3)


def test_numbers_of_json_keep_their_digits(tmp_path: Path) -> None:
    content = '[{"COLL_NOM": 12.50, "lots": [1, {"a": 2.0}], "COLL_SIRET": null}, {"DELIB_ID": true, "COLL_NOM": 1e3}]'
    found = table_of(content.encode(), tmp_path)
    assert found.header == ("COLL_NOM", "lots", "COLL_SIRET", "DELIB_ID")
    assert found.rows == [("12.50", '[1,{"a":2.0}]', "", None), ("1e3", None, None, "true")]


def test_lost_zeros_come_back_when_nothing_else_is_possible(tmp_path: Path) -> None:
    found = table_of(b'[{"COLL_INSEE": 1001}]', tmp_path, "scdl/prenoms")
    assert found.rows == [("01001",)]
    assert [(each.before, each.after) for each in found.renderings] == [("1001", "01001")]
    frame = pl.DataFrame({"COLL_INSEE": [1001, 31395, None]})
    assert table_of(parquet_of(frame), tmp_path, "scdl/prenoms").rows == [("01001",), ("31395",)]
    assert table_of(b'[{"COLL_INSEE": 101}]', tmp_path, "scdl/prenoms").rows == [("101",)]


def test_types_of_parquet_are_written_as_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [7, None], "b": [8.0, 8.5], "c": [True, False], "d": ["x", None]}).with_columns(
        pl.lit("2017-10-15").str.to_datetime().alias("e"), pl.lit("2017-10-15").str.to_date().alias("f")
    )
    assert table_of(parquet_of(frame), tmp_path).rows == [
        ("7", "8", "true", "x", "2017-10-15", "2017-10-15"),
        ("", "8.5", "false", "", "2017-10-15", "2017-10-15"),
    ]


def test_nested_values_of_parquet_are_written_as_json(tmp_path: Path) -> None:
    day = datetime.date(2024, 3, 1)
    frame = pl.DataFrame({"a": [["é", None], None], "b": [{"x": 1.5, "jours": [day]}, {"x": None, "jours": []}]})
    assert table_of(parquet_of(frame), tmp_path).rows == [
        ('["é",null]', '{"x":1.5,"jours":["2024-03-01"]}'),
        ("", '{"x":null,"jours":[]}'),
    ]


def test_notices_beside_a_table_are_passed_over(tmp_path: Path) -> None:
    files = {"export/actes.csv": TEXT, "export/LISEZMOI.txt": b"Export", "licence-ouverte.txt": b"x", "doc.pdf": b"x"}
    assert table_of(zipped(files), tmp_path).rows == [ROW]


def test_the_tables_of_an_archive_are_named(tmp_path: Path) -> None:
    path = tmp_path / "raw"
    path.write_bytes(zipped({"2023.csv": TEXT, "2024.csv": TEXT}))
    found = read(path, tmp_path)
    assert isinstance(found, Refused)
    assert found.details["held"]["fr"] == "2 tableaux (2023.csv, 2024.csv)"


def test_a_procurement_tree_gives_a_row_per_contract_and_holder(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "files" / "decp.json"
    found = read(path, tmp_path, "decp/marches")
    assert isinstance(found, Whole)
    rows = [dict(zip(found.header, row, strict=True)) for row in found.rows]
    assert [(row["id"], row["titulaire_id"], row["acheteur_id"]) for row in rows] == [
        ("2024M0003", "99990300800012", "20006864100014"),
        ("2024M0003", "99990301600015", "20006864100014"),
        ("2024C0001", "99990302400019", "20006864100014"),
    ]
    assert (rows[0]["techniques"], rows[0]["montant"], rows[0]["marcheInnovant"]) == (
        '["Sans objet"]',
        "963000.4",
        "false",
    )
    assert (rows[2]["dateSignature"], rows[2]["dateNotification"]) == ("2024-06-20", "2024-06-20")
    assert [each.code for each in found.renderings] == [CorrectionCode.CONCESSION_DATE]


SCHEMAS = {
    "deliberations": "scdl/deliberations",
    "subventions": "scdl/subventions",
    "equipements": "scdl/equipements",
    "marches-publics": "decp/marches",
}

OFFICIAL = {
    "_derived/deliberations/data_on_second_sheet.xlsx": ("données", 1, 3),
    "_derived/deliberations/typed_cells.xlsx": ("Sheet", 1, 3),
    "_derived/deliberations/valid_text.xlsx": ("Sheet", 1, 3),
    "dae/validata_dae_test.xlsx": ("Feuille1", 1, 1),
    "deliberations/altervilles_modele.xlsx": ("sql_statement", 1, 136),
    "equipements/futurocite_equipements_gabarit.xlsx": ("Feuil1", 1, 0),
    "marches-publics/decp-tabulaire_exemple-valide.ods": ("exemple-valide", 1, 4),
    "marches-publics/decp-tabulaire_exemple-valide.xlsx": ("Sheet1", 1, 4),
    "marches-publics/decp_concessions.json": (None, 1, 4),
    "marches-publics/decp_concessions_avec_modifications.json": (None, 1, 4),
    "marches-publics/decp_marches_avec_modifications.json": (None, 1, 2),
    "marches-publics/decp_marches_concessions.json": (None, 1, 6),
    "marches-publics/mormal_marches_2015.xlsx": ("Problemes", 1, 33),
    "marches-publics/mormal_marches_2016.xlsx": ("Problemes", 1, 58),
    "subventions/datasubvention-api_SCDL.xlsx": ("Du 01-01-2023 au 30-06-2023", 4, 10),
}
"""File → sheet, line of the header, rows."""


@pytest.mark.parametrize("name", list(OFFICIAL))
def test_an_official_file_is_read(official: Path, tmp_path: Path, name: str) -> None:
    path = official / "scdl" / "files" / name
    schema = SCHEMAS.get(path.parent.name, "scdl/deliberations")
    found = read(path, tmp_path, schema)
    assert isinstance(found, Whole)
    assert (found.sheet, found.header_line, len(found.rows)) == OFFICIAL[name]


def test_every_other_official_document_is_read_or_refused_for_a_reason(official: Path, tmp_path: Path) -> None:
    wanted = {".json": FindingCode.DECP_OLD_FORM, ".xml": FindingCode.UNSUPPORTED_FORMAT}
    for path in sorted((official / "scdl" / "files").rglob("*")):
        if path.suffix in (".xlsx", ".ods", ".json", ".xml"):
            found = read(path, tmp_path, SCHEMAS.get(path.parent.name, "scdl/deliberations"))
            assert isinstance(found, Whole) or found.code is wanted[path.suffix], path.name


def test_the_official_utf_16_file_is_refused_where_it_is_not(official: Path, tmp_path: Path) -> None:
    path = official / "scdl/files/menus-collectifs/validata_mini-menus-collectifs_invalide.utf-16.csv"
    found = read(path, tmp_path)
    assert isinstance(found, Refused)
    assert (found.code, found.row) == (FindingCode.ENCODING_INVALID, 2)
