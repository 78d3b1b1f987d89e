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

Range = tuple[int, int]
Ranges = tuple[Range, ...]
"""Characters, from the first to the last of each range."""

PRINTABLE: list[Range] = [(0x09, 0x09), (0x0D, 0x0D), (0x20, 0x7E)]
PLAIN = r"[\x{9}\x{d}\x{20}-\x{7e}]"
"""All that is proved to be "any character" or "any but these"."""

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
    alphabet: Ranges | None
    """The characters that matching texts are made of; None when a match may stop before the end of the text."""
    borders: Ranges | None
    """Those that they begin or end with; None as above."""


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
    searched = rf"\A(?:{text})"
    if not _compiles(searched):
        return None
    if not _ends(tree):
        return Translated(searched, None, None)
    return Translated(searched, tuple(writer.ranges), (*_border(list(tree))[0], *_border(list(tree), at_end=True)[0]))


def spelled(characters: str, ranges: Ranges | None) -> bool:
    """Whether one of these characters is in the ranges; None: any may be."""
    return ranges is None or any(first <= ord(each) <= last for each in characters for first, last in ranges)


class _Writer:
    """Writes a parsed pattern again."""

    def __init__(self) -> None:
        self.ranges: list[Range] = []
        """Every character that the pattern names."""

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._item(kind, value) for kind, value in items)

    def _item(self, kind: Any, value: Any) -> str:
        if kind is sre.LITERAL:
            return self._range(value, value)
        if kind in (sre.NOT_LITERAL, sre.ANY):
            self.ranges += PRINTABLE
            return PLAIN if kind is sre.ANY else f"[{PLAIN}&&[^{_literal(value)}]]"
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
        if items[0][0] is sre.NEGATE:
            self.ranges += PRINTABLE
            return f"[{PLAIN}&&[^{''.join(_Writer().member(kind, value) for kind, value in items[1:])}]]"
        return f"[{''.join(self.member(kind, value) for kind, value in items)}]"

    def member(self, kind: Any, value: Any) -> str:
        """What stands between the brackets of a set."""
        if kind is sre.LITERAL:
            return self._range(value, value)
        if kind is sre.RANGE:
            return self._range(*value)
        if kind is sre.CATEGORY and value in CLASSES:
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


def _border(items: list[tuple[Any, Any]], *, at_end: bool = False) -> tuple[list[Range], bool]:
    """The characters that a match begins (or ends) with, and whether it may be empty."""
    found: list[Range] = []
    for kind, value in reversed(items) if at_end else items:
        ranges, may_be_empty = _border_of(kind, value, at_end=at_end)
        found += ranges
        if not may_be_empty:
            return found, False
    return found, True


def _border_of(kind: Any, value: Any, *, at_end: bool) -> tuple[list[Range], bool]:
    if kind is sre.AT:
        return [], True
    if kind is sre.SUBPATTERN:
        return _border(list(value[3]), at_end=at_end)
    if kind is sre.BRANCH:
        branches = [_border(list(branch), at_end=at_end) for branch in value[1]]
        return [one for ranges, _ in branches for one in ranges], any(empty for _, empty in branches)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        ranges, may_be_empty = _border(list(value[2]), at_end=at_end)
        return ranges, may_be_empty or value[0] == 0
    writer = _Writer()
    writer.sequence([(kind, value)])
    return writer.ranges, False


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
