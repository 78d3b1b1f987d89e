"""`socle schemas`, as the operator calls it, over a database of this test's own."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from commands import socle
from schema_catalogue import Catalogue

NAME = "exemple/schema-defibrillateurs"
DOCUMENT: dict[str, Any] = {"fields": [{"name": "code", "type": "string"}]}

Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def schemas(database: str) -> Run:
    """Run the command over the test's database."""

    def run(*words: str) -> CompletedProcess[str]:
        return socle("schemas", *words, SOCLE_DATABASE_URL=database)

    return run


async def test_a_catalogue_is_imported_watched_and_decided_upon(
    schemas: Run, catalogue: Catalogue, database: str
) -> None:
    place = (str(catalogue.path), "--base", str(catalogue.base))
    catalogue.put(NAME, "1.0.0", DOCUMENT, title="Défibrillateurs")
    first = schemas("sync", *place)
    assert (first.returncode, first.stdout.strip()) == (0, "Versions importées : 1. Déjà connues : 0.")
    assert f"{NAME} | defibrillateurs | 1.0.0 | GOVE | oui" in schemas().stdout
    assert "code | string | non | code" in schemas("show", "defibrillateurs").stdout
    file = catalogue.base / "defibrillateurs.csv"
    file.write_text("code\nA\n")
    checked = socle("check", str(file), "--schema", NAME, SOCLE_DATABASE_URL=database)
    assert (checked.returncode, f"est valide selon {NAME} 1.0.0." in checked.stdout) == (0, True)

    catalogue.put(NAME, "1.0.0", {**DOCUMENT, "title": "Changé"})
    changed = schemas("sync", *place)
    assert changed.returncode == 3
    assert f"ALERTE : le contenu de {NAME} 1.0.0 a changé" in changed.stdout
    assert f"{NAME} | defibrillateurs | 1.0.0 !" in schemas().stdout
    assert schemas("accept", NAME, "1.0.0").returncode == 0
    assert schemas("sync", *place).returncode == 0
    again = schemas("decline", NAME, "1.0.0")
    assert (again.returncode, again.stderr.strip()) == (2, f"Aucun contenu nouveau n’attend pour {NAME} 1.0.0.")

    catalogue.put(NAME, "2.0.0", b"<html>")
    partial = schemas("sync", *place)
    assert partial.returncode == 1
    assert f"{NAME} | 2.0.0 | ce n’est pas un document JSON" in partial.stdout


async def test_a_catalogue_that_cannot_be_read_is_told(schemas: Run, catalogue: Catalogue) -> None:
    catalogue.path.write_text("<html>")
    done = schemas("sync", str(catalogue.path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Le catalogue ne peut pas être lu : ce n’est pas un document JSON." in done.stderr


def test_without_an_installation_our_own_schemas_are_shown(tmp_path: Path) -> None:
    done = socle("schemas", SOCLE_DATA_DIR=str(tmp_path))
    assert done.returncode == 0
    lines = [line for line in done.stdout.splitlines() if " | " in line]
    assert "scdl/budget | budget | 0.8.3 | ECON | oui" in lines
    assert max(map(len, lines)) < 80
    asked = socle("schemas", "sync", str(tmp_path / "schemas.json"), SOCLE_DATA_DIR=str(tmp_path))
    assert (asked.returncode, "Quelle base" in asked.stderr) == (2, True)
