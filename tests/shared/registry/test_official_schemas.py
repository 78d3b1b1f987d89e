"""Our descriptors say what the official schemas say, except for the differences they list."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.registry import SchemaVersion, load_registry

OFFICIAL_FOLDERS = {
    ("scdl/deliberations", "2.1.5"): "deliberations/2.1.5",
    ("scdl/subventions", "2.1.1"): "subventions/2.1.1",
    ("scdl/equipements", "0.1.5"): "equipements/0.1.5",
    ("scdl/prenoms", "1.1.6"): "prenoms/1.1.6",
    ("etalab/schema-bal", "1.5.0"): "base-adresse-locale/1.5.0-etalab-tableschema",
    ("etalab/schema-bal", "1.4.0"): "base-adresse-locale/1.4.0-etalab-tableschema",
    ("etalab/schema-bal", "1.3.0"): "base-adresse-locale/1.3.0-etalab-tableschema",
    ("decp/marches", "2.0.0"): "marches-publics/decp2022-colinmaudry",
    ("scdl/catalogue", "0.1.3"): "catalogue/0.1.3",
    ("scdl/budget", "0.8.3"): "budget/0.8.3",
    ("scdl/menus-collectifs", "1.2.3"): "menus-collectifs/1.2.3",
    ("scdl/marches-publics", "2.0.0"): "marches-publics/2.0.0-reconstructed",
    ("etalab/schema-irve-statique", "2.3.1"): "irve-statique/2.3.1",
    ("etalab/schema-stationnement", "0.1.5"): "stationnement/0.1.5",
    ("etalab/schema-comptage-mobilites-measure", "0.2.5"): "comptage-mobilites-measure/0.2.5",
}
FACTS = (
    "type",
    "format",
    "trueValues",
    "falseValues",
    "missingValues",
    "bareNumber",
    "decimalChar",
    "groupChar",
    "arrayItem",
)
Difference = tuple[str, str, str, str]

ALL = pytest.mark.parametrize("schema", list(load_registry()), ids=lambda schema: f"{schema.name}-{schema.version}")


@ALL
def test_our_schema_differs_from_the_official_one_only_where_it_says_so(official: Path, schema: SchemaVersion) -> None:
    found = set(_differences(_official_schema(official, schema), schema))
    listed = {
        (each["field"], each["what"], _text(each["official"]), _text(each["ours"])) for each in schema.differences
    }
    assert found == listed


@ALL
def test_every_listed_difference_has_its_reason(schema: SchemaVersion) -> None:
    assert all(each["reason"].endswith(".") for each in schema.differences)


@ALL
def test_common_fields_keep_the_official_order(official: Path, schema: SchemaVersion) -> None:
    theirs = [field["name"] for field in _official_schema(official, schema)["fields"]]
    assert [name for name in schema.field_names if name in theirs] == theirs


@ALL
def test_keys_and_missing_values_are_official(official: Path, schema: SchemaVersion) -> None:
    theirs = _official_schema(official, schema)
    key = theirs.get("primaryKey", [])
    assert schema.primary_key == ((key,) if isinstance(key, str) else tuple(key))
    assert schema.missing_values == tuple(theirs.get("missingValues", [""]))
    assert list(schema.foreign_keys) == theirs.get("foreignKeys", [])


def _official_schema(official: Path, schema: SchemaVersion) -> dict[str, Any]:
    folder = OFFICIAL_FOLDERS[schema.name, schema.version]
    loaded: dict[str, Any] = json.loads((official / "scdl" / "schemas" / folder / "schema.json").read_bytes())
    return loaded


def _differences(theirs: dict[str, Any], schema: SchemaVersion) -> Iterator[Difference]:
    their_fields = {field["name"]: field for field in theirs["fields"]}
    our_fields = {field.name: dict(field.descriptor) for field in schema.fields}
    for name in their_fields.keys() | our_fields.keys():
        yield from _field_differences(name, their_fields.get(name), our_fields.get(name))
    yield from _column_differences(their_fields, schema)
    yield from _check_differences(theirs, schema)
    for name, codes in schema.severities.items():
        for code, severity in codes.items():
            yield name, code, _text("error"), _text(severity)


def _field_differences(name: str, theirs: dict[str, Any] | None, ours: dict[str, Any] | None) -> Iterator[Difference]:
    if theirs is None or ours is None:
        yield name, "field", _text(theirs and theirs["type"]), _text(ours and ours["type"])
        return
    for what in FACTS:
        if theirs.get(what) != ours.get(what):
            yield name, what, _text(theirs.get(what)), _text(ours.get(what))
    their_constraints, our_constraints = _constraints(theirs), _constraints(ours)
    for what in their_constraints.keys() | our_constraints.keys():
        if their_constraints.get(what) != our_constraints.get(what):
            yield name, what, _text(their_constraints.get(what)), _text(our_constraints.get(what))


def _constraints(field: dict[str, Any]) -> dict[str, Any]:
    """Constraints that constrain: `required: false` says nothing."""
    return {key: value for key, value in field.get("constraints", {}).items() if value is not False}


def _column_differences(their_fields: dict[str, Any], schema: SchemaVersion) -> Iterator[Difference]:
    """Columns whose absence counts differently, for another reason than the field's own `required`."""
    required_here = {field.name for field in schema.fields if field.required}
    if set(schema.required_columns) == required_here:
        return
    for name, field in their_fields.items():
        official, ours = bool(_constraints(field).get("required")), name in schema.required_columns
        if official != ours:
            yield name, "required_column", _text(official), _text(ours)


def _check_differences(theirs: dict[str, Any], schema: SchemaVersion) -> Iterator[Difference]:
    """A check is a fact as a whole: name and parameters."""
    their_checks, our_checks = theirs.get("custom_checks", []), list(schema.custom_checks)
    for check in [check for check in our_checks if check not in their_checks]:
        yield check["params"]["column"], "custom_check", _text(None), _text(check["name"])
    for check in [check for check in their_checks if check not in our_checks]:
        yield str(check["params"].get("column")), "custom_check", _text(check["name"]), _text(None)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
