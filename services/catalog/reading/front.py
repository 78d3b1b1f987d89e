"""In front of the framework: the questions that are asked most, answered with as little in between as possible.

What is answered here is answered by the framework's routes too, by the same functions of `reading.respond`: they
document it, and take what this room leaves to them (other formats than JSON, other methods).
"""

import logging
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.catalog.reading.respond import Kind, Question, Responder
from shared.errors import Refusal
from shared.web.addresses import unfit
from shared.web.app import CROSS_ORIGIN
from shared.web.header import header
from shared.web.problems import answer as problem_answer

log = logging.getLogger(__name__)

PATH = re.compile(r"/v1/datasets/([^/]+)/(?:(records|aggregate)|records/([^/]+))")

JSON_TYPES = (b"", b"*/*", b"application/json")
"""Values of Accept for which the answer is JSON without a further thought."""

NOT_MODIFIED = 304


class ReadingFront:
    """An ASGI app that answers reads in JSON and hands everything else on."""

    def __init__(self, app: ASGIApp, responder: Callable[[], Responder]) -> None:
        self._app = app
        self._responder = responder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = _question(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if question is None:
            await self._app(scope, receive, send)
            return
        try:
            status, answer = await self._responder().answer(question)
        except Refusal as refusal:
            response = problem_answer(Request(scope), refusal)
            response.headers.update(CROSS_ORIGIN)
            await response(scope, receive, send)
        except Exception as error:
            # The framework asks again, and says what is wrong where that is said.
            log.warning("an answer could not be made; asked again", exc_info=error)
            await self._app(scope, receive, send)
        else:
            is_known = status == NOT_MODIFIED
            headers = answer.validators if is_known else answer.raw_headers
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if is_known else answer.body})


def _question(scope: Scope) -> Question | None:
    found = PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
    if found is None or header(scope, b"accept") not in JSON_TYPES:
        return None
    if found[3] is not None and scope["query_string"]:
        return None  # a record has no parameters: the framework's own check says so
    if unfit(scope) is not None:
        return None
    condition = header(scope, b"if-none-match").decode("latin-1") or None
    kind = Kind.RECORD if found[2] is None else Kind(found[2])
    return Question(kind, found[1], scope["path"], scope["query_string"], found[3] or "", condition)
