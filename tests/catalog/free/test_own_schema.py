"""Whatever a stranger's schema holds, it is refused with a pointer, or files can be judged against what is kept."""

import hashlib
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.free.grammar import CONSTRAINTS, FORMATS
from services.catalog.free.own_schema import InvalidDataset, read_own_schema
from services.catalog.free.table import table_of
from services.validator.checks.explain import make_readers
from shared.registry import ImportedSchema
from shared.registry.table_schema import read_imported


def imported(document: str, version: str = "1") -> ImportedSchema:
    return ImportedSchema("libre/a", version, 1, "", document, "libre-a", "A", "", "GOVE", owner_siren="213103955")


def pointers(schema: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidDataset) as refusal:
        read_own_schema(schema)
    return [one["pointer"] for one in refusal.value.extensions["errors"]]


def of(kind: str, **constraints: Any) -> dict[str, Any]:
    return {"fields": [{"name": "a", "type": kind, "constraints": constraints}]}


FIELD = {"name": "a", "type": "string"}


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({}, "#/schema/fields"),
        ({"fields": [FIELD] * 251}, "#/schema/fields"),
        ({"fields": ["a"]}, "#/schema/fields/0"),
        ({"fields": [{"type": "string"}]}, "#/schema/fields/0/name"),
        ({"fields": [{"name": "_line"}]}, "#/schema/fields/0/name"),
        ({"fields": [{"name": "a__exact"}]}, "#/schema/fields/0/name"),
        ({"fields": [{"name": "a\x00"}]}, "#/schema/fields/0/name"),
        ({"fields": [{"name": "a\ud800b"}]}, "#/schema/fields/0/name"),
        ({"fields": [{"name": 'a" text); DROP TABLE x; --'}]}, "#/schema/fields/0/name"),
        ({"fields": [FIELD, {"name": "À"}]}, "#/schema/fields/1/name"),
        ({"fields": [{"name": "a", "type": ["string"]}]}, "#/schema/fields/0/type"),
        ({"fields": [{"name": "a", "type": "date", "format": "%d/%m/%Y"}]}, "#/schema/fields/0/format"),
        ({"fields": [{"name": "a", "title": 3}]}, "#/schema/fields/0/title"),
        ({"fields": [{"name": "a", "type": "boolean", "trueValues": ["o"]}]}, "#/schema/fields/0"),
        (
            {"fields": [{"name": "a", "type": "boolean", "trueValues": ["o"], "falseValues": ["o"]}]},
            "#/schema/fields/0/falseValues",
        ),
        ({"fields": [FIELD], "primaryKey": ["b"]}, "#/schema/primaryKey"),
        ({"fields": [FIELD], "primaryKey": ["a", "a"]}, "#/schema/primaryKey"),
        ({"fields": [FIELD], "missingValues": "-"}, "#/schema/missingValues"),
        ({"fields": [FIELD | {"constraints": []}, FIELD | {"constraints": [1]}]}, "#/schema/fields/1/constraints"),
        ({"fields": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}, "#/schema/fields/2/name"),
        (of("integer", minimum="1"), "#/schema/fields/0/constraints/minimum"),
        (of("integer", minimum=True), "#/schema/fields/0/constraints/minimum"),
        (of("integer", maximum=2**63), "#/schema/fields/0/constraints/maximum"),
        (of("number", minimum=float("nan")), "#/schema/fields/0/constraints/minimum"),
        (of("integer", minimum=2, maximum=1), "#/schema/fields/0/constraints/maximum"),
        (of("date", minimum="2024-02-30"), "#/schema/fields/0/constraints/minimum"),
        (of("boolean", enum=[True]), "#/schema/fields/0/constraints/enum"),
        (of("string", enum=[]), "#/schema/fields/0/constraints/enum"),
        (of("string", enum=["x"] * 2), "#/schema/fields/0/constraints/enum"),
        (of("string", enum=[str(one) for one in range(1_001)]), "#/schema/fields/0/constraints/enum"),
        (of("string", maxLength=-1), "#/schema/fields/0/constraints/maxLength"),
        (of("string", required="oui"), "#/schema/fields/0/constraints/required"),
        (of("string", **{"a/b~c": 1}), "#/schema/fields/0/constraints/a~1b~0c"),
        ({"fields": [FIELD | {"constraints": {"\ud800": 1}}]}, "#/schema/fields/0/constraints/?"),
        (of("string", enum=["\ud800"]), "#/schema/fields/0/constraints/enum"),
        (of("string", pattern="("), "#/schema/fields/0/constraints/pattern"),
        (of("string", pattern="(?=x)x"), "#/schema/fields/0/constraints/pattern"),
        (of("string", pattern=r"(a)\1"), "#/schema/fields/0/constraints/pattern"),
        (of("string", pattern="(" * 400 + ")" * 90), "#/schema/fields/0/constraints/pattern"),
        (of("string", pattern="a" * 501), "#/schema/fields/0/constraints/pattern"),
        (of("string", pattern="a{9}" * 100 + "{99}"), "#/schema/fields/0/constraints/pattern"),
    ],
)
def test_each_fault_is_pointed_at(schema: dict[str, Any], pointer: str) -> None:
    assert pointer in pointers(schema)


