"""Our verdict on cells is Frictionless', except where a test here says otherwise."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from frictionless import Resource, Schema
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.checks.explain import CellReader, CellVerdict, make_readers
from services.validator.findings import FindingCode
from shared.registry import SchemaField, SchemaVersion, load_registry

FIELDS = {(each.name, field.name): field for each in load_registry() for field in each.fields}
"""Every field of every schema version."""

TEXTS = st.one_of(
    st.sampled_from(
        [
            "", " ", "0", "1", "007", "-1", "+5", " 5 ", "1.5", ".5", "5.", "1,5", "1e3", "1 000", "12.0", "2024", "24",
            "2024-01-31", "2024-1-1", "2024-02-30", "31/12/2024", "2024-01-31T00:00:00", "oui", "Oui", "non", "true",
            "TRUE", "vrai", "M", "F", "X", "21310395500018", "213 103 955 00018", "31395", "2A004", "a@b.fr", "a@b",
            "https://example.org/a%20b?c=d#e", "www.example.org", "http://[::1", "[1, 2]", "[", "{}", "Muret",
            "L'Isle-en-Dodon", "Élodie", "entrée", "Entrée", "W123456789", "7.5", "7.123", "2024/2025", "x" * 257,
            "0b0f2c6e-8a39-4a57-8d6c-2f1f4b9a3e21", "aide en nature", "Marché", "+33561334433", "31395-00000001-001",
        ]
    ),
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=20),
    st.from_regex(re.compile(r"[0-9+\-., ]{1,8}"), fullmatch=True),
    st.dates().map(str),
)  # fmt: skip

OURS = {
    FindingCode.EXOTIC_DIGITS,
    FindingCode.INTEGER_OUT_OF_RANGE,
    FindingCode.NUMBER_NOT_FINITE,
    FindingCode.NUMBER_OUT_OF_RANGE,
}
"""Codes for what Frictionless would let pass and cannot be published."""

RULE = re.compile(r'constraint "(\w+)" is')


def frictionless_rules(schema: SchemaVersion, field: SchemaField, text: str) -> set[str]:
    """Rules that a plain Frictionless validation of a one-cell table finds broken."""
    descriptor: Mapping[str, Any] = {**schema.descriptor, "fields": [field.descriptor], "primaryKey": []}
    resource = Resource(data=[[field.name], [text]], schema=Schema.from_descriptor(dict(descriptor)))
    (task,) = resource.validate().tasks
    found = set()
    for error in task.errors:
        constraint = RULE.search(error.note)
        found.add(constraint.group(1) if constraint else error.type)
    return found


@settings(max_examples=400, deadline=None, derandomize=True)
@given(key=st.sampled_from(sorted(FIELDS)), text=TEXTS)
def test_cells_are_judged_as_frictionless_judges_them(key: tuple[str, str], text: str) -> None:
    schema = next(each for each in load_registry() if each.name == key[0] and key[1] in each.field_names)
    field = next(each for each in schema.fields if each.name == key[1])
    reader = next(each for each in make_readers(schema) if each.field.name == field.name)
    verdict = reader.explain(text)
    theirs = frictionless_rules(schema, field, text)
    if any(error.code in OURS for error in verdict.errors):
        return
    if theirs == {"blank-row"}:  # a one-cell row that is empty: the row, not the cell, is reported
        assert text == ""
        return
    assert {error.rule for error in verdict.errors} == {"type" if rule == "type-error" else rule for rule in theirs}
    assert (verdict.canonical is None) == (verdict.typed is None)


@pytest.fixture(scope="module")
def reader() -> dict[str, CellReader]:
    """Readers by column name: délibérations, subventions, équipements, prénoms and addresses together."""
    registry = load_registry()
    return {each.field.name: each for name in registry.names() for each in make_readers(registry.get(name))}


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("montant", "NaN", FindingCode.NUMBER_NOT_FINITE),
        ("montant", "Infinity", FindingCode.NUMBER_NOT_FINITE),
        ("pourcentageSubvention", "sNaN", FindingCode.NUMBER_NOT_FINITE),
        ("pourcentageSubvention", "NaN", FindingCode.NUMBER_NOT_FINITE),
        ("montant", "1e140000", FindingCode.NUMBER_OUT_OF_RANGE),
        ("montant", "1" * 101, FindingCode.NUMBER_OUT_OF_RANGE),
        ("montant", "1_000", FindingCode.EXOTIC_DIGITS),
        ("VOTE_REEL", "١٢", FindingCode.EXOTIC_DIGITS),
        ("VOTE_REEL", "1_0", FindingCode.EXOTIC_DIGITS),
        ("VOTE_REEL", str(2**63), FindingCode.INTEGER_OUT_OF_RANGE),
        ("VOTE_REEL", "9" * 5000, FindingCode.INTEGER_FORMAT),
        ("ANNEE", "٢٠٢٤", FindingCode.EXOTIC_DIGITS),
        ("DELIB_DATE", "٢٠٢٤-01-01", FindingCode.EXOTIC_DIGITS),
        ("COLL_SIRET", "２１３１０３９５５０００１８", FindingCode.EXOTIC_DIGITS),
        ("COLL_SIRET", "21310395500018\n", FindingCode.PATTERN_MISMATCH),
    ],
)
def test_what_frictionless_lets_pass_or_crashes_on_is_ours(
    reader: dict[str, CellReader], column: str, text: str, code: FindingCode
) -> None:
    assert [error.code for error in reader[column].explain(text).errors] == [code]


@pytest.mark.parametrize("text", ["http://\ud800", "\ud800", "http://[", "h\x7f://x", "[" * 5000])
def test_no_text_makes_a_column_crash(reader: dict[str, CellReader], text: str) -> None:
    for each in reader.values():
        assert isinstance(each.explain(text), CellVerdict)


@pytest.mark.parametrize(
    ("column", "text", "suggestion"),
    [
        ("DELIB_DATE", "31/12/2024", "2024-12-31"),
        ("DELIB_DATE", "2024/12/31 00:00:00+00", "2024-12-31"),
        ("DELIB_DATE", "31/31/2024", None),
        ("montant", "232 000,00", "232000.00"),
        ("montant", "240 000 € (3 saisons)", None),
        ("VOTE_REEL", "12.0", "12"),
        ("COLL_SIRET", "213 103 955 00018", "21310395500018"),
        ("notificationUE", "Oui", "oui"),
        ("notificationUE", "peut-être", None),
        ("nature", "AIDE EN NUMERAIRE", "aide en numéraire"),
        ("DELIB_URL", "www.mairie.fr", "https://www.mairie.fr"),
    ],
)
def test_a_replacement_is_proposed_only_when_it_would_pass(
    reader: dict[str, CellReader], column: str, text: str, suggestion: str | None
) -> None:
    (error,) = reader[column].explain(text).errors
    assert error.suggestion == suggestion


def test_a_missing_cell_is_judged_as_an_empty_one(reader: dict[str, CellReader]) -> None:
    assert [error.rule for error in reader["COLL_NOM"].explain(None).errors] == ["required"]
    assert reader["DELIB_URL"].explain(None).errors == ()


def test_a_pattern_that_takes_too_long_on_a_text_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.registry.patterns.PATIENCE_SECONDS", 0.05)
    constraints = {"pattern": r"(?=a)(a+)+"}
    descriptor = {"name": "a", "type": "string", "constraints": constraints}
    field = SchemaField("a", "string", "default", "a", "", constraints, descriptor)
    reader = CellReader(field, Schema.from_descriptor({"fields": [descriptor]}).get_field("a"))
    verdict = reader.explain("a" * 40 + "!")
    assert verdict.canonical is None
    assert [(error.rule, error.code) for error in verdict.errors] == [("pattern", FindingCode.PATTERN_TOO_SLOW)]
    assert verdict.errors[0].suggestion is None
    assert reader.explain("aaa").canonical == "aaa"
