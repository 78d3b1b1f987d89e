"""One way to make a service's ASGI app."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import InvalidParameter
from shared.limits import Limiter
from shared.web import docs, problem_pages, problems
from shared.web.addresses import refuse_unfit_addresses
from shared.web.bounded import bounded
from shared.web.head import HeadFromGet
from shared.web.health import Check, health_router
from shared.web.limited import Limited, TooManyRequests
from shared.web.naming import operation_name, with_plain_tags
from shared.web.problems import InternalError, InvalidRequest, Problem, refusals
from shared.web.request_context import RequestContext
from shared.web.small_bodies import SmallBodies
from shared.web.strict import refuse_unknown_parameters

COMMON_REFUSALS = (InvalidParameter, InvalidRequest, InternalError, TooManyRequests)
"""What any route may answer."""

EXPOSED_HEADERS = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Repr-Digest",
    "Retry-After",
    "X-Request-Id",
)
"""What a script of another site may read, beyond the few that the Fetch standard always lets it read."""


Front = Callable[[ASGIApp], ASGIApp]
"""Makes an app that answers some requests and hands the others to the one it is given."""

CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS),
}
"""Headers of an answer to a script of another site, for a front, which the framework's middlewares do not see."""


CROSS_ORIGIN_RULES: dict[str, Any] = {
    "allow_origins": ["*"],
    "allow_methods": ["*"],
    "allow_headers": ["*"],
    "expose_headers": EXPOSED_HEADERS,
}
"""The same for the framework's middleware."""


class ServiceApp(FastAPI):
    """FastAPI, with the request's id around everything, then limits and a front for a service that has them."""

    def __init__(self, *, front: Front | None, limiter: Limiter | None, **given: Any) -> None:
        super().__init__(**given)
        self.state.limiter = limiter
        inner: ASGIApp = front(super().__call__) if front else super().__call__
        self._edge = RequestContext(Limited(inner, limiter, headers=CROSS_ORIGIN) if limiter else inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._edge(scope, receive, send)


def make_service_app(
    *,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    checks: Callable[[], Mapping[str, Check]],
    front: Front | None = None,
    limiter: Limiter | None = None,
) -> FastAPI:
    """An app with the shared edge. `checks` is called at each `/health/ready`, after the lifespan has begun.

    `limiter` is closed with the app.
    """
    app = ServiceApp(
        front=front,
        limiter=limiter,
        title=title,
        description=description,
        version=version("socle"),
        lifespan=_closing(limiter, lifespan),
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_unfit_addresses), Depends(refuse_unknown_parameters)],
        responses=refusals(*COMMON_REFUSALS),
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        separate_input_output_schemas=False,
        generate_unique_id_function=operation_name,
    )
    problems.install(app)
    for router in routers:
        app.include_router(router)
    app.include_router(health_router(checks))
    docs.install(app)
    problem_pages.install(app)
    app.add_middleware(SmallBodies)
    app.add_middleware(CORSMiddleware, **CROSS_ORIGIN_RULES)
    app.add_middleware(HeadFromGet, routes=app.routes)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _closing(limiter: Limiter | None, lifespan: Lifespan) -> Lifespan:
    @asynccontextmanager
    async def whole(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with lifespan(app):
                yield
        finally:
            if limiter is not None:
                await limiter.close()

    return whole


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with every error answer as problem+json."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            webhooks=app.webhooks.routes,
            license_info=app.license_info,
            separate_input_output_schemas=False,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        schemas["Problem"] = Problem.model_json_schema()
        app.openapi_schema = with_plain_tags(bounded(document))
    return app.openapi_schema
