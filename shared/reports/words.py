"""Filling a sentence in French or in English from what a finding keeps: language-free details.

fill("{why} ; {columns}", {"why": said("trop tôt", "too early"), "columns": ["A", "B"]}, "en") → "too early ; “A”, “B”"
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["fr", "en"]

Detail = str | int | float | list[str] | dict[str, str] | None
"""A place of a sentence: a value; names to quote one by one; or words in both languages, as `said` makes them."""


def said(fr: str, en: str) -> dict[str, str]:
    """Words for a place of a sentence, in both languages."""
    return {"fr": fr, "en": en}


def fill(template: str, places: Mapping[str, Any], language: Language) -> str:
    """The sentence. A place without value is left empty."""
    return Spoken(places, language).fill(template)


def typeset(text: str) -> str:
    """French spacing: a non-breaking space inside « » and before `: ; ! ? %`."""
    return re.sub(r" (?=[:;!?»%])|(?<=«) ", "\N{NO-BREAK SPACE}", text)


class Spoken(dict[str, str]):
    """Places as a language says them: put into words when a template asks for one, once for all templates."""

    __slots__ = ("language", "places")

    def __init__(self, places: Mapping[str, Any], language: Language) -> None:
        self.places, self.language = places, language

    def fill(self, template: str) -> str:
        """The sentence. A place without value is left empty."""
        return template.format_map(self)

    def __missing__(self, name: str) -> str:
        value = self.places.get(name)
        text = self[name] = value if isinstance(value, str) else self._said(value)
        return text

    def _said(self, value: Any) -> str:
        if isinstance(value, dict):
            return str(value[self.language])
        if isinstance(value, list | tuple):
            quoted = "« {} »" if self.language == "fr" else "“{}”"
            return ", ".join(quoted.format(one) for one in value)
        return "" if value is None else str(value)
