"""Typed values as text, and what is said of them."""

import datetime

import pytest

from services.validator.readers.rendering import Value, render_column, with_zeros
from shared.registry import load_registry

MIDNIGHT = datetime.datetime.combine(datetime.date(2017, 10, 15), datetime.time())

DELIBERATIONS = {field.name: field for field in load_registry().get("scdl/deliberations").fields}
MARKETS = {field.name: field for field in load_registry().get("decp/marches").fields}


@pytest.mark.parametrize(
    ("value", "column", "text", "is_said"),
    [
        ("  x ", "COLL_NOM", "  x ", False),
        (21310395500018.0, "COLL_SIRET", "21310395500018", True),
        (2024.0, "BUDGET_ANNEE", "2024", False),
        (8.4, "DELIB_MATIERE_CODE", "8.4", False),
        (0.1 + 0.2, "DELIB_MATIERE_CODE", "0.30000000000000004", False),
        (1e20, "DELIB_ID", "1.000000e+20", True),
        (33.0, "VOTE_POUR", "33", False),
        (33.5, "VOTE_POUR", "33.5", False),
        (datetime.date(2017, 10, 15), "DELIB_DATE", "2017-10-15", True),
        (MIDNIGHT, "DELIB_DATE", "2017-10-15", True),
        (MIDNIGHT.replace(hour=9, minute=30), "DELIB_DATE", "2017-10-15T09:30:00", True),
        (datetime.time(9, 30), "DELIB_OBJET", "09:30:00", True),
        (datetime.timedelta(hours=30), "DELIB_OBJET", "1 day, 6:00:00", True),
        (True, "DELIB_OBJET", "true", True),
    ],
)
def test_a_value_is_written_as_its_field_needs(value: Value, column: str, text: str, is_said: bool) -> None:
    assert render_column([value], DELIBERATIONS[column]) == ([text], [0] if is_said else [])


def test_a_boolean_uses_words_of_its_field() -> None:
    assert render_column([False], MARKETS["marcheInnovant"]) == (["false"], [0])


def test_outside_the_schema_numbers_are_written_without_a_word() -> None:
    assert render_column([1.0, "x", 1e15, True], None) == (["1", "x", "1000000000000000.0", "true"], [3])


@pytest.mark.parametrize(
    ("digits", "pattern", "text"),
    [
        ("1001", r"^\d{5}$", "01001"),
        ("101", r"^\d{5}$", "101"),
        ("31395", r"^\d{5}$", "31395"),
        ("5520135", r"^\d{9}$", "005520135"),
        ("5520136", r"^\d{9}$", "5520136"),
        ("213103955", r"^\d{14}$", "213103955"),
        ("1001", None, "1001"),
        ("12a4", r"^\d{5}$", "12a4"),
    ],
)
def test_zeros_come_back_only_without_doubt(digits: str, pattern: str | None, text: str) -> None:
    assert with_zeros(digits, pattern) == text
