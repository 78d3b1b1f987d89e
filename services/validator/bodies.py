"""What crosses HTTP besides the report: schemas as a vendor reads them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.registry import Registry, SchemaVersion


class SchemaSummaryOut(BaseModel):
    """A schema in the list."""

    name: str
    title: str
    description: str
    dataset: str
    """Identifier of the département-wide data set; also accepted as the schema's name."""
    theme: str
    """Code of the EU data theme vocabulary."""
    takes_deposits: bool
    """Whether files may be deposited under it; if not, they may only be checked."""
    origin: Literal["own", "catalogue", "free"]
    """`own`: described here, with its identity and its slices; `catalogue`: imported from a national catalogue; `free`:
    declared by the producer of a free data set, for itself."""
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
    slice: dict[str, Any] | None
    """What part of the data set a deposit replaces: a field, by year, day or value, and other fields; null: all."""
    required_columns: list[str]
    custom_checks: list[Mapping[str, Any]]
    severities: Mapping[str, Mapping[str, str]]
    differences: list[Mapping[str, Any]]
    """Where we differ from the official schema, and why."""
    table_schema: Mapping[str, Any]
    """The plain Table Schema."""


class ProposedColumnOut(BaseModel):
    """What a column of a file looks like."""

    name: str
    label: str = Field(
        description="L'en-tête du fichier, tel quel ; `name` est le même, sans ce qu'un nom ne peut avoir."
    )
    type: str
    reason: str = Field(description="Pourquoi ce type.")
    filled: int = Field(description="Cellules remplies.")
    empty: int


class ProposalOut(BaseModel):
    """A Table Schema for a file that has none."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: dict[str, Any] = Field(alias="schema", description="Table Schema, à donner à POST /v1/datasets.")
    columns: list[ProposedColumnOut]
    rows: int
    format: str | None


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
        slice=asdict(schema.slice) if schema.slice else None,
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
        "theme": schema.dataset.theme,
        "takes_deposits": schema.takes_deposits,
        "origin": "free" if schema.owner_siren else "catalogue" if schema.imported else "own",
        "version": registry.get(schema.name).version,
        "versions": versions,
        "href": f"/v1/schemas/{schema.name}",
    }
