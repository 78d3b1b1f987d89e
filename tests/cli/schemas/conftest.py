"""A small catalogue made here, and the national one of the official folder, both without network."""

import csv
import shutil
from pathlib import Path

import pytest
from schema_catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """An empty catalogue."""
    made = Catalogue(tmp_path / "site")
    made.base.mkdir()
    made.write()
    return made


@pytest.fixture(scope="session")
def mirror(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official schemas under the paths of their addresses, as `--base` wants them."""
    base = tmp_path_factory.mktemp("mirror")
    schemas = official / "scdl" / "schemas"
    with (schemas / "INDEX.tsv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["canonical_url"].startswith("https://schema.data.gouv.fr/"):
                path = base / row["canonical_url"].removeprefix("https://schema.data.gouv.fr/")
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(schemas / row["file"], path)
    return base
