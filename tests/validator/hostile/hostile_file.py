"""What the hostile files are made of, and what each must end in."""

from collections.abc import Callable
from dataclasses import dataclass

from judging import DELIBERATION, deliberation_file

HEADER = tuple(DELIBERATION)
ROW = tuple(DELIBERATION.values())
TEXT = deliberation_file({})
HEAD = ",".join(HEADER)
LINE = ",".join(ROW)

LIMIT = "limit"
"""Ends in a limit of the sandbox: a refusal too, less precise."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, and the codes of which its report must hold one (`LIMIT`: a limit will do; `valid`: it is harmless)."""

    make: Callable[[], bytes]
    ends: tuple[str, ...]
    schema: str = "scdl/deliberations"
    is_long: bool = False


def text_file(content: str | bytes) -> Callable[[], bytes]:
    """A file of this text."""
    return lambda: content.encode() if isinstance(content, str) else content


def changed(**values: str) -> Callable[[], bytes]:
    """A délibération with other values."""
    return lambda: deliberation_file(values).encode()
