"""A receiver of webhooks: answers as it is told, and remembers what came."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from serving import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def type(self) -> str:
        kind: str = orjson.loads(self.body)["type"]
        return kind


Answer = Callable[[Visit], Response]


@dataclass
class Receiver:
    """`answer` may be changed at any time."""

    url: str = ""
    visits: list[Visit] = field(default_factory=list)
    answer: Answer = lambda _visit: Response(status_code=204)
    holding: asyncio.Event | None = None
    """When set, requests are answered only once it is set."""


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    receiver = Receiver()

    async def take(request: Request) -> Response:
        visit = Visit(dict(request.headers), await request.body())
        receiver.visits.append(visit)
        if receiver.holding is not None:
            await receiver.holding.wait()
        return receiver.answer(visit)

    async with served(Starlette(routes=[Route("/{path:path}", take, methods=["POST", "GET"])])) as url:
        receiver.url = f"{url}/evenements"
        yield receiver
