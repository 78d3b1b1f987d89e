"""Filling a sentence in French or in English from what a finding keeps: language-free details.

fill("{why} ; {columns}", {"why": said("trop tôt", "too early"), "columns": ["A", "B"]}, "en") → "too early ; “A”, “B”"
"""

import re
from collections import defaultdict
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
    spoken = {name: _spoken(value, language) for name, value in places.items()}
    return template.format_map(defaultdict(str, spoken))


def typeset(text: str) -> str:
    """French spacing: a non-breaking space inside « » and before `: ; ! ? %`."""
    return re.sub(r" (?=[:;!?»%])|(?<=«) ", "\N{NO-BREAK SPACE}", text)


def _spoken(value: Any, language: Language) -> str:
    if isinstance(value, Mapping):
        return str(value[language])
    if isinstance(value, list | tuple):
        quoted = "« {} »" if language == "fr" else "“{}”"
        return ", ".join(quoted.format(one) for one in value)
    return "" if value is None else str(value)
