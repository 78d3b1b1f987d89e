"""One question for all who ask at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")

MOST_AT_ONCE = 200
"""Keys of one question."""


class Gathering(Generic[Key, Found]):
    """While a question is on its way, those who ask wait for the next one: it always begins after them."""

    __slots__ = ("_ask", "_asking", "_waiting")

    def __init__(self, ask: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Found]]]) -> None:
        """`ask` is never called twice at a time. What it raises, all who wait for it get."""
        self._ask = ask
        self._waiting: list[tuple[Key, asyncio.Future[Found | None]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def find(self, key: Key) -> Found | None:
        """What is found under the key at some instant after the call."""
        waiting: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, waiting))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_for_all())
        return await waiting

    async def _ask_for_all(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._answer(asked)
        finally:
            self._asking = None

    async def _answer(self, asked: Sequence[tuple[Key, "asyncio.Future[Found | None]"]]) -> None:
        try:
            found = await self._ask([*{key for key, _ in asked}])
        except BaseException as error:
            for _, waiting in asked:
                if not waiting.done():
                    waiting.set_exception(error)
            if isinstance(error, asyncio.CancelledError):
                raise
            return
        for key, waiting in asked:
            if not waiting.done():
                waiting.set_result(found.get(key))
