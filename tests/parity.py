"""Errors of whole tables, as we and as Frictionless find them, in one form: line, column, code."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from frictionless import Dialect, Resource, Schema

from services.validator.checks.cells import Alerts
from services.validator.checks.explain import CONSTRAINT_CODES
from services.validator.findings import FindingCode, Severity
from services.validator.pipeline import Checking, check_table
from services.validator.readers.strict import evened
from services.validator.readers.table import RawTable
from services.validator.report import InputOut, Measured
from services.validator.tally import Tally
from shared.registry import SchemaVersion

Errors = set[tuple[int, str, str]]
"""Line, column, code; faults of types under one name."""

OUTSIDE = {"duplicate-identity", "no-rows"}
"""Codes of checks that Frictionless does not have."""

DECIDED = {
    FindingCode.EXOTIC_DIGITS,
    FindingCode.INTEGER_OUT_OF_RANGE,
    FindingCode.NUMBER_NOT_FINITE,
    FindingCode.NUMBER_OUT_OF_RANGE,
    FindingCode.CONTROL_CHARACTER,
    FindingCode.UNREADABLE_CELL,
}
"""What Frictionless lets pass, or crashes on, and we refuse: see the decision on parity."""

STRUCTURE: Mapping[str, str] = {
    "missing-label": FindingCode.MISSING_COLUMN,
    "blank-row": FindingCode.BLANK_ROW,
    "extra-cell": FindingCode.EXTRA_CELL,
    "missing-cell": FindingCode.MISSING_CELL,
    "unique-error": FindingCode.UNIQUE_VALUE,
    "primary-key": FindingCode.PRIMARY_KEY,
    "type-error": "type",
}
"""Frictionless' errors but for constraints."""

WITHOUT_COLUMN = ("extra-cell", "blank-row", "primary-key")

CONSTRAINT = re.compile(r'constraint "(\w+)" is')

LISTED = 100_000


def our_errors(schema: SchemaVersion, header: Sequence[str], rows: Sequence[list[str]], folder: Path) -> Errors:
    """Ours, corrections off. `rows` follow a header on line 1."""
    numbered = [(line, list(cells)) for line, cells in enumerate(rows, start=2)]
    batch = evened(numbered, header, width=len(header), blank_severity=Severity.ERROR)
    tally = Tally(kept_limit=LISTED)
    source = InputOut(sha256="", size_bytes=0, format="csv", encoding=None, delimiter=None, header_row=1)
    check_table(
        RawTable(tuple(header), 1, iter([batch])),
        Checking(schema, Alerts(), corrections=False),
        tally=tally,
        table_path=folder / "table.parquet",
        measured=partial(Measured, input=source),
    )
    return errors_of(tally)


def errors_of(tally: Tally) -> Errors:
    """The errors of a tally that Frictionless could find too."""
    named = set(CONSTRAINT_CODES.values()) | set(STRUCTURE.values()) | DECIDED
    return {
        (finding.row or 0, finding.column or "", finding.code if finding.code in named else "type")
        for finding in tally.findings[Severity.ERROR]
        if finding.code not in OUTSIDE
    }


def their_errors(descriptor: Mapping[str, Any], header: Sequence[str], rows: Sequence[list[str]]) -> Errors:
    """Frictionless'."""
    schema = Schema.from_descriptor({**descriptor, "fieldsMatch": "partial"})
    resource = Resource(data=[list(header), *map(list, rows)], schema=schema, dialect=Dialect(header_rows=[1]))
    (task,) = resource.validate(limit_errors=LISTED).tasks
    found = set()
    for error in task.errors:
        constraint = CONSTRAINT.search(error.note)
        code = CONSTRAINT_CODES[constraint.group(1)] if constraint else STRUCTURE[error.type]
        column = "" if error.type in WITHOUT_COLUMN else getattr(error, "field_name", "")
        found.add((getattr(error, "row_number", 1), column, str(code)))
    return found


def assert_same(ours: Errors, theirs: Errors) -> None:
    """Same errors, but for cells where a decision says otherwise."""
    decided = {(line, column) for line, column, code in ours if code in DECIDED}
    assert {each for each in ours if each[:2] not in decided} == {each for each in theirs if each[:2] not in decided}
