"""Generated schemas and tables, of every type and constraint: our errors are Frictionless'."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parity import assert_same, our_errors, their_errors

from shared.registry import SchemaVersion
from shared.registry.schema_version import ImportedSchema
from shared.registry.table_schema import read_imported

TEXTS: Mapping[str, tuple[str, ...]] = {
    "string": (
        "a",
        "ab",
        "abc",
        "É",
        "é1",
        "12",
        "a@b.fr",
        "A@b.fr",
        "http://a.fr/b?c=d",
        "www.a.fr",
        " a",
        "x y",
    ),
    "integer": ("0", "1", "-1", "007", "+5", " 5 ", "12", "1.0", "1e3", "x", "-0", "123456789012345678"),
    "number": ("0", "1", "-1.5", "1.50", "1.5", "007.5", ".5", "5.", " 5 ", "1e3", "1,5", "x", "-0", "12.000"),
    "boolean": ("true", "false", "True", "1", "0", "oui", "vrai", "TRUE", "x"),
    "date": (
        "2024-01-31",
        "2024-1-1",
        "2024-02-30",
        "31/12/2024",
        "2024-02-29",
        "2023-12-31",
        "x",
        "2024-01-31T00:00:00",
    ),
    "datetime": (
        "2024-01-31T08:00:00Z",
        "2024-01-31T08:00:00",
        "2024-01-31T10:00:00+02:00",
        "2024-01-31 08:00:00",
        "x",
    ),
    "time": ("08:00:00", "08:00", "24:00:00", "8:00:00", "12:30:45", "x"),
    "year": ("2024", "24", "0999", "20245", "-999", "x"),
    "yearmonth": ("2024-01", "2024-13", "2024-1", "01-2024", "x"),
    "duration": ("P1Y", "PT1H", "1h", "P1Y2M3DT4H5M6S", "x"),
    "geopoint": ("1.4,43.6", "1.4, 43.6", "43.6", "200,10", "-1,-2", "[1.4,43.6]", '{"lon": 1, "lat": 2}', "x,y"),
    "geojson": ('{"type": "Point", "coordinates": [1.4, 43.6]}', "{}", "[]", "x"),
    "array": ("[]", "[1, 2]", '["a"]', "{}", "x", "[1"),
    "object": ("{}", '{"a": 1}', "[]", "x"),
    "list": ("a,b", "1,2", "a", ","),
    "any": ("a", "1", "[]"),
}
"""Type → texts at its edges."""

FORMATS: Mapping[str, tuple[str, ...]] = {
    "string": ("default", "uri", "email", "uuid", "binary"),
    "date": ("default", "any", "%d/%m/%Y", "%Y-%m-%d"),
    "datetime": ("default", "any", "%Y-%m-%d %H:%M:%S"),
    "time": ("default", "any", "%H:%M"),
    "geopoint": ("default", "array", "object"),
}

PATTERNS = (
    r"^\d{2}$", "[a-z]+", "a|b", "^a|b$", r"\S+", r"[^\d]*", "(?=a).*", "é?", ".*", r"\w+", "[A-Za-zÀ-ÿ]+",
    r"(a|b){1,2}",
)  # fmt: skip

BOUNDS: Mapping[str, tuple[Any, ...]] = {
    "integer": (0, 1, 7),
    "number": (0, 1.5, 7.5),
    "date": ("2024-01-01", "2024-01-31"),
    "year": (2000, 2024),
    "yearmonth": ("2024-01",),
    "time": ("08:00:00", "12:00:00"),
    "datetime": ("2024-01-31T08:00:00Z",),
}

LIMITS = ("minimum", "maximum")

UNHASHABLE = ("array", "object", "geojson", "list")

CONSTRAINTS: tuple[tuple[tuple[str, ...], list[dict[str, Any]]], ...] = (
    (("string", "array", "list"), [{}, {}, {"minLength": 2}, {"maxLength": 2}, {"minLength": 1, "maxLength": 3}]),
    (("string",), [{}, {}, *({"pattern": pattern} for pattern in PATTERNS)]),
    (("string",), [{}, {}, {}, {"enum": ["a", "ab", "É"]}]),
    (("integer",), [{}, {}, {}, {"enum": [1, 12]}]),
)

NAMES = ("a", "B", "c d", "é")


@st.composite
def fields(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """The descriptor of a field."""
    kind = draw(st.sampled_from(sorted(TEXTS)))
    field: dict[str, Any] = {
        "name": name,
        "type": kind,
        "format": draw(st.sampled_from(FORMATS.get(kind, ("default",)))),
    }
    if kind == "boolean" and draw(st.booleans()):
        field |= {"trueValues": ["oui", "1"], "falseValues": ["non", "0"]}
    if kind == "number" and draw(st.integers(0, 3)) == 0:
        field |= draw(
            st.sampled_from([{"decimalChar": ","}, {"groupChar": " "}, {"bareNumber": False}, {"floatNumber": True}])
        )
    constraints = draw(constraints_of(kind))
    return field | ({"constraints": constraints} if constraints else {})


@st.composite
def constraints_of(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Constraints that the type takes."""
    found: dict[str, Any] = {"required": True} if draw(st.booleans()) else {}
    if kind not in UNHASHABLE and draw(st.integers(0, 4)) == 0:
        found["unique"] = True
    for kinds, choices in CONSTRAINTS:
        if kind in kinds:
            found |= draw(st.sampled_from(choices))
    if kind in BOUNDS:
        found |= draw(st.dictionaries(st.sampled_from(LIMITS), st.sampled_from(BOUNDS[kind]), max_size=2))
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[str], list[list[str]]]:
    """A schema, a header and rows."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    schema: dict[str, Any] = {"fields": [draw(fields(name)) for name in names]}
    if draw(st.booleans()):
        schema["missingValues"] = draw(st.sampled_from([[""], ["", "-"], ["NA", ""], ["", "x"]]))
    hashable = [each["name"] for each in schema["fields"] if each["type"] not in UNHASHABLE]
    if hashable and draw(st.integers(0, 2)) == 0:
        schema["primaryKey"] = hashable[: draw(st.integers(1, 2))]
    header = list(draw(st.permutations(names))) + draw(st.sampled_from([[], ["hors schéma"]]))
    if draw(st.integers(0, 5)) == 0:
        header.pop()
    kinds = {each["name"]: TEXTS[each["type"]] for each in schema["fields"]}
    cells = [st.sampled_from([*kinds.get(label, ("z",)), "", "", "-", "NA", "é"]) for label in header]
    rows = draw(st.lists(st.tuples(*cells).map(list), max_size=8)) if header else []
    return (
        schema,
        header,
        [row[: len(row) - cut] or [""] for row in rows for cut in [draw(st.sampled_from([0, 0, 0, 0, 1]))]],
    )


def schema_of(descriptor: Mapping[str, Any], name: str = "essais/essai") -> SchemaVersion:
    """The schema as an installation imports it."""
    return read_imported(
        ImportedSchema(
            name=name, version="1", revision=1, sha256="0" * 64, document=json.dumps(descriptor), dataset_id="essai",
            title="", description="", theme="GOVE",
        )
    )  # fmt: skip


def check(case: tuple[dict[str, Any], list[str], list[list[str]]], folder: Path) -> None:
    descriptor, header, rows = case
    if not header or not set(header) & {each["name"] for each in descriptor["fields"]}:
        return  # nothing is known: we say so once, Frictionless lists every column
    rows = [row for row in rows if row]
    ours = our_errors(schema_of(descriptor), header, rows, folder)
    try:
        theirs = their_errors(descriptor, header, rows)
    except TypeError:  # it compares moments with and without time zones, or bounds that its own format refuses
        return
    assert_same(ours, theirs)


CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(case=cases())
def test_generated_tables_are_judged_as_frictionless_judges_them(
    case: tuple[dict[str, Any], list[str], list[list[str]]], tmp_path: Path
) -> None:
    check(case, tmp_path)


@pytest.mark.long
@settings(max_examples=6000, deadline=None, suppress_health_check=CHECKS)
@given(case=cases())
def test_thousands_of_generated_tables_are_judged_as_frictionless_judges_them(
    case: tuple[dict[str, Any], list[str], list[list[str]]], tmp_path: Path
) -> None:
    check(case, tmp_path)


DECISIONS: dict[str, tuple[dict[str, Any], str, set[str], set[str]]] = {
    "digits of other scripts": ({"type": "integer"}, "١٢", {"exotic-digits"}, set()),
    "underscores in numbers": ({"type": "number"}, "1_000", {"exotic-digits"}, set()),
    "integers beyond 64 bits": ({"type": "integer"}, str(2**63), {"integer-out-of-range"}, set()),
    "numbers that are not finite": ({"type": "number"}, "NaN", {"number-not-finite"}, set()),
    "numbers of more than 100 digits": ({"type": "number"}, "1e200", {"number-out-of-range"}, set()),
    "control characters": ({"type": "string"}, "a\x07", {"control-character"}, set()),
    "a line end that `$` lets pass": (
        {"type": "string", "constraints": {"pattern": "^a$"}}, "a\n", {"pattern-mismatch"}, set(),
    ),
    "a pattern met by full-width digits": (
        {"type": "string", "constraints": {"pattern": r"^\d$"}}, "１", {"exotic-digits"}, set(),
    ),
}  # fmt: skip
"""What → field, text, our errors, Frictionless' errors: the table of `docs/decisions/0008`, of single cells."""


