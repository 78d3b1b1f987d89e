"""Counting without keeping everything."""

from services.validator.findings import FindingCode, Severity
from services.validator.tally import Tally


def test_a_row_with_several_errors_counts_once() -> None:
    tally = Tally()
    for line in (2, 2, 3):
        tally.add(FindingCode.REQUIRED_VALUE, Severity.ERROR, row=line, column="A")
    tally.add(FindingCode.REQUIRED_VALUE, Severity.WARNING, row=4, column="A")
    assert (tally.error_rows, tally.count(Severity.ERROR), tally.count(Severity.WARNING)) == (2, 3, 1)


def test_only_an_error_makes_a_file_invalid() -> None:
    tally = Tally()
    tally.add(FindingCode.BLANK_HEADER, Severity.WARNING, row=1)
    assert not tally.has_errors
    tally.add(FindingCode.EMPTY_FILE, Severity.ERROR)
    assert tally.has_errors
