"""Patterns of schemas, matched as Frictionless does (`^pattern$`, from the start), without catastrophic backtracking.

A pattern is written anew for RE2 (`translation.py`), which takes a time proportional to the text. What RE2 cannot say
exactly as Python means it stays with Python, where one match may take `PATIENCE_SECONDS` at most.

One wanted difference: `$` here is the end of the text. Python's also matches before a final line end, which no
pattern of a schema means.

    `^\\d{14}$` → RE2 (`\\d`: any decimal digit, as in Python)     `(a+)+` → RE2     `(?=.*x).{3}` → Python
"""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType
from typing import Literal, Protocol

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

from shared.registry.translation import EXACT, translate

PATIENCE_SECONDS = 2.0
"""One match with Python: far beyond any honest pattern on a cell, far below what a file may take."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 16 << 20


class PatternTooSlow(Exception):
    """Python did not come to an end in time; the text is not in the message, it may be personal data."""


class _Compiled(Protocol):
    def match(self, text: str) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled pattern."""

    pattern: str
    linear: str | None
    """The same for RE2, which takes a linear time, to be *searched*; None when it needs Python."""
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
    translated = translate(pattern, EXACT)
    if translated is None:
        return Matcher(pattern, None, python)
    try:
        return Matcher(pattern, translated.pattern, re2.compile(translated.pattern, options=_OPTIONS))
    except re2.error:
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
