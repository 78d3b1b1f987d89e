"""Patterns of schemas, matched as Frictionless does (`^pattern$`, from the start), without catastrophic backtracking.

A pattern is parsed by Python itself and written anew for RE2, which takes a time proportional to the text. What RE2
cannot say exactly as Python means it (look-around, back-references, word boundaries, flags, possessive repetition,
more than 1,000 repetitions) stays with Python, where one match may take `PATIENCE_SECONDS` at most.

One wanted difference: `$` here is the end of the text. Python's also matches before a final line end, which no
pattern of a schema means.

    `^\\d{14}$` → RE2 (`\\d`: any decimal digit, as in Python)     `(a+)+` → RE2     `(?=.*x).{3}` → Python
"""

import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import FrameType
from typing import Any, Literal, Protocol

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

PATIENCE_SECONDS = 2.0
"""One match with Python: far beyond any honest pattern on a cell, far below what a file may take."""

MAX_REPEAT = 1_000
"""RE2 takes no larger count."""

_CATEGORIES = {
    "CATEGORY_DIGIT": r"\p{Nd}",
    "CATEGORY_NOT_DIGIT": r"\P{Nd}",
    "CATEGORY_SPACE": r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    "CATEGORY_WORD": r"\p{L}\p{N}_",
}
"""Python's classes of characters, as RE2 writes them inside brackets."""

_COMPLEMENTS = {"CATEGORY_NOT_SPACE": "CATEGORY_SPACE", "CATEGORY_NOT_WORD": "CATEGORY_WORD"}

_POSITIONS = {
    "AT_BEGINNING": "^",
    "AT_BEGINNING_STRING": r"\A",
    "AT_END": r"\z",
    "AT_END_STRING": r"\z",
}

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 16 << 20


class PatternTooSlow(Exception):
    """Python did not come to an end in time; the text is not in the message, it may be personal data."""


class _NotForRe2(Exception):
    """RE2 has no exact equivalent."""


class _Compiled(Protocol):
    def match(self, text: str) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled pattern."""

    pattern: str
    linear: str | None
    """The same for engines that only take a linear time (RE2, Rust's), to be *searched*; None when it needs Python."""
    _compiled: _Compiled

    @property
    def engine(self) -> Literal["re2", "python"]:
        """Which one matches."""
        return "python" if self.linear is None else "re2"

    def matches(self, text: str) -> bool:
        """Whether the whole text has the form. Raises PatternTooSlow (Python only)."""
        if self.linear is not None:
            try:
                return self._compiled.match(text) is not None
            except UnicodeEncodeError:  # half of a surrogate pair: RE2 reads UTF-8
                return _python(self.pattern).match(text) is not None
        with _patience():
            return self._compiled.match(text) is not None


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> Matcher:
    """The matcher of a pattern of a schema. Raises re.error when Python refuses it too."""
    python = _python(pattern)
    try:
        linear = rf"\A(?:{_for_re2(f'^{pattern}$')})"
        return Matcher(pattern, linear, re2.compile(linear, options=_OPTIONS))
    except (_NotForRe2, re2.error):
        return Matcher(pattern, None, python)


def needs_python(pattern: str) -> bool:
    """Whether only Python can match it, hence in a bounded time only. Raises re.error."""
    return compile_pattern(pattern).engine == "python"


def _python(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^{pattern}$(?!\n)")


@contextmanager
def _patience() -> Iterator[None]:
    """Interrupt a match that lasts: Python's engine looks at signals, which only the main thread may set."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise PatternTooSlow

    try:
        before = signal.signal(signal.SIGVTALRM, give_up)
    except ValueError:  # another thread: without a limit of its own
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _for_re2(pattern: str) -> str:
    parsed = import_module("re._parser").parse(pattern)
    if parsed.state.flags & ~re.UNICODE:
        raise _NotForRe2
    return _sequence(parsed)


def _sequence(nodes: Sequence[tuple[Any, Any]]) -> str:
    return "".join(_node(str(kind), value) for kind, value in nodes)


def _node(kind: str, value: Any) -> str:
    write = _WRITERS.get(kind)
    if write is None:
        raise _NotForRe2
    return write(value)


def _literal(code: int) -> str:
    character = chr(code)
    if character.isascii() and (character.isalnum() or character == "_"):
        return character
    return rf"\x{{{code:x}}}"


def _at(position: object) -> str:
    if str(position) not in _POSITIONS:
        raise _NotForRe2
    return _POSITIONS[str(position)]


def _in(items: Sequence[tuple[Any, Any]]) -> str:
    negated = str(items[0][0]) == "NEGATE"
    if len(items) == 1 and str(items[0][1]) in _COMPLEMENTS:
        return f"[^{_CATEGORIES[_COMPLEMENTS[str(items[0][1])]]}]"
    inside = "".join(_in_brackets(str(kind), value) for kind, value in (items[1:] if negated else items))
    return f"[^{inside}]" if negated else f"[{inside}]"


def _in_brackets(kind: str, value: Any) -> str:
    if kind == "LITERAL":
        return _literal(value)
    if kind == "RANGE":
        return f"{_literal(value[0])}-{_literal(value[1])}"
    if kind == "CATEGORY" and str(value) in _CATEGORIES:
        return _CATEGORIES[str(value)]
    raise _NotForRe2


def _branch(value: tuple[Any, Sequence[Any]]) -> str:
    return "(?:" + "|".join(_sequence(branch) for branch in value[1]) + ")"


def _group(value: tuple[Any, int, int, Any]) -> str:
    _number, added, removed, inside = value
    if added or removed:
        raise _NotForRe2
    return f"(?:{_sequence(inside)})"


def _repeat(value: tuple[int, Any, Any]) -> str:
    """Greedy or not says nothing of whether the whole matches."""
    least, most, inside = value
    unlimited = str(most) == "MAXREPEAT"
    if least > MAX_REPEAT or not (unlimited or most <= MAX_REPEAT):
        raise _NotForRe2
    return f"(?:{_sequence(inside)}){{{least},{'' if unlimited else most}}}"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "LITERAL": _literal,
    "NOT_LITERAL": lambda code: f"[^{_literal(code)}]",
    "ANY": lambda _: r"[^\n]",
    "AT": _at,
    "IN": _in,
    "BRANCH": _branch,
    "SUBPATTERN": _group,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
}
