"""Answers that were already made, kept within a number of bytes; the one not asked for the longest goes first."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from shared.web.app import CROSS_ORIGIN

OVERHEAD_BYTES = 2_000
"""Of an answer in memory beside its body: headers, key, places in the table."""

LARGEST_SHARE = 16
"""An answer of more than one part in that many of the whole is not kept: it would push out too many others."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body of JSON with its headers, `ETag` among them."""

    headers: Mapping[str, str]
    body: bytes
    raw_headers: list[tuple[bytes, bytes]] = field(init=False)
    """As ASGI sends them, with type and length."""

    validators: list[tuple[bytes, bytes]] = field(init=False)
    """The same without them, for a 304."""

    def __post_init__(self) -> None:
        validators = [*_raw(self.headers), *_CROSS_ORIGIN]
        length = str(len(self.body)).encode()
        object.__setattr__(self, "validators", validators)
        object.__setattr__(
            self, "raw_headers", [*validators, (b"content-type", b"application/json"), (b"content-length", length)]
        )

    @property
    def entity_tag(self) -> str:
        """Strong."""
        return self.headers["ETag"]


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


_CROSS_ORIGIN = _raw(CROSS_ORIGIN)


class KeptAnswers:
    """Keys name the state of the data set (`Present.mark`) and the whole question: nothing here can grow stale."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """The answer, if it is still kept."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def keep(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer, and let go of others when there are too many bytes."""
        size = _size(answer)
        if size * LARGEST_SHARE > self._max_bytes or key in self._answers:
            return
        self._answers[key] = answer
        self._bytes += size
        while self._bytes > self._max_bytes:
            _, gone = self._answers.popitem(last=False)
            self._bytes -= _size(gone)

    @property
    def size_bytes(self) -> int:
        """What is kept now."""
        return self._bytes


def _size(answer: Answer) -> int:
    return len(answer.body) + OVERHEAD_BYTES
