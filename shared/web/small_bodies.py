"""What a request may carry beside a file. FastAPI reads a body before it asks for a key: anybody is bounded."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.uploads import Allowance, BodyTooLarge

MAX_BODY_BYTES = 1_000_000
"""A Table Schema of 250 columns with long enumerations weighs less."""


class TooMuch(HTTPException):
    """The one kind of error that FastAPI lets through while it reads a body."""

    def __init__(self) -> None:
        super().__init__(BodyTooLarge.status)

    def refusal(self) -> BodyTooLarge:
        """What is answered."""
        return BodyTooLarge(
            f"Le corps de la requête dépasse {MAX_BODY_BYTES} octets.",
            action="Raccourcissez-le, ou faites-en plusieurs requêtes ; un fichier se dépose par POST /v1/deposits.",
            limit_bytes=MAX_BODY_BYTES,
        )


class SmallBodies:
    """An ASGI app that counts what is read of a body, unless the route does so by itself (`Allowance`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size_bytes = 0
        allowance = Allowance.of(scope)

        async def counted() -> Message:
            nonlocal size_bytes
            message = await receive()
            size_bytes += len(message.get("body", b""))
            if size_bytes > MAX_BODY_BYTES and not allowance.is_counted_by_route:
                raise TooMuch
            return message

        await self._app(scope, counted, send)
