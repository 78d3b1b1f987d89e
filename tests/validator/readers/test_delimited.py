"""CSV by blocks: what Polars reads of a proven block is what `csv` reads, wherever blocks end."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.validator.checks.chunk import Fault
from services.validator.detect import Detected, Refused, detect
from services.validator.findings import CorrectionCode, FindingCode
from services.validator.readers.delimited import read_delimited
from services.validator.readers.strict import CELL_LIMIT
from services.validator.readers.table import Asked, RawTable, Rendering
from services.validator.readers.text import RECORD_LIMIT
from shared.registry import load_registry

REGISTRY = load_registry()
SCHEMA = REGISTRY.get("scdl/deliberations")
HEADER = "COLL_NOM,COLL_SIRET,DELIB_ID"
REPAIRED, AS_SENT = Asked(), Asked(corrections=False)


@dataclass
class Whole:
    """All that was read of a table."""

    header: tuple[str, ...]
    header_line: int
    rows: list[tuple[int, tuple[str | None, ...]]]
    faults: list[Fault]
    renderings: list[Rendering]
    stopped: list[Refused]


def read(
    content: bytes | str,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    asked: Asked = REPAIRED,
    try_simple: bool = True,
    block_bytes: int = 1 << 20,
) -> Whole | Refused:
    file = io.BytesIO(content.encode(encoding) if isinstance(content, str) else content)
    table = read_delimited(
        file, Detected(encoding, delimiter), schema=SCHEMA, asked=asked, try_simple=try_simple, block_bytes=block_bytes
    )
    return whole(table) if isinstance(table, RawTable) else table


def whole(table: RawTable) -> Whole:
    found = Whole(table.header, table.header_line, [], list(table.faults), list(table.renderings), table.stopped)
    for batch in table.batches:
        assert batch.frame.columns == [str(at) for at in range(len(table.header))]
        found.rows += zip(batch.lines, batch.frame.rows(), strict=True)
        found.faults += batch.faults
        found.renderings += batch.renderings
    found.faults.sort(key=lambda fault: fault.line)
    return found


def table_of(content: bytes | str, **options: object) -> Whole:
    found = read(content, **options)  # type: ignore[arg-type]  # passed on as they are
    assert isinstance(found, Whole)
    return found


CELL = st.text(alphabet=st.sampled_from(list('ab é,;"\n\r\t\N{LINE SEPARATOR}\x0bÃ©')), max_size=6)
SOUP = st.text(alphabet=st.sampled_from(list('a,,,"""\n\n\n\ré ')), max_size=60)


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    block_bytes=st.integers(8, 200),
    corrections=st.booleans(),
)
def test_written_rows_are_read_the_same_both_ways(
    rows: list[list[str]], end: str, quoting: int, block_bytes: int, corrections: bool
) -> None:
    file = io.StringIO(newline="")
    file.write(HEADER + end)
    csv.writer(file, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    asked = Asked(corrections=corrections)
    reference = read(file.getvalue(), try_simple=False, asked=asked)
    assert read(file.getvalue(), block_bytes=block_bytes, asked=asked) == reference
    assert isinstance(reference, Whole)
    if quoting == csv.QUOTE_ALL:  # a minimal writer leaves a lone CR bare
        assert [list(cells) for _, cells in reference.rows] == [row for row in rows if any(row)]


@settings(max_examples=1500, deadline=None)
@given(soup=SOUP, block_bytes=st.integers(4, 80), corrections=st.booleans())
@example(soup='a,b,"c\n', block_bytes=8, corrections=True)
@example(soup='"a""b","\n",""\r\n,,\r\n', block_bytes=8, corrections=True)
def test_any_text_is_read_the_same_both_ways(soup: str, block_bytes: int, corrections: bool) -> None:
    asked = Asked(corrections=corrections)
    content = HEADER + "\n" + soup
    assert read(content, block_bytes=block_bytes, asked=asked) == read(content, try_simple=False, asked=asked)


@pytest.mark.parametrize("try_simple", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str, try_simple: bool) -> None:
    found = table_of(end.join([HEADER, "1,2,3", "4,5,6"]) + end, try_simple=try_simple)
    assert found.rows == [(2, ("1", "2", "3")), (3, ("4", "5", "6"))]


def test_line_ends_may_be_mixed() -> None:
    assert [line for line, _ in table_of(HEADER + "\r\n1,2,3\n4,5,6\r7,8,9\r\n").rows] == [2, 3, 4]


def test_a_record_has_the_line_it_begins_on() -> None:
    found = table_of(HEADER + '\n"one\ntwo",2,3\n4,5,6\n')
    assert found.rows == [(2, ("one\ntwo", "2", "3")), (4, ("4", "5", "6"))]


def test_ragged_rows_are_evened_and_said() -> None:
    found = table_of(HEADER + "\n1,2\n1,2,3,4\n\n,,\n5,6,7\n")
    assert found.rows == [(2, ("1", "2", None)), (3, ("1", "2", "3")), (6, ("5", "6", "7"))]
    assert [(fault.line, fault.code, fault.column) for fault in found.faults] == [
        (2, FindingCode.MISSING_CELL, "DELIB_ID"),
        (3, FindingCode.EXTRA_CELL, None),
        (4, FindingCode.BLANK_ROW, None),
        (5, FindingCode.BLANK_ROW, None),
    ]


TITLED = "Délibérations de Muret,,\n\nPériode,2024,\n" + HEADER + "\nMuret,1,2\n"


def test_the_header_is_the_line_that_knows_the_schema() -> None:
    found = table_of(TITLED)
    assert (found.header_line, found.rows) == (4, [(5, ("Muret", "1", "2"))])
    (above,) = found.renderings
    assert above == (1, None, CorrectionCode.LINES_ABOVE_HEADER, "Délibérations de Muret / Période 2024", None)


def test_without_corrections_the_first_written_line_is_the_header() -> None:
    found = table_of(TITLED, asked=AS_SENT)
    assert (found.header_line, found.header[0]) == (1, "Délibérations de Muret")
    assert len(found.rows) == 3


def test_a_line_of_unknown_names_is_still_the_header() -> None:
    assert table_of("a,b,c\n1,2,3\n").header == ("a", "b", "c")


def test_empty_columns_at_the_end_are_dropped_and_said() -> None:
    found = table_of(HEADER + ",,\n1,2,3,,\n4,5,6\n7,8,9,,,x\n")
    assert found.header == tuple(HEADER.split(","))
    assert found.rows == [(2, ("1", "2", "3")), (3, ("4", "5", "6")), (4, ("7", "8", "9"))]
    assert [rendering.before for rendering in found.renderings] == ["2"]
    assert [(fault.line, fault.value) for fault in found.faults] == [(4, "x")]


def test_a_nameless_column_with_a_value_stays() -> None:
    found = table_of(HEADER + ",,\n1,2,3,,\n4,5,6,x,\n")
    assert found.header == (*HEADER.split(","), "")
    assert len(table_of(HEADER + ",,\n1,2,3,,\n", asked=AS_SENT).header) == 5


@pytest.mark.parametrize("try_simple", [True, False])
def test_a_repeated_header_is_left_out_and_listed(try_simple: bool) -> None:
    found = table_of(HEADER + f"\n1,2,3\n{HEADER}\n4,5,6\n", try_simple=try_simple)
    assert [line for line, _ in found.rows] == [2, 4]
    assert [(each.line, each.code) for each in found.renderings] == [(3, CorrectionCode.REPEATED_HEADER)]


@pytest.mark.parametrize("text", ["DÃ©libÃ©ration", "lâ€™Ã©cole", "Ã\xa0 l'Europe", "cÅ“ur", "Â« aide Â»", "NÂ°"])
def test_mojibake_is_warned_of_cell_by_cell(text: str) -> None:
    found = table_of(HEADER + f"\n{text},2,3\nMuret,{text},3\n")
    assert [(fault.line, fault.code, fault.column) for fault in found.faults] == [
        (2, FindingCode.MOJIBAKE, "COLL_NOM"),
        (3, FindingCode.MOJIBAKE, "COLL_SIRET"),
    ]


@pytest.mark.parametrize("text", ["SÃO TOMÉ", "ÂGE", "naïf", "Île Â", "Å", "« à »", "âgé", "l’œuvre", "ﬁn"])
def test_sound_text_is_not_mojibake(text: str) -> None:
    assert table_of(HEADER + f"\n{text},2,3\n").faults == []


def test_a_label_may_be_mojibake() -> None:
    assert [fault.code for fault in table_of(HEADER + ",DÃ©but\n1,2,3,4\n").faults] == [FindingCode.MOJIBAKE]


def stop_of(content: str) -> tuple[FindingCode, int | None]:
    found = table_of(content)
    return found.stopped[0].code, found.stopped[0].row


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ('1,2,3\n3,"open,\n' + "5,6,7\n" * 10, FindingCode.UNCLOSED_QUOTE, 3),
        ('3,"open,\n' + "5,6,7\n" * CELL_LIMIT, FindingCode.CELL_TOO_LONG, 2),
        ('1,2,3\n"3" x,4,5\n', FindingCode.MALFORMED_QUOTING, 3),
        ("1,2,3\n" + "x" * (RECORD_LIMIT + 1), FindingCode.LINE_TOO_LONG, 3),
        ("1,2,3\n" + '"\n",' * (RECORD_LIMIT // 2), FindingCode.LINE_TOO_LONG, 3),
    ],
)
def test_reading_stops_where_the_rest_is_unreliable(rows: str, code: FindingCode, line: int) -> None:
    assert stop_of(HEADER + "\n" + rows) == (code, line)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("\n\n", FindingCode.EMPTY_FILE),
        (",".join(["c"] * 501) + "\n", FindingCode.TOO_MANY_COLUMNS),
        ('"a,b\n', FindingCode.UNCLOSED_QUOTE),
    ],
)
def test_a_file_without_usable_header_is_refused(content: str, code: FindingCode) -> None:
    found = read(content)
    assert isinstance(found, Refused)
    assert found.code is code


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac-roman"])
@pytest.mark.parametrize("block_bytes", [7, 1 << 20])
def test_every_encoding_is_read_by_blocks(encoding: str, block_bytes: int) -> None:
    content = (HEADER + "\n" + "École,é,à\n" * 30).encode(encoding)
    assert [cells for _, cells in table_of(content, encoding=encoding, block_bytes=block_bytes).rows] == [
        ("École", "é", "à")
    ] * 30


