"""Workbooks made by hand, part by part, so that each can lie where a test wants it to."""

import io
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_TAIL = "</sheetData></worksheet>"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def xlsx_parts(sheet: bytes | str, *, texts: str | None = None) -> dict[str, bytes | str]:
    """The parts of a workbook with one sheet; `texts`: its shared strings."""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    shared = f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>' if texts else ""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{RELATIONS}"><sheets><sheet name="Feuille" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{XML}<Relationships "
        f'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>{shared}'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    if texts is not None:
        parts["xl/sharedStrings.xml"] = texts
    return parts


def sheet_of(*rows: Sequence[str], first_row: int = 1) -> str:
    """The XML of a sheet of texts."""
    lines = []
    for at, row in enumerate(rows, first_row):
        cells = "".join(
            f'<c r="{column_name(column)}{at}" t="inlineStr"><is><t>{text}</t></is></c>'
            for column, text in enumerate(row)
        )
        lines.append(f'<row r="{at}">{cells}</row>')
    return SHEET_HEAD + "".join(lines) + SHEET_TAIL


def column_name(index: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    while index >= 0:
        name = chr(65 + index % 26) + name
        index = index // 26 - 1
    return name


def xlsx(*rows: Sequence[str]) -> bytes:
    """A sound workbook of texts."""
    return zipped(xlsx_parts(sheet_of(*rows)))


def ods_parts(table: str) -> dict[str, bytes | str]:
    """The parts of an ODS document; `table`: its rows."""
    namespace = "urn:oasis:names:tc:opendocument:xmlns"
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f'{XML}<office:document-content xmlns:office="{namespace}:office:1.0" '
        f'xmlns:table="{namespace}:table:1.0" xmlns:text="{namespace}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Feuille">{table}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": f'{XML}<manifest:manifest xmlns:manifest="{namespace}:manifest:1.0"/>',
    }


def ods_row(*texts: str, attributes: str = "") -> str:
    """A row of texts."""
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
    )
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def ods(*rows: Sequence[str]) -> bytes:
    """A sound ODS document of texts."""
    return zipped(ods_parts("".join(ods_row(*row) for row in rows)))
