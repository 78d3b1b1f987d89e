"""The three services behind one port: `/v1/…` goes to the service that owns it, `/ingest/…` and so on to each whole.

The gateway's own pages (landing, merged documentation, health of all) are an app with the shared edge, like the
services'; requests for the services pass by it untouched, so that each has one request id and one log line.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.cli.data_folder import DataFolder
from services.cli.landing import landing_route
from services.cli.merged_api import merge_documents, owned_segment, path_table
from shared.web import make_service_app
from shared.web.bounded import bounded
from shared.web.health import Check

TITLE = "Socle"
DESCRIPTION = """Déposer, valider, publier et réutiliser les données ouvertes des collectivités : toutes les
opérations de la plate-forme. Chaque service a aussi sa propre page : `/ingest/docs`, `/validator/docs`,
`/catalog/docs`."""


class Gateway:
    """An ASGI app in front of the services' apps."""

    def __init__(self, apps: Mapping[str, FastAPI], own: FastAPI) -> None:
        self.path_table = path_table(apps)
        """Owned segment → service, for instance `/v1/deposits` → `ingest`."""
        self._apps = apps
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app, scope = self._choose(scope)
        await app(scope, receive, send)

    def _choose(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        if scope["type"] != "http":
            return self._own, scope
        service = self.path_table.get(owned_segment(scope["path"]))
        if service is not None:
            return self._apps[service], scope
        name, slash, _ = scope["path"][1:].partition("/")
        if slash and name in self._apps:
            return self._apps[name], {**scope, "root_path": f"{scope.get('root_path', '')}/{name}"}
        return self._own, scope


def make_gateway(apps: Mapping[str, FastAPI], *, folder: DataFolder | None = None) -> Gateway:
    """The gateway of these services; it opens and closes them. `folder`: whose sandbox `/` may show."""

    @asynccontextmanager
    async def lifespan(_own: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            for app in apps.values():
                await opened.enter_async_context(app.router.lifespan_context(app))
            yield

    def checks() -> Mapping[str, Check]:
        return {name: partial(_is_ready, app) for name, app in apps.items()}

    own = make_service_app(title=TITLE, description=DESCRIPTION, routers=[], lifespan=lifespan, checks=checks)
    own.router.routes.append(landing_route(folder))

    @cache
    def document() -> dict[str, Any]:
        documents = {name: app.openapi() for name, app in apps.items()}
        return bounded(merge_documents(documents, title=TITLE, description=DESCRIPTION))

    own.openapi = document  # type: ignore[method-assign] # FastAPI's documented way to replace it
    return Gateway(apps, own)


async def _is_ready(app: ASGIApp) -> bool:
    """What the service's own `/health/ready` says, without the network."""
    status = 0

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    path = "/health/ready"
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
    }
    await app(scope, receive, send)
    return status == 200
