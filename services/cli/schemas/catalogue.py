"""A national catalogue of schemas (`schemas.json`): which Table Schemas it lists, and where their versions are.

The address of a version is taken as it is: file names vary. What is not a Table Schema is passed over.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TABLE_SCHEMA = "tableschema"

THEMES = {"transport.data.gouv.fr": "TRAN", "CNIG": "REGI"}
"""Label of the catalogue → EU data theme; any other is `GOVE`."""

DEFAULT_THEME = "GOVE"


class NotCatalogue(ValueError):
    """The file is not a catalogue of schemas; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version of a Table Schema, as the catalogue lists it."""

    name: str
    version: str
    url: str
    title: str
    description: str
    theme: str


def read_catalogue(content: bytes, *, only: Iterable[str] = ()) -> list[ListedVersion]:
    """Every version of every Table Schema (of those named `only`, if any), in the catalogue's order.

    Raises NotCatalogue; an entry that cannot be read is one too, for a schema must not vanish in silence.
    """
    try:
        catalogue = json.loads(content)
    except ValueError as error:
        raise NotCatalogue("ce n’est pas un document JSON") from error
    entries = catalogue.get("schemas") if isinstance(catalogue, dict) else None
    if not isinstance(entries, list):
        raise NotCatalogue("il n’a pas de liste « schemas »")
    wanted = set(only)
    try:
        listed = [version for entry in entries for version in _versions(entry)]
    except (KeyError, TypeError, AttributeError) as error:
        raise NotCatalogue("une de ses entrées n’a pas la forme attendue") from error
    if unknown := wanted - {each.name for each in listed}:
        raise NotCatalogue(f"il ne liste aucun schéma de table nommé {', '.join(sorted(unknown))}")
    return [each for each in listed if not wanted or each.name in wanted]


def _versions(entry: Mapping[str, Any]) -> Iterator[ListedVersion]:
    if entry["schema_type"] != TABLE_SCHEMA:
        return
    labels = entry.get("labels") or ()
    theme = next((THEMES[label] for label in labels if label in THEMES), DEFAULT_THEME)
    for version in entry["versions"]:
        yield ListedVersion(
            name=str(entry["name"]),
            version=str(version["version_name"]),
            url=str(version["schema_url"]),
            title=str(entry.get("title") or entry["name"]).strip(),
            description=str(entry.get("description") or "").strip(),
            theme=theme,
        )
