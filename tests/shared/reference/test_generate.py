import json
import lzma
from pathlib import Path

import pytest

from shared.reference import generate

COMMUNE = {"code": "99002", "nom": "Bis", "type": "commune-actuelle", "departement": "99", "region": "98"}
PACKAGE = {
    "communes": [
        {**COMMUNE, "siren": "219900021", "anciensCodes": ["99009", "99003"], "population": 7},
        {**COMMUNE, "code": "99001", "nom": "Âne", "codesPostaux": ["99100", "99000"]},
        {"code": "99003", "nom": "Ter", "type": "commune-deleguee", "chefLieu": "99002", "departement": "99"},
    ],
    "epci": [
        {
            "code": "200000001",
            "nom": "CC du Bis",
            "type": "CC",
            "populationMunicipale": 7,
            "membres": [{"code": "99002"}],
        },
    ],
    "departements": [{"code": "99", "nom": "Essai", "region": "98"}],
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "package.json").write_text(json.dumps({"version": "7.1.0"}))
    for table, rows in PACKAGE.items():
        (tmp_path / "data" / f"{table}.json").write_text(json.dumps(rows))
    return tmp_path


def test_the_same_package_gives_the_same_files(package: Path) -> None:
    generate.main(package, package / "out")
    first = {file.name: file.read_bytes() for file in (package / "out").iterdir()}
    generate.main(package, package / "out")
    assert {file.name: file.read_bytes() for file in (package / "out").iterdir()} == first
    assert json.loads(first["source.json"])["year"] == 2027


def test_rows_are_sorted_and_merged_communes_without_a_name_are_kept(package: Path) -> None:
    generate.main(package, package / "out")
    communes, former = (
        lzma.decompress((package / "out" / f"{table}.csv.xz").read_bytes()).decode().splitlines()
        for table in ("communes", "former_communes")
    )
    assert communes[1:] == [
        "99001,Âne,,,99,98,,99100 99000,",
        "99002,Bis,219900021,7,99,98,200000001,,99003 99009",
    ]
    assert former[1:] == ["99003,Ter,deleguee,99002,99", "99009,,fusionnee,99002,99"]
