"""An answer that is made while it is sent: it ends when its reader leaves, or when its time is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack
from typing import TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

T = TypeVar("T")


class StreamedAnswer(StreamingResponse):
    """Sends chunks, then closes what they come from. A reader who is cut off notices: the answer has no end."""

    def __init__(
        self, chunks: AsyncIterator[bytes], *, headers: Mapping[str, str], closing: AsyncExitStack, seconds: float
    ) -> None:
        """`closing` is closed whatever happens; `seconds` is the time that sending may take."""
        super().__init__(chunks, headers=headers)
        self.closing = closing
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self.closing, asyncio.timeout(self.seconds):
            await super().__call__(scope, receive, send)


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, which is cancelled if the reader leaves before. Raises ClientDisconnect."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.wait({working, leaving})


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
