import pickle
from dataclasses import replace

import pytest
from frictionless import Schema

from shared.errors import Refusal
from shared.registry import Registry, SchemaVersion, UnknownSchema, UnknownSchemaVersion, load_registry

REGISTRY = load_registry()
ALL = pytest.mark.parametrize("schema", list(REGISTRY), ids=lambda schema: f"{schema.name}-{schema.version}")
SLICE_TYPES = {"year": {"date"}, "day": {"date", "datetime"}, "value": {"year", "integer", "string"}}


def test_the_core_schemas_and_those_around_them_are_known() -> None:
    assert REGISTRY.names() == [
        "decp/marches",
        "etalab/schema-bal",
        "etalab/schema-comptage-mobilites-measure",
        "etalab/schema-irve-statique",
        "etalab/schema-stationnement",
        "scdl/budget",
        "scdl/catalogue",
        "scdl/deliberations",
        "scdl/equipements",
        "scdl/marches-publics",
        "scdl/menus-collectifs",
        "scdl/prenoms",
        "scdl/subventions",
    ]


def test_versions_come_oldest_first_and_the_newest_is_the_default() -> None:
    assert REGISTRY.versions("etalab/schema-bal") == ["1.3.0", "1.4.0", "1.5.0"]
    assert REGISTRY.get("etalab/schema-bal").version == "1.5.0"
    assert REGISTRY.get("etalab/schema-bal", "1.3.0").version == "1.3.0"


def test_versions_are_ordered_as_numbers_not_as_text() -> None:
    newest = REGISTRY.get("scdl/prenoms")
    older, newer = (_renumbered(newest, version) for version in ("1.9.0", "1.10.0"))
    assert Registry([newer, older]).versions("scdl/prenoms") == ["1.9.0", "1.10.0"]


def _renumbered(schema: SchemaVersion, version: str) -> SchemaVersion:
    return replace(schema, version=version)


def test_a_dataset_id_is_an_alias() -> None:
    assert REGISTRY.get("bal") is REGISTRY.get("etalab/schema-bal")
    assert REGISTRY.versions("marches") == ["2.0.0"]


def test_an_unknown_schema_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownSchema) as refusal:
        REGISTRY.get("scdl/inconnu")
    assert refusal.value.status == 404
    assert "scdl/deliberations" in refusal.value.action
    assert isinstance(refusal.value, Refusal)


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownSchemaVersion) as refusal:
        REGISTRY.get("bal", "9.9.9")
    assert refusal.value.extensions["versions"] == ["1.3.0", "1.4.0", "1.5.0"]


@ALL
def test_frictionless_loads_the_descriptor(schema: SchemaVersion) -> None:
    loaded = Schema.from_descriptor(dict(schema.descriptor))
    assert tuple(loaded.field_names) == schema.field_names
    assert schema.descriptor["fieldsMatch"] == "partial"
    assert not {"socle", "custom_checks"} & set(schema.descriptor)


@ALL
def test_every_named_field_exists(schema: SchemaVersion) -> None:
    named = [*schema.identity, *schema.required_columns, *schema.severities, *schema.renames]
    named += [schema.slice.field, *schema.slice.others] if schema.slice else []
    named += schema.geography.fields if schema.geography else []
    assert set(named) <= set(schema.field_names)
    assert schema.identity
    assert schema.required_columns


@ALL
def test_the_slice_suits_its_field(schema: SchemaVersion) -> None:
    if schema.slice:
        field = next(field for field in schema.fields if field.name == schema.slice.field)
        assert field.type in SLICE_TYPES[schema.slice.by]


@ALL
def test_a_position_is_two_fields_or_one_point(schema: SchemaVersion) -> None:
    if schema.geography:
        types = {field.name: field.type for field in schema.fields}
        found = [types[name] for name in schema.geography.fields]
        assert found == ["geopoint"] if schema.geography.point else len(found) == 2 and "geopoint" not in found


def test_a_slice_may_be_made_of_several_fields() -> None:
    by_year = REGISTRY.get("subventions").slice
    by_stage = REGISTRY.get("budget").slice
    by_day = REGISTRY.get("comptages").slice
    assert by_year is not None
    assert by_year.parts == (("dateConvention", 4),)
    assert by_stage is not None
    assert by_stage.parts == (("BGT_ANNEE", None), ("BGT_NATDEC", None), ("BGT_SIRET", None))
    assert by_day is not None
    assert by_day.parts == (("start_datetime", 10),)


@ALL
def test_renamed_fields_lead_to_the_newest_version(schema: SchemaVersion) -> None:
    newest = REGISTRY.get(schema.name)
    assert set(schema.renames.values()) <= set(newest.field_names)
    assert [schema.renames.get(name, name) for name in schema.identity] == list(newest.identity)


@ALL
def test_people_can_read_it(schema: SchemaVersion) -> None:
    texts = [schema.title, schema.description, schema.dataset.title, schema.dataset.description]
    texts += [text for field in schema.fields for text in (field.title, field.description)]
    assert all(text.strip() == text and text for text in texts)
    assert len({field.title for field in schema.fields}) == len(schema.fields)


@ALL
def test_examples_obey_the_schema(schema: SchemaVersion) -> None:
    loaded = Schema.from_descriptor(dict(schema.descriptor))
    for field in schema.fields:
        example = field.descriptor.get("example")
        if example is not None:
            _, notes = loaded.get_field(field.name).read_cell(example)
            assert not notes, (field.name, notes)


@ALL
def test_only_what_exists_is_downgraded(schema: SchemaVersion) -> None:
    checks = {
        (check["params"]["column"], check["name"]) for check in schema.custom_checks if "column" in check["params"]
    }
    for field in schema.fields:
        for code, severity in schema.severities.get(field.name, {}).items():
            assert severity == "warning"
            assert code == "type" or code in field.constraints or (field.name, code) in checks
            assert schema.severity(field.name, code) == "warning"


def test_what_is_not_downgraded_is_an_error() -> None:
    assert REGISTRY.get("deliberations").severity("COLL_SIRET", "pattern") == "error"


def test_a_schema_crosses_process_borders() -> None:
    schema = REGISTRY.get("subventions")
    assert pickle.loads(pickle.dumps(schema)) == schema
