"""What crosses HTTP besides the report: schemas as a vendor reads them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from shared.registry import Registry, SchemaVersion


class SchemaSummaryOut(BaseModel):
    """A schema in the list."""

    name: str
    title: str
    description: str
    dataset: str
    """Identifier of the département-wide data set; also accepted as the schema's name."""
    version: str
    """The newest."""
    versions: list[str]
    href: str


class FieldOut(BaseModel):
    """A column of the schema; `descriptor` is the whole field as Table Schema writes it."""

    name: str
    type: str
    format: str
    title: str
    description: str
    required: bool
    descriptor: Mapping[str, Any]


class SchemaVersionOut(SchemaSummaryOut):
    """One version of a schema, with what it adds to the official one."""

    sha256: str
    homepage: str | None
    versions_href: list[str]
    fields: list[FieldOut]
    identity: list[str]
    """Columns that together name a row."""
    slice: dict[str, str] | None
    """What part of the data set a deposit replaces: a field, by year or by value; null: all of it."""
    required_columns: list[str]
    custom_checks: list[Mapping[str, Any]]
    severities: Mapping[str, Mapping[str, str]]
    differences: list[Mapping[str, Any]]
    """Where we differ from the official schema, and why."""
    table_schema: Mapping[str, Any]
    """The plain Table Schema."""


def summary_out(name: str, registry: Registry) -> SchemaSummaryOut:
    """A schema by its newest version."""
    return SchemaSummaryOut(**_summary(registry.get(name), registry))


def version_out(schema: SchemaVersion, registry: Registry) -> SchemaVersionOut:
    """A version in full."""
    summary = _summary(schema, registry)
    fields = [
        FieldOut(
            name=field.name,
            type=field.type,
            format=field.format,
            title=field.title,
            description=field.description,
            required=field.required,
            descriptor=field.descriptor,
        )
        for field in schema.fields
    ]
    return SchemaVersionOut(
        **{**summary, "version": schema.version},
        sha256=schema.sha256,
        homepage=schema.homepage,
        versions_href=[f"/v1/schemas/{schema.name}/versions/{version}" for version in summary["versions"]],
        fields=fields,
        identity=list(schema.identity),
        slice={"field": schema.slice.field, "by": schema.slice.by} if schema.slice else None,
        required_columns=list(schema.required_columns),
        custom_checks=list(schema.custom_checks),
        severities=schema.severities,
        differences=list(schema.differences),
        table_schema=schema.descriptor,
    )


def _summary(schema: SchemaVersion, registry: Registry) -> dict[str, Any]:
    versions = registry.versions(schema.name)
    return {
        "name": schema.name,
        "title": schema.title,
        "description": schema.description,
        "dataset": schema.dataset.id,
        "version": versions[-1],
        "versions": versions,
        "href": f"/v1/schemas/{schema.name}",
    }
