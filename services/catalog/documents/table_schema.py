"""The Table Schema of what is read and downloaded: the columns as they are served."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.catalog.documents.origin import ORIGIN
from services.catalog.view import DatasetView
from shared.registry import Registry, SchemaField, SchemaVersion
from shared.rows import RowColumn

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"

AS_VENDORS_WRITE = frozenset({"decimalChar", "groupChar", "bareNumber", "missingValues"})
"""Says how files that come may be written; those that leave are written in one way."""


def served_columns(view: DatasetView) -> list[RowColumn]:
    """Of the schema, each name once: where versions gave a column several types, the newest one's."""
    return list({column.field_name: column for column in reversed(view.table.columns)}.values())[::-1]


def served_fields(view: DatasetView, schema: SchemaVersion, *, registry: Registry) -> list[dict[str, Any]]:
    """Field descriptors in the order of the columns. `schema`: the version served, whose words come first.

    Constraints are those that every row fulfils, whatever the version it came under: not those that only warn.
    """
    declared = _declared(view, schema, registry)
    origin = [{"name": name, **ORIGIN[name]} for name in view.field_names if name in ORIGIN and view.is_consolidated]
    kept = [dict(_kept(view, version)) for version in registry.deposited(schema.name)]
    return origin + [
        _served(declared[column.field_name], column, _guaranteed(column, kept)) for column in served_columns(view)
    ]


def table_schema(view: DatasetView, schema: SchemaVersion, *, title: str, registry: Registry) -> dict[str, Any]:
    """A Table Schema document; `socle` holds what the standard has no word for."""
    path = f"/v1/datasets/{view.dataset_id}"
    judged = f"/v1/schemas/{schema.name}/versions/{schema.version}"
    document: dict[str, Any] = {
        "$schema": PROFILE,
        "name": view.dataset_id,
        "title": title,
        "description": schema.dataset.description,
        "version": schema.version,
        "fields": served_fields(view, schema, registry=registry),
        "missingValues": [""],
        "socle": {
            "dataset": view.dataset_id,
            "version": view.version,
            "schema": {"name": schema.name, "version": schema.version, "title": schema.title},
            "identity": [column.field_name for column in view.table.identity],
            "links": {
                "self": f"{path}/schema",
                "dataset": path,
                "records": f"{path}/records",
                "csv": f"{path}/exports/csv",
                "schema": judged,
            },
        },
    }
    if schema.homepage:
        document["homepage"] = schema.homepage
    if schema.primary_key and not view.is_consolidated:
        document["primaryKey"] = list(schema.primary_key)
    return document


def _declared(view: DatasetView, schema: SchemaVersion, registry: Registry) -> Mapping[str, SchemaField]:
    found: dict[str, SchemaField] = {}
    for version in (schema, *reversed(registry.deposited(schema.name))):
        for name, (field, _) in _kept(view, version):
            found.setdefault(name, field)
    return found


def _kept(view: DatasetView, version: SchemaVersion) -> Iterator[tuple[str, tuple[SchemaField, Mapping[str, Any]]]]:
    """Name as served → the version's field and the constraints that refuse a file."""
    types = {column.field_name: column.field_type for column in served_columns(view)}
    for field in version.fields:
        name = version.renames.get(field.name, field.name)
        if types.get(name) == field.type:
            refusing = {
                constraint: value
                for constraint, value in field.constraints.items()
                if version.severity(field.name, constraint) == "error"
                and (constraint != "required" or field.name in version.required_columns)
            }
            yield name, (field, refusing)


def _guaranteed(
    column: RowColumn, kept: Sequence[Mapping[str, tuple[SchemaField, Mapping[str, Any]]]]
) -> dict[str, Any]:
    """Constraints that all versions of the schema share. Uniqueness is that of one file."""
    shared = [version[column.field_name][1] if column.field_name in version else {} for version in kept]
    return {
        name: value
        for name, value in shared[-1].items()
        if name != "unique" and all(one.get(name) == value for one in shared)
    }


def _served(field: SchemaField, column: RowColumn, constraints: Mapping[str, Any]) -> dict[str, Any]:
    written = {name: value for name, value in field.descriptor.items() if name not in AS_VENDORS_WRITE}
    if column.field_type == "date":
        written.pop("format", None)
    return {**written, "name": column.field_name, "type": column.field_type, "constraints": dict(constraints)}
