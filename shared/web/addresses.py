"""Addresses of requests are short: what a parameter may hold has a bound, the same everywhere."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import InvalidParameter
from shared.web.problems import answer

LONGEST_ADDRESS_BYTES = 8000
"""Path and query as they are sent; what RFC 9110, 4.1 asks every server to take."""


class ShortAddresses:
    """Refuses longer ones before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _length(scope) <= LONGEST_ADDRESS_BYTES:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        longest = max(request.query_params, key=lambda name: len(request.query_params[name]), default="path")
        refusal = InvalidParameter(
            longest,
            f"L'adresse dépasse {LONGEST_ADDRESS_BYTES} octets.",
            action="Raccourcissez la requête, ou faites-en plusieurs.",
        )
        await answer(request, refusal)(scope, receive, send)


def _length(scope: Scope) -> int:
    return len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
