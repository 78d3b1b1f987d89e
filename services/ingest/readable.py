"""Routes that people open from a letter: a browser is refused with a page, a program with a problem document."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError

from services.ingest.habilitations.page import HEADERS, refusal_page
from shared.errors import Refusal, ServiceUnavailable
from shared.outages import AROUND_US, is_outage
from shared.web import refusals
from shared.web.problems import InvalidRequest

log = logging.getLogger(__name__)


class ReadableRoute(APIRoute):
    """Shows refusals to whoever asks for HTML first, as browsers do when somebody follows a link."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # a coroutine
        """The handler, its refusals shown."""
        handler = super().get_route_handler()

        async def readable(request: Request) -> Response:
            try:
                return await handler(request)
            except (Refusal, RequestValidationError) as error:
                if not _is_browser(request):
                    raise
                return _shown(error)
            except (SQLAlchemyError, *AROUND_US) as error:
                if not (_is_browser(request) and is_outage(error)):
                    raise
                log.error("the database could not answer", exc_info=error)
                return _shown(ServiceUnavailable("La plate-forme ne répond pas pour le moment."))

        return readable


def readable_refusals(*types: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """`refusals` of such a route."""
    page = {"text/html": {"schema": {"type": "string"}}}
    return {status: {**said, "content": {**said["content"], **page}} for status, said in refusals(*types).items()}


def _is_browser(request: Request) -> bool:
    return request.headers.get("accept", "").strip().lower().startswith("text/html")


def _shown(error: Refusal | RequestValidationError) -> Response:
    if isinstance(error, Refusal):
        headers = {**HEADERS, **error.headers}
        return HTMLResponse(refusal_page(error.title, error.detail, error.action), error.status, headers)
    said = (
        "Il manque une réponse, ou elle n'a pas la forme attendue.",
        "Revenez à la page et remplissez-la en entier.",
    )
    return HTMLResponse(refusal_page(InvalidRequest.title, *said), InvalidRequest.status, HEADERS)
