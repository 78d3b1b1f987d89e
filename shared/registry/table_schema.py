"""From a Table Schema document to a `SchemaVersion`: our own descriptors, and those of a national catalogue.

A plain Table Schema says nothing of what we need beyond it. For an imported one, the rows are named by its primary
key (by their whole content when it has none), a deposit replaces the whole data set, and no severity is lowered.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared.registry.schema_version import (
    Dataset,
    Geography,
    ImportedSchema,
    SchemaField,
    SchemaVersion,
    Slice,
)

_NOT_TABLE_SCHEMA = ("socle", "custom_checks")

MAX_FIELDS = 1_000
"""A table of PostgreSQL holds 1,600 columns at most."""


class NotTableSchema(ValueError):
    """The document is not a Table Schema that can be checked against; the message says why, in French."""


def read_own(content: Mapping[str, Any], *, name: str, version: str, sha256: str) -> SchemaVersion:
    """One of our own descriptors; what is missing from it is a bug."""
    socle: dict[str, Any] = content["socle"]
    fields = tuple(read_field(descriptor) for descriptor in content["fields"])
    required = tuple(field.name for field in fields if field.required)
    return SchemaVersion(
        name=name,
        version=version,
        sha256=sha256,
        title=socle["title"],
        description=content["description"],
        homepage=content.get("homepage"),
        fields=fields,
        identity=tuple(socle["identity"]),
        slice=_slice(socle["slice"]),
        geography=Geography(**socle["geography"]) if socle["geography"] else None,
        dataset=Dataset(**socle["dataset"]),
        custom_checks=tuple(content.get("custom_checks", ())),
        severities=socle["severities"],
        required_columns=tuple(socle.get("required_columns", required)),
        renames=socle["renames"],
        frequency=socle["frequency"],
        differences=tuple(socle["differences"]),
        descriptor=plain_descriptor(content),
        missing_values=tuple(content.get("missingValues", ("",))),
        primary_key=_names(content.get("primaryKey")),
        foreign_keys=tuple(content.get("foreignKeys", ())),
    )


def read_imported(imported: ImportedSchema, *, takes_deposits: bool = True) -> SchemaVersion:
    """A schema of the catalogue. Raises NotTableSchema."""
    content = parse(imported.document)
    fields = tuple(read_field(descriptor) for descriptor in content["fields"])
    primary_key = _names(content.get("primaryKey"))
    return SchemaVersion(
        name=imported.name,
        version=imported.version,
        sha256=imported.sha256,
        title=imported.title,
        description=imported.description,
        homepage=_text(content.get("homepage")) or None,
        fields=fields,
        identity=primary_key,
        slice=None,
        geography=_geography(fields),
        dataset=Dataset(imported.dataset_id, imported.title, imported.description, imported.theme),
        custom_checks=tuple(content.get("custom_checks", ())),
        severities={},
        required_columns=tuple(field.name for field in fields if field.required or field.name in primary_key),
        renames={},
        frequency=imported.frequency,
        differences=(),
        descriptor=plain_descriptor(content),
        missing_values=tuple(content.get("missingValues", ("",))),
        primary_key=primary_key,
        foreign_keys=tuple(content.get("foreignKeys", ())),
        takes_deposits=takes_deposits,
        imported=imported,
    )


def parse(document: str) -> dict[str, Any]:
    """The document, once its shape is that of a Table Schema. Raises NotTableSchema."""
    try:
        content: dict[str, Any] = json.loads(document)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotTableSchema("ce n’est pas un document JSON") from error
    fields = content.get("fields") if isinstance(content, dict) else None
    if not isinstance(fields, list) or not fields:
        raise NotTableSchema("il ne déclare aucun champ")
    if len(fields) > MAX_FIELDS:
        raise NotTableSchema(f"il déclare {len(fields)} champs, pour {MAX_FIELDS} au plus")
    names = [str(field.get("name") or "") for field in fields if isinstance(field, dict)]
    if len(names) < len(fields) or not all(names):
        raise NotTableSchema("un champ n’a pas de nom")
    if len(set(names)) < len(names):
        raise NotTableSchema("deux champs ont le même nom")
    _check_shapes(content, fields, set(names))
    return content


def _check_shapes(content: Mapping[str, Any], fields: Sequence[Mapping[str, Any]], names: set[str]) -> None:
    if not all(isinstance(field.get("constraints", {}), dict) for field in fields):
        raise NotTableSchema("les contraintes d’un champ ne sont pas un objet")
    if not set(_names(content.get("primaryKey"))) <= names:
        raise NotTableSchema("sa clé primaire nomme un champ inconnu")
    if not _is_list_of(content.get("missingValues", [""]), str):
        raise NotTableSchema("missingValues n’est pas une liste de textes")
    checks = content.get("custom_checks", [])
    if not _is_list_of(checks, dict) or not all(isinstance(check.get("params"), dict) for check in checks):
        raise NotTableSchema("custom_checks n’est pas une liste de contrôles")


def read_field(descriptor: Mapping[str, Any]) -> SchemaField:
    """A field; an official one may lack a title, a description, even a type (any)."""
    return SchemaField(
        name=descriptor["name"],
        type=descriptor.get("type", "any"),
        format=descriptor.get("format", "default"),
        title=_text(descriptor.get("title")) or descriptor["name"],
        description=_text(descriptor.get("description")),
        constraints=descriptor.get("constraints", {}),
        descriptor=descriptor,
    )


def plain_descriptor(content: Mapping[str, Any]) -> dict[str, Any]:
    """What Frictionless loads."""
    descriptor = {key: value for key, value in content.items() if key not in _NOT_TABLE_SCHEMA}
    return {**descriptor, "fieldsMatch": "partial"}


def _slice(socle: Mapping[str, Any] | None) -> Slice | None:
    return Slice(socle["field"], socle["by"], tuple(socle.get("others", ()))) if socle else None


def _geography(fields: Sequence[SchemaField]) -> Geography | None:
    point = next((field.name for field in fields if field.type == "geopoint"), None)
    return Geography(point=point) if point else None


def _names(key: object) -> tuple[str, ...]:
    """`primaryKey` is a name or a list of names."""
    if isinstance(key, str):
        return (key,)
    return tuple(map(str, key)) if isinstance(key, list) else ()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)