def test_every_file_of_csv_spectrum_is_read(official: Path) -> None:
    folder = official / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        if path.stem == "location_coordinates":  # the collection's own answer has another telephone number
            continue
        answer = (folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8")
        expected = json.loads(answer.replace("\\r\\n", "\\n"))  # no file of the copy has a CRLF
        for try_simple in (True, False):
            found = table_of(path.read_bytes(), try_simple=try_simple, asked=AS_SENT)
            assert [dict(zip(found.header, cells, strict=True)) for _, cells in found.rows] == expected, path.name


def test_official_files_are_read_the_same_both_ways(official: Path) -> None:
    schemas = [SCHEMA, REGISTRY.get("etalab/schema-bal")]
    compared = 0
    for path in sorted((official / "scdl" / "files").rglob("*.csv")):
        found = detect(path, declared_charset=None, names=schemas[0].field_names)
        if isinstance(found, Refused):
            continue
        tables = []
        for try_simple in (True, False):
            with path.open("rb") as file:
                table = read_delimited(
                    file, found, schema=schemas[compared % 2], asked=Asked(), try_simple=try_simple, block_bytes=1 << 16
                )
                tables.append(whole(table) if isinstance(table, RawTable) else table)
        assert tables[0] == tables[1], path.name
        compared += 1
    assert compared > 100
