"""Rows as wide as the header."""

from judging import Judge, codes, deliberation_file

from services.validator.checks.chunk import Fault
from services.validator.checks.rows import even_rows
from services.validator.findings import FindingCode


def test_rows_are_made_even_and_every_difference_is_told() -> None:
    faults: list[Fault] = []
    rows = [(2, ["1", "2"]), (3, []), (4, ["", ""]), (5, ["1"]), (6, ["1", "2", "3", "4"])]
    assert even_rows(rows, ("a", "b"), faults=faults) == [(2, ["1", "2"]), (5, ["1", None]), (6, ["1", "2"])]
    assert [(fault.line, fault.code, fault.column) for fault in faults] == [
        (3, FindingCode.BLANK_ROW, None),
        (4, FindingCode.BLANK_ROW, None),
        (5, FindingCode.MISSING_CELL, "b"),
        (6, FindingCode.EXTRA_CELL, None),
        (6, FindingCode.EXTRA_CELL, None),
    ]


def test_a_short_row_lacks_the_values_it_does_not_reach(judge: Judge) -> None:
    found = judge(deliberation_file({}) + "Commune de Muret,21310395500018,2024-1\n")
    assert codes(found) == {"missing-cell": 4, "required-value": 4}
    assert (found.report.stats.rows, found.report.stats.valid_rows) == (2, 1)
