"""What is known of each schema when data sets are looked for: theme, formats, promised frequency, words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from services.catalog.discover.words import folded, stem
from services.catalog.exports.formats import Format
from shared.freshness import max_age_seconds
from shared.registry import Registry, SchemaVersion

GEOGRAPHIC_FORMATS = ("geojson",)
"""Formats that only data sets with a position have."""


class Weight(IntEnum):
    """Where a word is found, the best place first; how it is found there adds 1 to 3 (see `Found`)."""

    TITLE = 50
    ORGANISATION = 40
    SCHEMA = 30
    DESCRIPTION = 20
    COLUMN = 10


class Found(IntEnum):
    """How a word is found in a text."""

    WITHIN = 1
    """Inside a word."""
    START = 2
    """At the beginning of one."""
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class _Texts:
    """Folded texts of a schema, by their weight."""

    by_weight: Mapping[Weight, str]

    def score(self, word: str) -> int:
        """The best place of the word; 0 where it is nowhere."""
        return max((score_in(text, word, weight) for weight, text in self.by_weight.items()), default=0)


def score_in(text: str, word: str, weight: Weight) -> int:
    """How well a folded word is found in a folded text."""
    if f" {word} " in text:
        return weight + Found.WHOLE
    root = stem(word)
    if f" {root}" in text:
        return weight + Found.START
    return weight + Found.WITHIN if root in text else 0


def score_expression(text: str, word: str, root: str, weight: Weight) -> str:
    """The same as SQL, from the SQL of the three; 0 where the text is null. Most texts do not have the word, however
    it is looked for: that is asked first."""
    return (
        f"CASE WHEN coalesce(strpos({text}, {root}), 0) = 0 THEN 0 "
        f"WHEN strpos({text}, ' ' || {word} || ' ') > 0 THEN {weight + Found.WHOLE} "
        f"WHEN strpos({text}, ' ' || {root}) > 0 THEN {weight + Found.START} ELSE {weight + Found.WITHIN} END"
    )


def formats_of(schema: SchemaVersion) -> list[str]:
    """In which the data sets of a schema can be downloaded."""
    return [str(one) for one in Format if schema.geography is not None or one not in GEOGRAPHIC_FORMATS]


class KnownSchemas:
    """The registry as searches see it; texts are folded once, and again when imported schemas change."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._changes = -1
        self._texts: dict[str, _Texts] = {}

    def facts(self, words: Sequence[str]) -> list[dict[str, object]]:
        """Of each schema: `name`, `theme`, `max_age` (seconds or None), `formats`, `scores` (one for each word)."""
        texts = self._known_texts()
        return [
            {
                "name": name,
                "theme": schema.dataset.theme,
                "max_age": max_age_seconds(schema.frequency),
                "formats": formats_of(schema),
                "scores": [texts[name].score(word) for word in words],
            }
            for name in self._registry.names()
            for schema in (self._registry.get(name),)
        ]

    def _known_texts(self) -> dict[str, _Texts]:
        if self._changes != self._registry.changes:
            changes = self._registry.changes
            self._texts = {name: _texts(self._registry.get(name)) for name in self._registry.names()}
            self._changes = changes
        return self._texts


def _texts(schema: SchemaVersion) -> _Texts:
    columns = " ".join(f"{field.name} {field.title}" for field in schema.fields)
    return _Texts(
        {
            Weight.SCHEMA: folded(f"{schema.title} {schema.name}"),
            Weight.DESCRIPTION: folded(f"{schema.dataset.description} {schema.description}"),
            Weight.COLUMN: folded(columns),
        }
    )
