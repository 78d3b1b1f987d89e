"""Whole tables: our errors are Frictionless', row by row and column by column, header and ragged rows included."""

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parity import assert_same, our_errors, their_errors

from shared.registry import load_registry

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


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str], list[list[str]]]:
    """The key of a schema, a header of some of its columns in some order, and rows that may be ragged or blank."""
    key = draw(st.sampled_from(sorted(SCHEMAS)))
    header = draw(st.lists(st.sampled_from(SCHEMAS[key].field_names), min_size=1, max_size=6, unique=True))
    header += draw(st.sampled_from([[], ["hors_schema"]]))
    width = st.integers(max(0, len(header) - 2), len(header) + 2)
    rows = draw(st.lists(width.flatmap(lambda n: st.lists(CELLS, min_size=n, max_size=n)), max_size=5))
    return key, header, rows


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
    assert_same(our_errors(schema, header, rows, tmp_path), their_errors(schema.descriptor, header, rows))
