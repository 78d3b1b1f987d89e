r"""Patterns of schemas, written again for engines that take a time proportional to the text.

Python's `re` decides what a pattern means: Frictionless compiles `^` + pattern + `$` and looks for a match at the
start. A pattern is read with Python's own parser and written again with named characters only, in one of two dialects:

    EXACT (RE2, single texts): matches just what Python matches              `\d` → any decimal digit
    ASCII (Rust's `regex`, whole columns): what matches, Python matches too  `\d` → 0 to 9, `.` → printable ASCII

What engines may read in different ways (look-around, back-references, word boundaries, flags, possessive repetition)
is not translated. One wanted difference: `$` is the end of the text; Python's also matches before a final line end.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

parser: Any = importlib.import_module("re._parser")
sre: Any = importlib.import_module("re._constants")
"""Python's own reading of patterns, which the standard library keeps to itself."""

Range = tuple[int, int]
Ranges = tuple[Range, ...]
"""Characters, from the first to the last of each range."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine writes what Python's parser names."""

    classes: Mapping[Any, str]
    """Category → what stands for it between brackets."""
    any: str
    negated: tuple[str, str]
    """Around what stands between the brackets of a negated set."""
    most_repeats: int


EXACT = Dialect(
    classes={
        sre.CATEGORY_DIGIT: r"\p{Nd}",
        sre.CATEGORY_NOT_DIGIT: r"\P{Nd}",
        sre.CATEGORY_SPACE: r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
        r"\x{3000}",
        sre.CATEGORY_WORD: r"\p{L}\p{N}_",
    },
    any=r"[^\n]",
    negated=("[^", "]"),
    most_repeats=1_000,  # RE2 takes no larger count
)

_PLAIN = r"[\x{9}\x{d}\x{20}-\x{7e}]"

ASCII = Dialect(
    classes={sre.CATEGORY_DIGIT: r"0-9", sre.CATEGORY_WORD: r"0-9A-Za-z_", sre.CATEGORY_SPACE: r"\t\n\r "},
    any=_PLAIN,
    negated=(f"[{_PLAIN}&&[^", "]]"),
    most_repeats=256,  # an automaton is built for them
)
"""For texts without control characters."""

_PRINTABLE: Ranges = ((0x09, 0x09), (0x0D, 0x0D), (0x20, 0x7E))

_SPANS: Mapping[Any, Ranges] = {
    sre.CATEGORY_DIGIT: ((0x30, 0x39),),
    sre.CATEGORY_WORD: ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    sre.CATEGORY_SPACE: ((0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x20)),
}

_COMPLEMENTS = {
    sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
    sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
    sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
}

_POSITIONS = {
    sre.AT_BEGINNING: r"\A",
    sre.AT_BEGINNING_STRING: r"\A",
    sre.AT_END: r"\z",
    sre.AT_END_STRING: r"\z",
}

_ENDS = (sre.AT_END, sre.AT_END_STRING)


class _Untranslatable(ValueError):
    """The pattern holds something that engines may read in different ways."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A pattern in the common syntax, to be searched (not fully matched): it is anchored at the start."""

    pattern: str
    alphabet: Ranges | None
    """The characters (in the ASCII dialect) that matching texts are made of; None when a match may stop before the end
    of the text."""
    borders: Ranges | None
    """Those that they begin or end with; None as above."""


def translate(pattern: str, dialect: Dialect) -> Translated | None:
    """The pattern of a constraint, anchors added as Frictionless does; None when it cannot be put otherwise."""
    try:
        tree = parser.parse(f"^{pattern}$")
    except (re.error, RecursionError, OverflowError):
        return None
    if tree.state.flags & ~re.UNICODE:
        return None
    writer = _Writer(dialect)
    try:
        searched = rf"\A(?:{writer.sequence(tree)})"
    except (_Untranslatable, RecursionError):
        return None
    if not _ends(tree):
        return Translated(searched, None, None)
    borders = (_border(list(tree), dialect, at_end=at_end)[0] for at_end in (False, True))
    return Translated(searched, tuple(writer.ranges), tuple(one for ranges in borders for one in ranges))


def spelled(characters: str, ranges: Ranges | None) -> bool:
    """Whether one of these characters is in the ranges; None: any may be."""
    return ranges is None or any(first <= ord(each) <= last for each in characters for first, last in ranges)


