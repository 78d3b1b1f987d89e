"""Hostile workbooks: ranges, texts and XML that make native readers abort."""

import zipfile
from collections.abc import Callable

from validator.hostile.archives import deflated_repeats, with_entry
from validator.hostile.hostile_file import HEADER, LIMIT, ROW, Hostile, text_file
from validator.hostile.workbooks import (
    MAIN,
    SHEET_HEAD,
    SHEET_TAIL,
    XML,
    ods_parts,
    ods_row,
    sheet_of,
    xlsx,
    xlsx_parts,
    zipped,
)


def _zip(parts: dict[str, bytes | str], **options: int) -> Callable[[], bytes]:
    return lambda: zipped(parts, **options)


def _sheet(inner: str, **options: str) -> Callable[[], bytes]:
    return lambda: zipped(xlsx_parts(SHEET_HEAD + inner + SHEET_TAIL, **options))


def _spread_workbook() -> bytes:
    return zipped(
        xlsx_parts(
            SHEET_HEAD
            + '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            + SHEET_TAIL
        )
    )


def _unplaced_spread() -> bytes:
    cells = "<c><v>1</v></c>" * 16_384
    return zipped(xlsx_parts(f'{SHEET_HEAD}<row r="1">{cells}</row><row r="1048576"><c><v>1</v></c></row>{SHEET_TAIL}'))


def _unique_count(count: str, items: str = "<si><t>a</t></si>") -> bytes:
    texts = f'{XML}<sst xmlns="{MAIN}" uniqueCount="{count}">{items}</sst>'
    sheet = SHEET_HEAD + '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + SHEET_TAIL
    return zipped(xlsx_parts(sheet, texts=texts))


def _repeated_text() -> bytes:
    """200,000 cells that refer to one text of 32 KB."""
    texts = f'{XML}<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200_001))
    return zipped(xlsx_parts(SHEET_HEAD + rows + SHEET_TAIL, texts=texts))


def _xml_bomb(name: str) -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]><x>&a9;</x>'
    return zipped({**xlsx_parts(sheet_of(HEADER, ROW)), name: XML + bomb})


def _external_entity() -> bytes:
    sheet = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{sheet_of(HEADER, ("&e;",))}'
    return zipped(xlsx_parts(XML + sheet))


def _dense_sheet() -> bytes:
    packed, size = deflated_repeats(b'<c r="A1"/>' * 95_000, 60)
    parts = xlsx_parts(b"@" * 64)
    content = zipped(parts, method=zipfile.ZIP_STORED)
    return with_entry(content, b"@" * 64, packed, size)


BOOKS: dict[str, Hostile] = {
    "A1 and XFD1048576": Hostile(_spread_workbook, ("workbook-too-large",)),
    "A1 and XFD1048576 without references": Hostile(_unplaced_spread, ("workbook-too-large",)),
    "a uniqueCount of 4 billion": Hostile(lambda: _unique_count("4294967295"), ("workbook-too-large",)),
    "a uniqueCount of 30 digits": Hostile(lambda: _unique_count("9" * 30), ("workbook-too-large",)),
    "three million shared texts": Hostile(
        lambda: _unique_count("1", "<si/>" * 3_000_000),
        ("archive-unsafe", "workbook-too-large", "workbook-unreadable", "no-rows", "empty-file"),
    ),
    "a text of 32 KB in 200,000 cells": Hostile(_repeated_text, ("no-known-column", "file-too-complex", LIMIT)),
    "an XML bomb in a sheet": Hostile(lambda: _xml_bomb("xl/worksheets/sheet1.xml"), ("archive-unsafe",)),
    "an XML bomb in the texts": Hostile(lambda: _xml_bomb("xl/sharedStrings.xml"), ("archive-unsafe",)),
    "an external entity": Hostile(_external_entity, ("archive-unsafe",)),
    "a sheet that grows 900 times": Hostile(_dense_sheet, ("archive-unsafe",)),
    "a workbook in UTF-16": Hostile(
        lambda: zipped(xlsx_parts(sheet_of(HEADER, ROW).encode("utf-16"))), ("archive-unsafe",)
    ),
    "a workbook without its sheet": Hostile(
        lambda: zipped({k: v for k, v in xlsx_parts("").items() if "sheet1" not in k}), ("workbook-unreadable",)
    ),
    "a workbook without workbook": Hostile(
        lambda: zipped({k: v for k, v in xlsx_parts(sheet_of(HEADER)).items() if k != "xl/workbook.xml"}),
        ("unsupported-format",),
    ),
    "a workbook cut in the XML": Hostile(
        lambda: zipped(xlsx_parts(sheet_of(HEADER, ROW)[:-60])), ("workbook-unreadable", "no-rows", "valid")
    ),
    "a workbook of bad references": Hostile(
        _sheet('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'),
        ("workbook-unreadable", "workbook-too-large", "no-known-column"),
    ),
    "a workbook of negative texts": Hostile(
        _sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), ("workbook-unreadable", "empty-file")
    ),
    "a workbook of a long text": Hostile(lambda: xlsx(HEADER, (*ROW[:-1], "x" * 100_000)), ("cell-too-long",)),
    "a workbook of a 2 MB text": Hostile(lambda: xlsx(HEADER, (*ROW[:-1], "x" * 5_000_000)), ("workbook-too-large",)),
    "a binary workbook": Hostile(_zip({"xl/workbook.bin": b"x", "[Content_Types].xml": "x"}), ("unsupported-format",)),
    "a text document": Hostile(_zip({"word/document.xml": "x", "[Content_Types].xml": "x"}), ("unsupported-format",)),
    "an old workbook of garbage": Hostile(
        text_file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40), ("workbook-unreadable",)
    ),
    "an old workbook of nothing": Hostile(text_file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("workbook-unreadable",)),
    "an ODS of a billion cells": Hostile(
        lambda: zipped(ods_parts(ods_row("x", attributes='table:number-rows-repeated="1000000000"'))),
        ("workbook-too-large",),
    ),
    "an ODS of 16 million cells": Hostile(
        lambda: zipped(
            ods_parts(
                '<table:table-row table:number-rows-repeated="1000"><table:table-cell office:value-type="float" '
                'office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
            )
        ),
        ("workbook-too-large",),
    ),
    "an ODS entity": Hostile(
        lambda: zipped(ods_parts(ods_row("&e;")) | {"meta.xml": '<!DOCTYPE x [<!ENTITY e "x">]><x/>'}),
        ("archive-unsafe",),
    ),
}
