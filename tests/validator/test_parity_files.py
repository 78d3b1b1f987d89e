"""Official files, cell by cell: our errors, corrections off, are Frictionless'."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # no stubs here
from frictionless import FrictionlessException
from frictionless.resources import TableResource
from parity import assert_same, our_errors, their_errors

from services.validator.detect import Refused, detect
from shared.registry import Registry, SchemaVersion
from shared.registry.schema_version import ImportedSchema
from shared.registry.table_schema import NotTableSchema, read_imported

FOLDERS = {
    "deliberations": "scdl/deliberations",
    "subventions": "scdl/subventions",
    "equipements": "scdl/equipements",
    "prenoms": "scdl/prenoms",
    "base-adresse-locale": "etalab/schema-bal",
    "marches-publics": "decp/marches",
    "budget": "scdl/budget",
    "menus-collectifs": "scdl/menus-collectifs",
    "irve": "etalab/schema-irve-statique",
    "stationnement": "etalab/schema-stationnement",
    "comptage-mobilites": "etalab/schema-comptage-mobilites-measure",
}
"""Folder of the collection → schema."""

Table = tuple[list[str], list[list[str]]]


def plain(schema: SchemaVersion) -> SchemaVersion:
    """With the severities of the official schema."""
    required = tuple(field.name for field in schema.fields if field.required)
    return replace(
        schema, name="official/x", custom_checks=(), severities={}, required_columns=required, identity=(), slice=None
    )


def text_table(path: Path, schema: SchemaVersion) -> Table | None:
    """Header and records of a CSV file; None when `csv` or we cannot read it."""
    detected = detect(path, declared_charset=None, names=schema.field_names)
    if isinstance(detected, Refused):
        return None
    with path.open(encoding=detected.encoding, newline="") as file:
        try:
            records = list(csv.reader(file, delimiter=detected.delimiter, strict=True))
        except csv.Error:
            return None
    while records and not any(cell.strip() for cell in records[0]):
        records.pop(0)
    return (records[0], [row or [""] for row in records[1:]]) if records else None


def compare(table: Table, schema: SchemaVersion, descriptor: dict[str, Any], folder: Path) -> bool:
    """Whether the errors were compared: not when names come twice, or none is known (we say it once)."""
    header, rows = table
    labels = [label.strip() for label in header]
    if len(set(labels)) < len(labels) or not set(labels) & set(schema.field_names):
        return False
    assert_same(our_errors(schema, labels, rows, folder), their_errors(descriptor, labels, rows))
    return True


def test_every_file_of_the_collection(official: Path, registry: Registry, tmp_path: Path) -> None:
    compared = 0
    for folder, name in FOLDERS.items():
        for path in sorted((official / "scdl" / "files").glob(f"**/{folder}/*.csv")):
            for version in registry.versions(name):
                schema = plain(registry.get(name, version))
                table = text_table(path, schema)
                if table is not None:
                    compared += compare(table, schema, dict(schema.descriptor), tmp_path)
    assert compared > 100


def described(folder: Path) -> Iterator[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """File, resource and schema of every resource under a folder that has both."""
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.yaml")]):
        try:
            content = yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else json.loads(path.read_text())
        except (ValueError, yaml.YAMLError):
            continue
        if not isinstance(content, dict):
            continue
        for resource in content.get("resources") or [content]:
            schema = resource.get("schema") if isinstance(resource, dict) else None
            if isinstance(schema, str) and (path.parent / schema).is_file():
                schema = yaml.safe_load((path.parent / schema).read_text())
            source = resource.get("path") if isinstance(resource, dict) else None
            if isinstance(source, str) and isinstance(schema, dict) and (path.parent / source).is_file():
                yield path.parent / source, resource, schema


@pytest.mark.filterwarnings("ignore")
def test_every_fixture_of_frictionless_that_has_a_schema(official: Path, tmp_path: Path) -> None:
    compared = 0
    for path, resource, descriptor in described(official / "frictionless-fixtures" / "data"):
        options: dict[str, Any] = {key: resource[key] for key in ("dialect", "encoding") if key in resource}
        try:
            imported = ImportedSchema("a/a", "1", 1, "0" * 64, json.dumps(descriptor, default=str), "a", "", "", "GOVE")
            schema = read_imported(imported)
            cells = TableResource.from_descriptor(
                {"path": path.name, "name": "a", **options}, basepath=str(path.parent)
            )
            header, *rows = [["" if cell is None else str(cell) for cell in row] for row in cells.read_cells()]
            descriptor = {key: value for key, value in descriptor.items() if key != "foreignKeys"}
            compared += compare((header, rows), schema, descriptor, tmp_path)
        except (NotTableSchema, FrictionlessException, ValueError):
            continue  # not a table, or not a schema
    assert compared > 10
