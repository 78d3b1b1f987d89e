"""The national catalogue: every Table Schema at hand is imported, and judges right a file made for it."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.cli.schemas.catalogue import ListedVersion, read_catalogue
from services.cli.schemas.fetched import as_imported, fetch_all
from services.cli.schemas.source import Source
from services.validator.pipeline import Request, validate_file
from shared.registry import Registry, SchemaField, SchemaVersion
from shared.registry.patterns import compile_pattern

SIRET, SIREN = "21310395500018", "213103955"

BY_TYPE: Mapping[str, str] = {
    "integer": "1",
    "number": "0.5",
    "date": "2024-03-01",
    "datetime": "2024-03-01T08:00:00Z",
    "time": "08:00:00",
    "year": "2024",
    "boolean": "true",
    "geojson": '{"type": "Point", "coordinates": [1.4, 43.6]}',
    "array": "[]",
    "object": "{}",
    "any": "x",
}
BY_FORMAT: Mapping[tuple[str, str], str] = {
    ("string", "email"): "contact@example.fr",
    ("string", "uri"): "https://www.example.fr/",
    ("string", "uuid"): "0190a5c8-7b1e-7c3a-9a51-2f4be6a3d0c1",
    ("geopoint", "default"): "1.4,43.6",
    ("geopoint", "array"): "[1.4,43.6]",
    ("geopoint", "object"): '{"lon": 1.4, "lat": 43.6}',
    ("date", "%Y"): "2024",
}
CANDIDATES = (
    *("x", "Muret", "31395", "31", "2024", "24/7", "0561334433", SIRET, SIREN, "1", "1.5", "2024-03-01", "W311000001"),
    *(
        "31395-P-001",
        "31395-C-001",
        "FRS31P31395001",
        "Mo-Fr 08:00-18:00",
        "08:00-18:00",
        "12:00",
        "true",
        "A",
        "FR",
        "a\\b",
    ),
)


def texts(field: SchemaField) -> list[str]:
    """Texts to try in a field, the likeliest first."""
    examples = [str(field.descriptor[key]) for key in ("example", "examples") if key in field.descriptor]
    values = field.descriptor.get("trueValues", [])
    listed = [str(value) for value in field.constraints.get("enum", [])]
    usual = [BY_FORMAT.get((field.type, field.format)) or BY_TYPE.get(field.type, "x")]
    bound = [str(field.constraints[name]) for name in ("minimum", "maximum") if name in field.constraints]
    return [*listed, *values, *examples, *usual, *bound, *CANDIDATES]


def fits(field: SchemaField, text: str) -> bool:
    limits = field.constraints
    if "enum" in limits and text not in map(str, limits["enum"]):
        return False
    if not limits.get("minLength", 0) <= len(text) <= limits.get("maxLength", 10_000):
        return False
    return "pattern" not in limits or compile_pattern(limits["pattern"]).matches(text)


def row_of(schema: SchemaVersion) -> dict[str, str]:
    """A row with every required cell, and no other."""
    row = {
        field.name: next((text for text in texts(field) if text and fits(field, text)), "") if field.required else ""
        for field in schema.fields
    }
    for check in schema.custom_checks:
        column = check["params"].get("column", check["params"].get("column1", ""))
        if "siret" in check["name"] and row.get(column):
            row[column] = SIRET
        if "siren" in check["name"] and row.get(column):
            row[column] = SIREN
        if "nomenclature" in check["name"] and row.get(column):
            row[column] = "Finances locales/Subventions"
        if check["name"] == "one-of-required":
            row[column] = SIRET
    return row


def file_of(schema: SchemaVersion) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=schema.field_names, lineterminator="\n")
    writer.writeheader()
    writer.writerow(row_of(schema))
    return text.getvalue()


@pytest.fixture(scope="module")
def listed(official: Path) -> list[ListedVersion]:
    return read_catalogue((official / "scdl" / "catalogue" / "schemas.json").read_bytes())


def test_the_catalogue_lists_sixty_table_schemas(listed: list[ListedVersion]) -> None:
    assert len({one.name for one in listed}) == 60
    assert len(listed) == 167


async def test_every_version_at_hand_can_be_checked_against(listed: list[ListedVersion], mirror: Path) -> None:
    fetched, troubles = await fetch_all(listed, Source(mirror))
    assert len(fetched) > 80
    assert {one.why.rpartition(" : ")[2] for one in troubles} <= {"fichier introuvable"}
    assert not [one.listed for one in fetched if one.slow_fields]


async def test_a_file_made_for_each_is_valid(listed: list[ListedVersion], mirror: Path, tmp_path: Path) -> None:
    fetched, _ = await fetch_all(listed, Source(mirror))
    registry = Registry([])
    registry.take_imported(
        as_imported(one.listed, sha256=one.sha256, document=one.document, dataset_id=one.listed.name) for one in fetched
    )
    invalid: dict[str, Any] = {}
    for schema in registry:
        path, out_folder = tmp_path / "raw", tmp_path / "out"
        out_folder.mkdir(exist_ok=True)
        path.write_text(file_of(schema), encoding="utf-8")
        found = validate_file(path, Request(schema.name, schema.version), registry=registry, out_folder=out_folder)
        if found.report.verdict != "valid":
            invalid[f"{schema.name} {schema.version}"] = [each.message for each in found.report.findings[:5]]
    assert invalid == {}, json.dumps(invalid, ensure_ascii=False, indent=1)
