"""Rows with their lines, and what stops the reading."""

import io

import pytest

from services.validator.detect import Refused
from services.validator.findings import FindingCode
from services.validator.readers.csv import CELL_LIMIT, COLUMNS_LIMIT, LINE_LIMIT, RawTable, read_csv


def table(text: str, delimiter: str = ",") -> RawTable:
    raw = read_csv(io.StringIO(text, newline=""), delimiter)
    assert isinstance(raw, RawTable)
    return raw


def stop_of(text: str) -> tuple[FindingCode, int | None]:
    raw = table(text)
    list(raw.rows)
    (stopped,) = raw.stopped
    return stopped.code, stopped.row


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str) -> None:
    raw = table(end.join(["a,b", "1,2", "3,4"]) + end)
    assert (raw.header, raw.header_line) == (("a", "b"), 1)
    assert list(raw.rows) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_a_record_has_the_line_it_begins_on() -> None:
    raw = table('a,b\n"one\ntwo",2\n3,4\n')
    assert list(raw.rows) == [(2, ["one\ntwo", "2"]), (4, ["3", "4"])]


def test_blank_lines_above_the_header_are_passed_over() -> None:
    raw = table("\n,,\na,b\n1,2\n")
    assert raw.header_line == 3
    assert list(raw.rows) == [(4, ["1", "2"])]


def test_an_unclosed_quote_does_not_swallow_the_file() -> None:
    assert stop_of('a,b\n1,2\n3,"open\n' + "5,6\n" * 10) == (FindingCode.UNCLOSED_QUOTE, 3)


def test_an_unclosed_quote_in_a_long_file_stops_at_the_size_of_a_cell() -> None:
    assert stop_of('a,b\n3,"open\n' + "5,6\n" * CELL_LIMIT) == (FindingCode.CELL_TOO_LONG, 2)


def test_text_after_a_closing_quote_is_not_guessed() -> None:
    assert stop_of('a,b\n1,2\n"3" x,4\n') == (FindingCode.MALFORMED_QUOTING, 3)


def test_rows_before_a_fault_are_kept() -> None:
    raw = table('a,b\n1,2\n"3" x,4\n')
    assert list(raw.rows) == [(2, ["1", "2"])]


def test_an_endless_line_is_never_read_whole() -> None:
    assert stop_of("a,b\n1,2\n" + "x" * (LINE_LIMIT + 1)) == (FindingCode.LINE_TOO_LONG, 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\n\n", FindingCode.EMPTY_FILE),
        (",".join(["c"] * (COLUMNS_LIMIT + 1)) + "\n", FindingCode.TOO_MANY_COLUMNS),
        ('"a,b\n', FindingCode.UNCLOSED_QUOTE),
    ],
)
def test_a_file_without_usable_header_is_refused(text: str, code: FindingCode) -> None:
    raw = read_csv(io.StringIO(text, newline=""), ",")
    assert isinstance(raw, Refused)
    assert raw.code is code
