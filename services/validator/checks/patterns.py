r"""Regular expressions of schemas on the engine of columns (Rust's `regex`), where that proves what Python would say.

Python's `re` decides what a pattern means: Frictionless compiles `^` + pattern + `$` and looks for a match at the
start. A pattern is read with Python's own parser and written again with named characters only; a text that then
matches is one that Python matches too. Single texts are asked of `shared.registry.patterns`.

    ^\d{14}$ → texts of 14 ASCII digits        (?=a)b → None        a|b → ^a at the start, or b$ there
"""

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

parser: Any = importlib.import_module("re._parser")
sre: Any = importlib.import_module("re._constants")
"""Python's own reading of patterns, which the standard library keeps to itself."""

REPEAT_LIMIT = 256
"""Repetitions that an automaton is built for."""

CLASSES = {
    sre.CATEGORY_DIGIT: r"0-9",
    sre.CATEGORY_WORD: r"0-9A-Za-z_",
    sre.CATEGORY_SPACE: r"\t\n\r ",
}
"""Classes as they are for ASCII texts without control characters."""

SPANS = {
    sre.CATEGORY_DIGIT: [(0x30, 0x39)],
    sre.CATEGORY_WORD: [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)],
    sre.CATEGORY_SPACE: [(0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x20)],
}

COMPLEMENTS = {
    sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
    sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
    sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
}


class _Untranslatable(ValueError):
    """The pattern holds something that engines may read in different ways."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A pattern in the common syntax, to be searched (not fully matched): it is anchored at the start."""

    pattern: str
    ascii_only: bool
    r"""Whether it holds `\d`, `\w` or `\s`, and so means the same for ASCII texts only."""
    alphabet: tuple[tuple[int, int], ...] | None
    """Ranges of the characters that matching texts are made of; None when they may be made of any."""

    def spells(self, characters: str) -> bool:
        """Whether a matching text may hold one of these characters."""
        if self.alphabet is None:
            return True
        return any(first <= ord(each) <= last for each in characters for first, last in self.alphabet)


def translate(pattern: str) -> Translated | None:
    """The pattern of a constraint, anchors added as Frictionless does; None when it cannot be put otherwise."""
    try:
        tree = parser.parse(f"^{pattern}$")
    except (re.error, RecursionError, OverflowError):
        return None
    if tree.state.flags & ~re.UNICODE:
        return None
    writer = _Writer()
    try:
        text = writer.sequence(tree)
    except _Untranslatable:
        return None
    alphabet = tuple(writer.ranges) if writer.is_closed and _ends(tree) else None
    found = Translated(rf"\A(?:{text})", writer.ascii_only, alphabet)
    return found if _compiles(found.pattern) else None


class _Writer:
    """Writes a parsed pattern again."""

    def __init__(self) -> None:
        self.ascii_only = False
        self.is_closed = True
        """Whether every character of the pattern is named."""
        self.ranges: list[tuple[int, int]] = []

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._item(kind, value) for kind, value in items)

    def _item(self, kind: Any, value: Any) -> str:
        if kind is sre.LITERAL:
            return self._range(value, value)
        if kind in (sre.NOT_LITERAL, sre.ANY):
            self.is_closed = False
            return r"[^\n]" if kind is sre.ANY else f"[^{_literal(value)}]"
        if kind is sre.IN:
            return self._set(value)
        if kind is sre.BRANCH:
            return f"(?:{'|'.join(self.sequence(branch) for branch in value[1])})"
        return self._structure(kind, value)

    def _structure(self, kind: Any, value: Any) -> str:
        if kind is sre.SUBPATTERN and not value[1] and not value[2]:
            return f"(?:{self.sequence(value[3])})"
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            return self._repeat(*value)
        if kind is sre.AT and value is sre.AT_BEGINNING:
            return r"\A"
        if kind is sre.AT and value is sre.AT_END:
            return r"\z"
        raise _Untranslatable(str(kind))

    def _repeat(self, least: Any, most: Any, items: Any) -> str:
        if least > REPEAT_LIMIT or (most is not sre.MAXREPEAT and most > REPEAT_LIMIT):
            raise _Untranslatable("repeat")
        bounds = f"{{{least},}}" if most is sre.MAXREPEAT else f"{{{least},{most}}}"
        return f"(?:{self.sequence(items)}){bounds}"

    def _set(self, items: list[tuple[Any, Any]]) -> str:
        kind, value = items[0]
        if len(items) == 1 and kind is sre.CATEGORY and value in COMPLEMENTS:
            items = [(sre.NEGATE, None), (kind, COMPLEMENTS[value])]
        return f"[{''.join(self._member(kind, value) for kind, value in items)}]"

    def _member(self, kind: Any, value: Any) -> str:
        if kind is sre.NEGATE:
            self.is_closed = False
            return "^"
        if kind is sre.LITERAL:
            return self._range(value, value)
        if kind is sre.RANGE:
            return self._range(*value)
        if kind is sre.CATEGORY and value in CLASSES:
            self.ascii_only = True
            self.ranges += SPANS[value]
            return CLASSES[value]
        raise _Untranslatable(str(value))

    def _range(self, first: int, last: int) -> str:
        self.ranges.append((first, last))
        return _literal(first) if first == last else f"{_literal(first)}-{_literal(last)}"


def _ends(items: Any) -> bool:
    """Whether a match always reaches the end of the text."""
    if not len(items):
        return False
    kind, value = items[-1]
    if kind is sre.BRANCH:
        return all(_ends(branch) for branch in value[1])
    return (kind is sre.AT and value is sre.AT_END) or (kind is sre.SUBPATTERN and _ends(value[3]))


def _literal(point: int) -> str:
    if 0xD800 <= point <= 0xDFFF:
        raise _Untranslatable("surrogate")
    return rf"\x{{{point:x}}}"


def _compiles(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        return False
    return True
