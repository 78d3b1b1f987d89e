"""The demo shows what it says: each file belongs to its organisation and deserves the verdict announced."""

import csv
import io
import json
from importlib.resources import files
from typing import Any

import pytest
from frictionless import Resource, Schema

from shared.reference import load_communes, load_epci
from shared.registry import SchemaVersion, load_registry

FOLDER = files("services.cli") / "demo_files"
MANIFEST: list[dict[str, str]] = json.loads((FOLDER / "manifest.json").read_bytes())
REGISTRY = load_registry()
CORE = ("bal", "deliberations", "equipements", "marches", "prenoms", "subventions")
"""The data sets that the demonstration plays with."""
EACH = pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
SIRET_COLUMNS = ("COLL_SIRET", "idAttribuant", "acheteur_id")
SPREADSHEET = "deliberations-revel-tableur.csv"
CLEAN = [entry for entry in MANIFEST if entry["expected_verdict"] == "valid" and entry["file"] != SPREADSHEET]


def _table(entry: dict[str, str]) -> list[list[str]]:
    encoding = "cp1252" if entry["file"] == SPREADSHEET else "utf-8"
    text = (FOLDER / entry["file"]).read_bytes().decode(encoding)
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;", key=first_line.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _column(table: list[list[str]], name: str) -> list[str]:
    return [row[table[0].index(name)] for row in table[1:]] if name in table[0] else []


def _errors(schema: SchemaVersion, table: list[list[str]]) -> set[tuple[str, str]]:
    """(field, constraint or error type) of what Frictionless reports."""
    report = Resource(data=table, schema=Schema.from_descriptor(dict(schema.descriptor))).validate()
    return {_named(error) for task in report.tasks for error in task.errors}


def _named(error: Any) -> tuple[str, str]:
    constraint = error.note.split('"')[1] if error.type == "constraint-error" else error.type
    return str(getattr(error, "field_name", None) or getattr(error, "label", "")), constraint


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def test_the_manifest_lists_every_file_once() -> None:
    listed = [entry["file"] for entry in MANIFEST]
    present = [file.name for file in FOLDER.iterdir() if file.name.endswith(".csv")]
    assert sorted(listed) == sorted(present)
    assert {entry["schema"] for entry in MANIFEST} == {REGISTRY.get(name).name for name in CORE}


@EACH
def test_the_organisation_is_a_real_one_of_the_departement(entry: dict[str, str]) -> None:
    communes = {commune.siren: commune.name for commune in load_communes(["31"])}
    organisations = communes | {epci.siren: epci.name for epci in load_epci(["31"])}
    assert entry["organisation"] in organisations


@EACH
def test_a_file_speaks_for_its_organisation(entry: dict[str, str]) -> None:
    sirets = [siret for name in SIRET_COLUMNS for siret in _column(_table(entry), name)]
    assert all(siret.startswith(entry["organisation"]) for siret in sirets)
    codes = {commune.siren: commune.code for commune in load_communes(["31"])}
    places = [code for name in ("COLL_INSEE", "commune_insee") for code in _column(_table(entry), name)]
    assert all(code == codes[entry["organisation"]] for code in places)


@EACH
def test_only_the_file_with_a_wrong_siret_has_one(entry: dict[str, str]) -> None:
    names = (*SIRET_COLUMNS, "idBeneficiaire", "titulaire_id")
    sirets = [siret for name in names for siret in _column(_table(entry), name) if siret]
    assert all(_luhn(siret) for siret in sirets) is ("siret-faux" not in entry["file"])


@pytest.mark.parametrize("entry", CLEAN, ids=lambda entry: entry["file"])
def test_what_is_announced_valid_has_no_error_for_frictionless(entry: dict[str, str]) -> None:
    schema, table = REGISTRY.get(entry["schema"]), _table(entry)
    assert set(schema.required_columns) <= set(table[0])
    assert {code for code in _errors(schema, table) if schema.severity(*code) == "error"} == set()


def test_the_spreadsheet_file_only_needs_its_dates_corrected() -> None:
    entry = next(entry for entry in MANIFEST if entry["file"] == SPREADSHEET)
    errors = _errors(REGISTRY.get("deliberations"), _table(entry))
    assert errors == {("DELIB_DATE", "type-error"), ("PREF_DATE", "type-error")}


def test_a_commune_with_an_apostrophe_only_meets_warnings() -> None:
    entry = next(entry for entry in MANIFEST if entry["file"] == "equipements-l-isle-en-dodon.csv")
    assert _errors(REGISTRY.get("equipements"), _table(entry)) == {
        ("ADR_COMMUNE", "pattern"),
        ("ADR_NUMERO", "required"),
    }
