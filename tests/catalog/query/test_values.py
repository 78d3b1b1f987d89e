"""Texts of a request read as typed values."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.query.tree import Value
from services.catalog.query.values import read_value
from shared.errors import InvalidParameter
from shared.rows import SQL_TYPES, RowColumn

KINDS = ["string", "integer", "year", "number", "date", "boolean"]


def column(kind: str) -> RowColumn:
    return RowColumn("FIELD", "c_field", SQL_TYPES[kind], kind, indexed=False, true_text="oui", false_text="non")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "007", "007"),
        ("integer", "-12", -12),
        ("year", "2024", 2024),
        ("number", "1200.50", Decimal("1200.50")),
        ("number", "-.5e-3", Decimal("-0.0005")),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("boolean", "true", True),
        ("boolean", "non", False),
    ],
)
def test_values_have_the_type_of_their_column(kind: str, text: str, value: Value) -> None:
    assert read_value("FIELD", text, column(kind)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("string", "a\0"),
        ("string", "\ud800"),
        ("integer", "1.0"),
        ("integer", "١٢"),
        ("integer", "1_000"),
        ("integer", "9" * 19),
        ("year", ""),
        ("number", "NaN"),
        ("number", "Infinity"),
        ("number", "1,5"),
        ("number", "1e1001"),
        ("number", "1" * 401),
        ("date", "2024-02-30"),
        ("date", "20240228"),
        ("boolean", "1"),
    ],
)
def test_what_is_no_value_of_the_column_is_refused(kind: str, text: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        read_value("FIELD__less", text, column(kind))
    assert refused.value.parameter == "FIELD__less"


@given(kind=st.sampled_from(KINDS), text=st.text(max_size=30))
def test_any_text_is_a_value_or_a_refusal(kind: str, text: str) -> None:
    with suppress(InvalidParameter):
        assert read_value("FIELD", text, column(kind)) is not None
