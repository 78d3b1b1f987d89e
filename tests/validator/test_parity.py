"""Whole tables: our errors are Frictionless', row by row and column by column, header and ragged rows included."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from frictionless import Dialect, Resource, Schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.validator.checks.explain import CONSTRAINT_CODES
from services.validator.findings import FindingCode, Severity
from services.validator.pipeline import check_table
from services.validator.readers.csv import RawTable
from services.validator.report import InputOut
from services.validator.tally import Tally
from shared.registry import SchemaVersion, load_registry

SCHEMAS = {
    f"{schema.name} {schema.version}": replace(
        schema,
        name=f"official/{schema.dataset.id}",
        custom_checks=(),
        severities={},
        required_columns=tuple(field.name for field in schema.fields if field.required),
    )
    for schema in load_registry()
}
"""The schemas with every severity as official."""

CELLS = st.sampled_from(
    [
        *("", "", "1", "007", "x", "2024", "2024-01-31", "31/01/2024", "1.5", "1,5", "oui", "M", "31395", "a@b.fr"),
        *("Élodie", "21310395500018", "7.5", "[1]", "https://a.fr/b", "entrée", "0.5", "-1", "100000"),
    ]
)

OUTSIDE = {"duplicate-identity", "no-rows"}
"""Codes of checks that Frictionless does not have."""

FRICTIONLESS_CODES: Mapping[str, str] = {
    "missing-label": FindingCode.MISSING_COLUMN,
    "blank-row": FindingCode.BLANK_ROW,
    "extra-cell": FindingCode.EXTRA_CELL,
    "missing-cell": FindingCode.MISSING_CELL,
    "type-error": "type",
}

CONSTRAINT = re.compile(r'constraint "(\w+)" is')

Errors = set[tuple[int, str, str]]
"""Line, column, code; types under one name."""


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str], list[list[str]]]:
    """The key of a schema, a header of some of its columns in some order, and rows that may be ragged or blank."""
    key = draw(st.sampled_from(sorted(SCHEMAS)))
    header = draw(st.lists(st.sampled_from(SCHEMAS[key].field_names), min_size=1, max_size=6, unique=True))
    header += draw(st.sampled_from([[], ["hors_schema"]]))
    width = st.integers(max(0, len(header) - 2), len(header) + 2)
    rows = draw(st.lists(width.flatmap(lambda n: st.lists(CELLS, min_size=n, max_size=n)), max_size=5))
    return key, header, rows


def our_errors(schema: SchemaVersion, header: list[str], rows: list[list[str]], folder: Path) -> Errors:
    raw = RawTable(tuple(header), 1, iter([(line, list(cells)) for line, cells in enumerate(rows, start=2)]))
    tally = Tally()
    source = InputOut(sha256="", size_bytes=0, format="csv", encoding=None, delimiter=None, header_row=1)
    check_table(raw, schema, tally=tally, folder=folder, input=source)
    kinds = set(CONSTRAINT_CODES.values()) | set(FRICTIONLESS_CODES.values())
    return {
        (finding.row or 0, finding.column or "", finding.code if finding.code in kinds else "type")
        for finding in tally.findings[Severity.ERROR]
        if finding.code not in OUTSIDE
    }


def their_errors(schema: SchemaVersion, header: list[str], rows: list[list[str]]) -> Errors:
    loaded = Schema.from_descriptor(dict(schema.descriptor))
    (task,) = (
        Resource(data=[header, *rows], schema=loaded, dialect=Dialect(header_rows=[1]))
        .validate(limit_errors=100_000)
        .tasks
    )
    found = set()
    for error in task.errors:
        constraint = CONSTRAINT.search(error.note)
        code = CONSTRAINT_CODES[constraint.group(1)] if constraint else FRICTIONLESS_CODES[error.type]
        line = getattr(error, "row_number", 1)
        column = "" if error.type in ("extra-cell", "blank-row") else getattr(error, "field_name", "")
        found.add((line, column, str(code)))
    return found


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=tables())
def test_tables_are_judged_as_frictionless_judges_them(
    drawn: tuple[str, list[str], list[list[str]]], tmp_path: Path
) -> None:
    key, header, rows = drawn
    schema = SCHEMAS[key]
    rows = [row for row in rows if row]  # `csv` gives no record without any cell but for a blank line
    assert our_errors(schema, header, rows, tmp_path) == their_errors(schema, header, rows)
