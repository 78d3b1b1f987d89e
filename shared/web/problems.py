"""Every answer that is not a success is problem+json (RFC 9457), framework's own errors included."""

import logging
from http import HTTPStatus
from typing import Any

import orjson
from asyncpg import InterfaceError as AsyncpgInterfaceError
from asyncpg import PostgresConnectionError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from shared.errors import PROBLEM_JSON, NotFound, Refusal, ServiceUnavailable
from shared.outages import is_outage
from shared.web.pointed import pointed
from shared.web.small_bodies import TooMuch

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """A problem document. Members beyond these depend on `code`."""

    type: str = Field(description="Adresse de la page qui explique ce code.")
    title: str = Field(description="Intitulé, le même pour toutes les occurrences du code.")
    status: int
    detail: str = Field(description="Ce qui ne va pas dans cette requête.")
    code: str = Field(description="Code stable, à utiliser dans un programme.")
    action: str = Field(description="Ce qu'il faut faire.")
    instance: str = Field(description="Chemin de la requête.")
    request_id: str = Field(description="À citer dans toute demande d'aide.")


class InvalidRequest(Refusal):
    """Parameters or body that do not have the declared shape; `errors` points at each."""

    status = 422
    code = "invalid-request"
    title = "Requête invalide"


class MethodNotAllowed(Refusal):
    """The path exists, not for this method."""

    status = 405
    code = "method-not-allowed"
    title = "Méthode non autorisée"


class RequestRefused(Refusal):
    """Any other refusal that comes from the HTTP layer itself."""

    status = 400
    code = "bad-request"
    title = "Requête refusée"


class InternalError(Refusal):
    """A bug of ours."""

    status = 500
    code = "internal-error"
    title = "Erreur interne"


NOT_TEXT = ("22021", "22P05")
"""What PostgreSQL says of a text, or of a text within JSON, that holds a NUL: no text of a person does."""


def refusals(*types: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse in these ways, one entry per status."""
    by_status: dict[int | str, list[type[Refusal]]] = {}
    for refusal in types:
        by_status.setdefault(refusal.status, []).append(refusal)
    return {
        status: {
            "description": " · ".join(f"`{one.code}` {one.title}" for one in group),
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, group in sorted(by_status.items(), key=lambda item: int(item[0]))
    }


def answer(request: Request, refusal: Refusal, *, status: int | None = None) -> Response:
    """The response for a refusal."""
    request_id = request.scope.get("request_id", "-")
    document = refusal.document() | {"instance": request.url.path, "request_id": request_id}
    if status is not None:
        document["status"] = status
    return Response(
        orjson.dumps(document, default=str),
        status_code=status or refusal.status,
        headers=refusal.headers,
        media_type=PROBLEM_JSON,
    )


def install(app: FastAPI) -> None:
    """Render refusals, framework errors, database outages and bugs, each in one place."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for outage in (OperationalError, InterfaceError, DBAPIError, PoolTimeoutError):
        app.add_exception_handler(outage, _on_database_error)
    for lost in (PostgresConnectionError, AsyncpgInterfaceError, ConnectionError, TimeoutError):
        app.add_exception_handler(lost, _on_outage)
    app.add_exception_handler(OSError, _on_storage_error)
    app.add_exception_handler(Exception, _on_bug)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - the handler is registered for this class
    return answer(request, error)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the handler is registered for this class
    errors = [pointed(one) for one in error.errors()]
    where = ", ".join(sorted({str(one["name"]) for one in errors}))
    return answer(
        request,
        InvalidRequest(
            f"La requête n'a pas la forme attendue : {where}.",
            action="Corrigez ce que `errors` désigne ; la forme attendue est décrite dans la documentation de l'API.",
            errors=errors,
        ),
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler is registered for this class
    headers = dict(error.headers or {})
    if isinstance(error, TooMuch):
        return answer(request, error.refusal())
    if error.status_code == HTTPStatus.NOT_FOUND:
        refusal: Refusal = NotFound(
            "Cette adresse ne correspond à rien ici.",
            action="Vérifiez le chemin ; la liste des opérations est sous /docs.",
            headers=headers,
        )
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = _methods_of(request)
        refusal = MethodNotAllowed(
            f"La méthode {request.method} n'existe pas à cette adresse.",
            action=f"Méthodes possibles : {allowed}.",
            headers={"Allow": allowed},
        )
    else:
        refusal = RequestRefused(str(error.detail), action="Corrigez la requête et renvoyez-la.", headers=headers)
    return answer(request, refusal, status=error.status_code)


def _methods_of(request: Request) -> str:
    """Every method of the path (RFC 9110, 10.2.1): Starlette only knows those of the first route that has it."""
    routes = iter_route_contexts(request.app.routes)
    matching = [route for route in routes if route.matches(dict(request.scope))[0] is not Match.NONE]
    exact = [route for route in matching if getattr(route, "path", None) == request.url.path]
    found = {method for route in exact or matching for method in getattr(route, "methods", None) or ()}
    return ", ".join(sorted(found | {"HEAD"} if "GET" in found else found))


async def _on_database_error(request: Request, error: Exception) -> Response:
    if getattr(getattr(error, "orig", None), "sqlstate", None) in NOT_TEXT:
        refusal = InvalidRequest(
            "Un texte de la requête contient un caractère qu'aucun texte ne contient (NUL).", action="Retirez-le."
        )
        return answer(request, refusal)
    return await (_on_outage if is_outage(error) else _on_bug)(request, error)


async def _on_outage(request: Request, error: Exception) -> Response:
    # A COMMIT that errors is unknown, not refused: the idempotency key settles it at the next try.
    log.error("the database could not answer", exc_info=error)
    return answer(request, ServiceUnavailable("La base de données ne répond pas pour le moment."))


async def _on_storage_error(request: Request, error: Exception) -> Response:
    """A full or broken disk, an object store that does not answer: nothing was promised."""
    log.critical("the blob store could not keep or give bytes", exc_info=error, extra={"alarm": True})
    return answer(request, ServiceUnavailable("Le stockage ne répond pas pour le moment.", retry_after_seconds=30))


async def _on_bug(request: Request, error: Exception) -> Response:
    log.error("unhandled exception", exc_info=error)
    return answer(
        request,
        InternalError(
            "Une erreur inattendue s'est produite de notre côté.",
            action="Réessayez plus tard ; si l'erreur persiste, signalez-la en citant `request_id`.",
        ),
    )
