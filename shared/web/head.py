"""HEAD wherever GET is (RFC 9110, 9.3.2): the same answer without its body."""

from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = "socle.head"
"""In the scope of a request that was a HEAD."""


def wants_no_body(request: HTTPConnection) -> bool:
    """Whether only the headers will be sent: a costly body need not be made."""
    return request.scope.get("method") == "HEAD" or MARK in request.scope


class HeadFromGet:
    """Asks the GET route, for the paths that have no HEAD route of their own, and keeps the body back."""

    def __init__(self, app: ASGIApp, routes: list[BaseRoute]) -> None:
        self.app = app
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or self._has_own(scope):
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", MARK: True}, receive, send_head)

    def _has_own(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self.routes)