@dataclass(slots=True)
class _Writer:
    """Writes a parsed pattern again."""

    dialect: Dialect
    ranges: list[Range] = field(default_factory=list)
    """Every character that the pattern names."""

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._item(kind, value) for kind, value in items)

    def _item(self, kind: Any, value: Any) -> str:
        write = _WRITERS.get(kind)
        if write is None:
            raise _Untranslatable(str(kind))
        return write(self, value)

    def any(self, _: Any) -> str:
        self.ranges += _PRINTABLE
        return self.dialect.any

    def at(self, position: Any) -> str:
        if position not in _POSITIONS:
            raise _Untranslatable(str(position))
        return _POSITIONS[position]

    def branch(self, value: tuple[Any, Iterable[Any]]) -> str:
        return f"(?:{'|'.join(self.sequence(branch) for branch in value[1])})"

    def group(self, value: tuple[Any, int, int, Any]) -> str:
        _number, added, removed, inside = value
        if added or removed:
            raise _Untranslatable("flags")
        return f"(?:{self.sequence(inside)})"

    def repeat(self, value: tuple[Any, Any, Any]) -> str:
        """Greedy or not says nothing of whether the whole matches."""
        least, most, items = value
        limit, is_unlimited = self.dialect.most_repeats, most is sre.MAXREPEAT
        if least > limit or not (is_unlimited or most <= limit):
            raise _Untranslatable("repeat")
        return f"(?:{self.sequence(items)}){{{least},{'' if is_unlimited else most}}}"

    def set(self, items: list[tuple[Any, Any]]) -> str:
        kind, value = items[0]
        if len(items) == 1 and kind is sre.CATEGORY and value in _COMPLEMENTS:
            items = [(sre.NEGATE, None), (kind, _COMPLEMENTS[value])]
        if items[0][0] is not sre.NEGATE:
            return f"[{''.join(self._member(kind, value) for kind, value in items)}]"
        self.ranges += _PRINTABLE
        before, after = self.dialect.negated
        other = _Writer(self.dialect)  # what it names is what is not meant
        return before + "".join(other._member(kind, value) for kind, value in items[1:]) + after

    def _member(self, kind: Any, value: Any) -> str:
        """What stands between the brackets of a set."""
        if kind is sre.LITERAL:
            return self.range(value, value)
        if kind is sre.RANGE:
            return self.range(*value)
        if kind is sre.CATEGORY and value in self.dialect.classes:
            self.ranges += _SPANS.get(value, ())
            return self.dialect.classes[value]
        raise _Untranslatable(str(value))

    def range(self, first: int, last: int) -> str:
        self.ranges.append((first, last))
        return _literal(first) if first == last else f"{_literal(first)}-{_literal(last)}"


_WRITERS: Mapping[Any, Callable[[_Writer, Any], str]] = {
    sre.LITERAL: lambda writer, point: writer.range(point, point),
    sre.NOT_LITERAL: lambda writer, point: writer.set([(sre.NEGATE, None), (sre.LITERAL, point)]),
    sre.ANY: _Writer.any,
    sre.AT: _Writer.at,
    sre.IN: _Writer.set,
    sre.BRANCH: _Writer.branch,
    sre.SUBPATTERN: _Writer.group,
    sre.MAX_REPEAT: _Writer.repeat,
    sre.MIN_REPEAT: _Writer.repeat,
}


def _literal(point: int) -> str:
    if 0xD800 <= point <= 0xDFFF:
        raise _Untranslatable("surrogate")
    return rf"\x{{{point:x}}}"


def _ends(items: Any) -> bool:
    """Whether a match always reaches the end of the text."""
    if not len(items):
        return False
    kind, value = items[-1]
    if kind is sre.BRANCH:
        return all(_ends(branch) for branch in value[1])
    return (kind is sre.AT and value in _ENDS) or (kind is sre.SUBPATTERN and _ends(value[3]))


def _border(items: list[tuple[Any, Any]], dialect: Dialect, *, at_end: bool) -> tuple[list[Range], bool]:
    """The characters that a match begins (or ends) with, and whether it may be empty."""
    found: list[Range] = []
    for kind, value in reversed(items) if at_end else items:
        ranges, may_be_empty = _border_of(kind, value, dialect, at_end=at_end)
        found += ranges
        if not may_be_empty:
            return found, False
    return found, True


def _border_of(kind: Any, value: Any, dialect: Dialect, *, at_end: bool) -> tuple[list[Range], bool]:
    if kind is sre.AT:
        return [], True
    if kind is sre.SUBPATTERN:
        return _border(list(value[3]), dialect, at_end=at_end)
    if kind is sre.BRANCH:
        branches = [_border(list(branch), dialect, at_end=at_end) for branch in value[1]]
        return [one for ranges, _ in branches for one in ranges], any(empty for _, empty in branches)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        ranges, may_be_empty = _border(list(value[2]), dialect, at_end=at_end)
        return ranges, may_be_empty or value[0] == 0
    writer = _Writer(dialect)
    writer.sequence([(kind, value)])
    return writer.ranges, False
