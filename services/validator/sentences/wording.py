"""What a wording is: templates that take `{column}`, `{value}`, `{row}`, `{suggestion}` and each room's own details.

A code has its French and its English side by side; both take the same places.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.reports.words import typeset

__all__ = ["REPLACE", "CorrectionWording", "English", "Wording", "places_of", "typeset"]

REPLACE = "Remplacez « {value} » par « {suggestion} »."
REPLACE_IN_ENGLISH = "Replace “{value}” with “{suggestion}”."


class English(NamedTuple):
    """The same words in English; `mend_with` may be left out where the French one is `REPLACE`."""

    message: str
    mend: str
    expected: str | None = None
    mend_with: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one code."""

    message: str
    mend: str
    expected: str | None = None
    mend_with: str | None = None
    """Replaces `mend` when a replacement is known (`{suggestion}`)."""
    validata: str | None = None
    """Validata's error type for the same fault; None when Validata has none."""
    english: English | None = None
    places: frozenset[str] = field(init=False)
    """Names of all places of its templates, in either language."""

    def __post_init__(self) -> None:
        for name in ("message", "mend", "expected", "mend_with"):
            template = getattr(self, name)
            if template is not None:
                object.__setattr__(self, name, typeset(template))
        if self.english is not None and self.english.mend_with is None and self.mend_with == typeset(REPLACE):
            object.__setattr__(self, "english", self.english._replace(mend_with=REPLACE_IN_ENGLISH))
        object.__setattr__(self, "places", places_of([*self.french, *(self.english or ())]))

    @property
    def french(self) -> English:
        """The French words in the shape of the English ones."""
        return English(self.message, self.mend, self.expected, self.mend_with)


@dataclass(frozen=True, slots=True)
class CorrectionWording:
    """The words of one correction: they take `{before}`, `{after}` and `{column}`."""

    message: str
    english: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", typeset(self.message))


def places_of(templates: Iterable[str | None]) -> frozenset[str]:
    """Names of the places of some templates."""
    return frozenset(
        place for text in templates if text for _, place, _, _ in string.Formatter().parse(text) if place is not None
    )
