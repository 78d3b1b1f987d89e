"""Catalog's ASGI app: the only place of its web process that builds engines, clients and settings."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.catalog.exports.files import ExportFiles
from services.catalog.publish.decide import DecideTools
from services.catalog.routes import aggregate, changes, datasets, exports, overlaps, records, rollback, versions
from services.catalog.settings import CatalogSettings
from services.catalog.tools import Tools
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.imported import following
from shared.registry import load_registry
from shared.rows import RowTables
from shared.web import make_service_app
from shared.web.health import Check, database_check

DESCRIPTION = """Lire les données publiées : un jeu de données par collectivité et par schéma, et un pour toutes.
Chaque réponse est celle d'une seule version, entière."""


WRITING_POOL_SIZE = 2
"""Connections per process for the few decisions that are taken over HTTP."""


ROOMS = (datasets, records, aggregate, exports, versions, changes, rollback, overlaps)
"""Of routes."""


def make_app(settings: CatalogSettings) -> FastAPI:
    """The app; what it needs is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _opened_tools(settings) as tools:
            app.state.tools = tools
            yield

    def checks() -> Mapping[str, Check]:
        tools: Tools = app.state.tools
        return {"database": database_check(tools.sessions), "blobs": tools.blobs.is_up}

    app = make_service_app(
        title="Socle — catalogue",
        description=DESCRIPTION,
        routers=[room.router for room in ROOMS],
        lifespan=lifespan,
        checks=checks,
    )
    return app


@asynccontextmanager
async def _opened_tools(settings: CatalogSettings) -> AsyncIterator[Tools]:
    url = settings.read_database_url or settings.database_url
    engine = make_engine(url, "socle_reader", pool_size=settings.database_pool_size)
    # Who asks and what is decided is read and written where the truth is, never on a replica.
    writing = make_engine(settings.database_url, "socle_catalog", pool_size=WRITING_POOL_SIZE)
    blobs, registry, sessions = open_blobs(settings.blobs_url), load_registry(), make_sessions(engine)
    tools = Tools(
        settings=settings,
        sessions=sessions,
        blobs=blobs,
        registry=registry,
        tables=RowTables(registry),
        files=ExportFiles(engine=engine, blobs=blobs),
        deciding=DecideTools(writing, make_sessions(writing), blobs, registry),
    )
    async with following(registry, sessions):
        yield tools
    await writing.dispose()
    await engine.dispose()