def test_what_means_nothing_here_is_left_out_and_told() -> None:
    fields = [FIELD | {"example": "x", "rdfType": "y"}, {"name": "b", "title": "B", "format": "email", "example": "z"}]
    kept = read_own_schema({"$schema": "…", "fields": fields, "foreignKeys": [{}], "custom_checks": [{}]})
    assert kept.ignored == (
        "#/schema/$schema",
        "#/schema/custom_checks",
        "#/schema/fields/*/example",
        "#/schema/fields/*/rdfType",
        "#/schema/foreignKeys",
    )
    assert json.loads(kept.document) == {
        "fields": [FIELD, {"name": "b", "type": "string", "format": "email", "title": "B"}]
    }


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text("aéZ 9-", min_size=1, max_size=5),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.integers(-(10**9), 10**9) | st.floats(-1e14, 1e14),
    "date": st.dates().map(str),
    "year": st.integers(1, 9999),
}


@st.composite
def fields_of_strangers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(FORMATS)))
    values = VALUES.get(kind, st.none())
    makers: dict[str, st.SearchStrategy[Any]] = {
        "required": st.booleans(),
        "unique": st.booleans(),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(3, 9),
        "pattern": st.sampled_from([r"^\d{5}$", "[A-Z]+", "a|b", r"(x?y){1,3}", "é.*"]),
        "minimum": values,
        "maximum": values,
        "enum": st.lists(values, min_size=1, max_size=4, unique_by=str),
    }
    allowed = ["required", "unique", *CONSTRAINTS.get(kind, ())]
    chosen = draw(st.lists(st.sampled_from(allowed), unique=True, max_size=4))
    found: dict[str, Any] = {"name": name, "type": kind, "format": draw(st.sampled_from(FORMATS[kind]))}
    return found | {"constraints": {one: draw(makers[one]) for one in chosen}}


TEXTS = ["", "x", "5", "-1.5", "2024-02-29", "true", "1.3,43.4", "é", "2024", "a@b.fr", "08:00:00", "٣", "9" * 30]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_kept_can_be_judged_against(data: st.DataObject) -> None:
    schema = {"fields": [data.draw(fields_of_strangers(name)) for name in ("a", "b", "c")], "primaryKey": "a"}
    try:
        kept = read_own_schema(schema)
    except InvalidDataset:
        return
    version = read_imported(imported(kept.document))
    for reader in make_readers(version):
        for text in TEXTS:
            reader.explain(text)
        assert reader.proof is None or reader.proof
    assert table_of([imported(kept.document)]).qualified == 'data."libre-a"'


texts = st.text(st.characters(categories=None), max_size=5)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = ["name", "type", "format", "constraints", "trueValues", "falseValues", "title", "description", "x"]


@given(
    st.dictionaries(
        st.sampled_from(["fields", "primaryKey", "missingValues", "x"]),
        anything | st.lists(st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=5), max_size=3),
    )
)
@settings(max_examples=300, deadline=None)
def test_nothing_else_than_a_refusal_comes_of_nonsense(content: dict[str, Any]) -> None:
    try:
        kept = read_own_schema(content)
    except InvalidDataset as refusal:
        orjson.dumps(refusal.document())
        return
    orjson.dumps([kept.document, kept.ignored])
    read_imported(imported(kept.document))


def test_names_that_share_a_column_are_refused() -> None:
    """Names without an ASCII letter are told apart by 8 digits of a digest, which are soon met again."""
    seen: dict[str, str] = {}
    for rank in range(500_000):
        name = str(rank).translate(CYRILLIC)
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        if digest in seen:
            break
        seen[digest] = name
    kept = read_own_schema({"fields": [{"name": seen[digest]}, {"name": name}]})
    with pytest.raises(InvalidDataset, match="ne se distingue pas"):
        table_of([imported(kept.document)])


CYRILLIC = {ord(str(digit)): 0x430 + digit for digit in range(10)}
