import json
from pathlib import Path

import pytest

from services.cli.schemas.catalogue import NotCatalogue, read_catalogue
from services.cli.schemas.source import Source, Unreadable

ENTRY = {
    "name": "scdl/budget",
    "title": "Budget",
    "schema_type": "tableschema",
    "labels": ["Socle Commun des Données Locales"],
    "versions": [
        {"version_name": "0.8.2", "schema_url": "https://schema.example.fr/schemas/scdl/budget/0.8.2/a.json"},
        {"version_name": "0.8.3", "schema_url": "https://schema.example.fr/schemas/scdl/budget/0.8.3/b.json"},
    ],
}


def catalogue(*entries: object) -> bytes:
    return json.dumps({"version": 1, "schemas": entries}).encode()


def test_every_version_of_every_table_schema_is_listed_with_its_own_address() -> None:
    other = {"name": "x/y", "schema_type": "jsonschema", "versions": [{}]}
    found = read_catalogue(catalogue(ENTRY, other))
    assert [(one.name, one.version, one.url[-6:]) for one in found] == [
        ("scdl/budget", "0.8.2", "a.json"),
        ("scdl/budget", "0.8.3", "b.json"),
    ]
    assert {(one.title, one.description, one.theme) for one in found} == {("Budget", "", "GOVE")}


@pytest.mark.parametrize(
    "content", [b"<html>", b"[]", b"{}", catalogue({"name": "a"}), catalogue("a"), catalogue({**ENTRY, "versions": 3})]
)
def test_what_is_not_a_catalogue_is_refused(content: bytes) -> None:
    with pytest.raises(NotCatalogue):
        read_catalogue(content)


def test_a_schema_asked_for_must_be_there() -> None:
    with pytest.raises(NotCatalogue, match="inconnu"):
        read_catalogue(catalogue(ENTRY), only=["inconnu"])


async def test_an_address_is_read_from_the_folder_that_stands_for_the_site(tmp_path: Path) -> None:
    file = tmp_path / "schemas" / "é.json"
    file.parent.mkdir()
    file.write_bytes(b"{}")
    source = Source(tmp_path)
    assert await source.read("https://schema.example.fr/schemas/%C3%A9.json?x=1") == b"{}"
    assert await source.read(str(file)) == b"{}"


@pytest.mark.parametrize(
    "place", ["https://schema.example.fr/absent.json", "https://schema.example.fr/../../etc/passwd", "/absent.json"]
)
async def test_nothing_is_read_outside_of_it(tmp_path: Path, place: str) -> None:
    with pytest.raises(Unreadable):
        await Source(tmp_path).read(place)


@pytest.mark.parametrize("place", ["https://127.0.0.1/schemas.json", "http://schema.example.fr/schemas.json"])
async def test_without_a_folder_addresses_go_through_the_guarded_door(place: str) -> None:
    with pytest.raises(Unreadable, match="adresse"):
        await Source().read(place)
