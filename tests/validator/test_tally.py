"""Counting without keeping everything."""

import numpy as np

from services.validator.checks.chunk import CorrectionRun, Described, Fault, FaultRun
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.tally import Tally

LINES = np.arange(2, 12, dtype=np.int64)


def run(code: FindingCode, rows: list[int], *, severity: Severity = Severity.ERROR, column: str = "A") -> FaultRun:
    return FaultRun(code, severity, column, np.array(rows), lambda rank: Described(f"{column}{rank}"))


def test_only_an_error_makes_a_file_invalid() -> None:
    tally = Tally()
    tally.add(FindingCode.BLANK_HEADER, Severity.WARNING, row=1)
    assert not tally.has_errors
    tally.add(FindingCode.EMPTY_FILE, Severity.ERROR)
    assert tally.has_errors


def test_counts_are_complete_and_lists_are_the_first_in_the_order_of_the_file() -> None:
    tally = Tally(kept_limit=3)
    late, early = run(FindingCode.DATE_FORMAT, [4, 5, 6, 7, 8, 9]), run(FindingCode.TOO_LONG, [1, 5], column="B")
    tally.add_found([Fault(4, FindingCode.MISSING_CELL, Severity.ERROR, "C", None)], [late, early], LINES)
    found = [(each.row, each.code, each.value) for each in tally.findings[Severity.ERROR]]
    assert found == [(3, "too-long", "B0"), (4, "missing-cell", None), (6, "date-format", "A0")]
    assert tally.count(Severity.ERROR) == 9
    samples = tally.samples[FindingCode.DATE_FORMAT, Severity.ERROR, "A"]
    assert [each.value for each in samples] == ["A0", "A1", "A2", "A3", "A4"]


def test_what_the_whole_file_tells_takes_its_place_in_the_list() -> None:
    tally = Tally(kept_limit=2)
    tally.add_found([], [run(FindingCode.DATE_FORMAT, [3, 8])], LINES)
    tally.add_late([run(FindingCode.UNIQUE_VALUE, [1, 5], column="B")], LINES)
    found = [(each.row, each.code) for each in tally.findings[Severity.ERROR]]
    assert found == [(3, "unique-value"), (5, "date-format")]
    assert tally.count(Severity.ERROR) == 4


def test_corrections_are_counted_and_the_first_are_listed() -> None:
    tally = Tally(kept_limit=2)
    runs = [
        CorrectionRun(CorrectionCode.DATE_TEXT, "A", np.array([2, 3]), lambda rank: ("x", "y")),
        CorrectionRun(CorrectionCode.INTEGER_TEXT, "B", np.array([0, 9]), lambda rank: ("01", "1")),
    ]
    tally.add_corrections(runs, LINES)
    assert [(each.row, each.column) for each in tally.corrections] == [(2, "B"), (4, "A")]
    assert tally.corrections_count == 4
