"""In front of the framework: the questions that are asked most, answered with as little in between as possible.

What is answered here is answered by the framework's routes too, by the same functions of `reading.respond`: they
document it, and take what this room leaves to them (other formats than JSON, other methods).
"""

import re
from collections.abc import Callable, Mapping

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from services.catalog.reading.respond import Kind, Question, Responder

PATH = re.compile(r"/v1/datasets/([^/]+)/(?:(records|aggregate)|records/([^/]+))")

JSON_TYPES = (b"", b"*/*", b"application/json")
"""Values of Accept for which the answer is JSON without a further thought."""

NOT_MODIFIED = 304


class ReadingFront:
    """An ASGI app that answers reads in JSON and hands everything else on."""

    def __init__(
        self, app: ASGIApp, responder: Callable[[], Responder], handlers: Mapping[type[Exception], ExceptionHandler]
    ) -> None:
        """`handlers`: the framework's own, so that a refusal is worded in one place."""
        self._app = app
        self._responder = responder
        self._answering = ExceptionMiddleware(self._answer, handlers=handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = _question(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if question is None:
            await self._app(scope, receive, send)
        else:
            scope["socle.question"] = question
            await self._answering(scope, receive, send)

    async def _answer(self, scope: Scope, _receive: Receive, send: Send) -> None:
        status, answer = await self._responder().answer(scope["socle.question"])
        headers = answer.validators if status == NOT_MODIFIED else answer.raw_headers
        # A copy: middlewares add to it.
        await send({"type": "http.response.start", "status": status, "headers": headers.copy()})
        await send({"type": "http.response.body", "body": b"" if status == NOT_MODIFIED else answer.body})


def _question(scope: Scope) -> Question | None:
    found = PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
    if found is None or _header(scope, b"accept") not in JSON_TYPES:
        return None
    if found[3] is not None and scope["query_string"]:
        return None  # a record has no parameters: the framework's own check says so
    condition = _header(scope, b"if-none-match").decode("latin-1") or None
    kind = Kind.RECORD if found[2] is None else Kind(found[2])
    return Question(kind, found[1], scope["path"], scope["query_string"], found[3] or "", condition)


def _header(scope: Scope, name: bytes) -> bytes:
    for one, value in scope["headers"]:
        if one == name:
            found: bytes = value
            return found
    return b""
