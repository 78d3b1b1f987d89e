"""What is asked of the list of data sets."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


class DatasetFacet(StrEnum):
    """By what data sets are counted and filtered."""

    THEME = "theme"
    ORGANISATION = "organisation"
    SCHEMA = "schema"
    LICENCE = "licence"
    FORMAT = "format"
    FRESHNESS = "freshness"


class Sort(StrEnum):
    """Orders of the list; data sets that are equal in it follow each other by identifier."""

    RELEVANCE = "relevance"
    """The best first. Without words all are equal."""
    LEAST_RELEVANT = "-relevance"
    TITLE = "title"
    """Without case or accents."""
    TITLE_DOWN = "-title"
    UPDATED = "updated_at"
    """Those never published come last, in both directions."""
    UPDATED_DOWN = "-updated_at"
    ROWS = "rows"
    ROWS_DOWN = "-rows"


@dataclass(frozen=True, slots=True)
class Question:
    """Which data sets, in which order. Values of one filter are alternatives; filters hold together."""

    words: tuple[str, ...] = ()
    """Folded; each is somewhere in the title, the identifier, the organisation's name or the schema's texts."""
    filters: dict[DatasetFacet, list[str]] = field(default_factory=dict)
    """Without an entry, or with an empty one: any value."""
    sort: Sort = Sort.RELEVANCE

    @property
    def fingerprint(self) -> str:
        """Equal for questions whose pages follow each other."""
        asked = (self.words, sorted((name, sorted(values)) for name, values in self.filters.items()), self.sort)
        return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Place:
    """The last data set of the page before."""

    value: int | str
    """What it is sorted by."""
    id: str