@pytest.mark.parametrize("name", list(DECISIONS))
def test_a_difference_is_a_decision(name: str, tmp_path: Path) -> None:
    field, text, ours, theirs = DECISIONS[name]
    descriptor = {"fields": [{"name": "a", **field}]}
    assert {code for _, _, code in our_errors(schema_of(descriptor), ["a"], [[text]], tmp_path)} == ours
    assert {code for _, _, code in their_errors(descriptor, ["a"], [[text]])} == theirs


def test_a_row_of_empty_cells_is_blank_even_where_the_schema_says_that_nothing_is_missing(tmp_path: Path) -> None:
    descriptor = {"fields": [{"name": "a", "type": "string"}], "missingValues": ["NA"]}
    assert our_errors(schema_of(descriptor), ["a"], [[""]], tmp_path) == {(2, "", "blank-row")}
    assert their_errors(descriptor, ["a"], [[""]]) == set()


def test_values_that_cannot_be_compared_are_compared_as_texts(tmp_path: Path) -> None:
    descriptor = {"fields": [{"name": "a", "type": "array", "constraints": {"unique": True}}]}
    assert our_errors(schema_of(descriptor), ["a"], [["[1]"], ["[1]"]], tmp_path) == {(3, "a", "unique-value")}
    with pytest.raises(TypeError):
        their_errors(descriptor, ["a"], [["[1]"], ["[1]"]])
