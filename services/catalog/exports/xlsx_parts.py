"""The parts of a spreadsheet that do not depend on its rows (ECMA-376, part 1)."""

PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

FORMATS = "http://schemas.openxmlformats.org"
MAIN = f"{FORMATS}/spreadsheetml/2006/main"
RELATIONS = f"{FORMATS}/officeDocument/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"

HEADER_STYLE, DATE_STYLE, WHOLE_STYLE = 1, 2, 3
"""Places in `cellXfs`; numbers with 1, 2… decimals follow those without."""

MAX_SCALE = 15
"""Decimals that a cell may show."""

_FIRST_FORMAT = 164
"""Lower numbers are the standard's own formats."""


def _styles() -> str:
    shown = ["yyyy-mm-dd", "0", *(f"0.{'0' * scale}" for scale in range(1, MAX_SCALE + 1))]
    formats = "".join(
        f'<numFmt numFmtId="{_FIRST_FORMAT + rank}" formatCode="{one}"/>' for rank, one in enumerate(shown)
    )
    cells = "".join(
        f'<xf numFmtId="{_FIRST_FORMAT + rank}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for rank in range(len(shown))
    )
    plain = 'numFmtId="0" fillId="0" borderId="0"'
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(shown)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf {plain} fontId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(shown) + 2}"><xf {plain} fontId="0" xfId="0"/>'
        f'<xf {plain} fontId="1" xfId="0" applyFont="1"/>{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{rank}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for rank, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{FORMATS}/package/2006/relationships">{entries}</Relationships>'


PARTS = {
    "[Content_Types].xml": PROLOGUE + f'<Types xmlns="{FORMATS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{CONTENT}.styles+xml"/></Types>',
    "_rels/.rels": PROLOGUE + _relations(("officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": PROLOGUE + f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="donnees" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": PROLOGUE
    + _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
    "xl/styles.xml": PROLOGUE + _styles(),
}

SHEET = (
    (
        f'{PROLOGUE}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        "<sheetData>\n"
    ).encode(),
    b"</sheetData></worksheet>\n",
)
"""Before and after the rows; the header line stays in sight."""
