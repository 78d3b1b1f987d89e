"""Routes whose JSON body is read up to a limit, whoever sends it: FastAPI reads a body before it asks for a key."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from shared.uploads import BodyTooLarge

MAX_BYTES = 1_000_000
"""A Table Schema of 250 columns with long enumerations weighs less."""


class BoundedRoute(APIRoute):
    """Raises BodyTooLarge."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # a coroutine
        """The handler, given a body that is here already."""
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            body = bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise BodyTooLarge(
                        f"Le corps de la requête dépasse {MAX_BYTES} octets.",
                        action="Raccourcissez les énumérations et les descriptions du schéma.",
                        limit_bytes=MAX_BYTES,
                    )
            return await handler(Request(request.scope, _replay(bytes(body))))

        return bounded


def _replay(body: bytes) -> Callable[[], Awaitable[Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
