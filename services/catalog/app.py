"""Catalog's ASGI app: the only place of its web process that builds engines, clients and settings."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.catalog.auth import known_vendor
from services.catalog.discover.known import KnownSchemas
from services.catalog.exports.extracts import Extracts
from services.catalog.exports.files import ExportFiles
from services.catalog.publish.decide import DecideTools
from services.catalog.query.ceiling import GroupCeiling
from services.catalog.reading.answers import KeptAnswers
from services.catalog.reading.front import ReadingFront
from services.catalog.reading.pool import opened_reader
from services.catalog.reading.present import PresentDatasets
from services.catalog.reading.respond import Responder
from services.catalog.routes import (
    aggregate,
    changes,
    datasets,
    described,
    exports,
    extracts,
    free,
    overlaps,
    preview,
    records,
    rollback,
    versions,
)
from services.catalog.settings import CatalogSettings
from services.catalog.tools import Tools
from services.catalog.trials.door import TrialDoor
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.imported import following
from shared.limits import make_limiter
from shared.paging import cursor_secret
from shared.registry import load_registry
from shared.rows import RowTables
from shared.web import make_service_app
from shared.web.health import Check, database_check

DESCRIPTION = """Lire les données publiées : un jeu de données par collectivité et par schéma, et un pour toutes.
Chaque réponse est celle d'une seule version, entière."""


WRITING_POOL_SIZE = 2
"""Connections per process for the few decisions that are taken over HTTP."""


ROOMS = (
    datasets,
    records,
    aggregate,
    extracts,
    exports,
    versions,
    changes,
    rollback,
    overlaps,
    preview,
    described,
    free,
)
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
        limiter=make_limiter(settings),
        front=lambda following: TrialDoor(
            ReadingFront(following, lambda: app.state.tools.responder),
            inside=following,
            authenticate=lambda request: known_vendor(request, app.state.tools),
            sessions=lambda: app.state.tools.sessions,
        ),
    )
    return app


@asynccontextmanager
async def _opened_tools(settings: CatalogSettings) -> AsyncIterator[Tools]:
    url = settings.read_database_url or settings.database_url
    engine = make_engine(url, "socle_reader", pool_size=settings.database_pool_size)
    # Whoever downloads slowly keeps no connection from those who ask for a page.
    exporting = make_engine(url, "socle_reader", pool_size=settings.export_pool_size)
    # Who asks and what is decided is read and written where the truth is, never on a replica.
    writing = make_engine(settings.database_url, "socle_catalog", pool_size=WRITING_POOL_SIZE)
    blobs, registry, sessions = open_blobs(settings.blobs_url), load_registry(), make_sessions(engine)
    tables = RowTables(registry)
    async with (
        opened_reader(url, pool_size=settings.database_pool_size) as reader,
        opened_reader(url, pool_size=1) as looking_up,
        following(registry, sessions),
    ):
        yield Tools(
            settings=settings,
            sessions=sessions,
            blobs=blobs,
            registry=registry,
            tables=tables,
            files=ExportFiles(engine=exporting, blobs=blobs),
            extracts=Extracts(engine=exporting, seconds=settings.export_seconds),
            responder=Responder(
                present=PresentDatasets(looking_up, reader, sessions, tables),
                reader=reader,
                sessions=sessions,
                kept=KeptAnswers(settings.answers_bytes),
                cursor_secret=cursor_secret(settings.key_pepper.get_secret_value()),
                ceiling=GroupCeiling(settings.groups_max),
            ),
            deciding=DecideTools(writing, make_sessions(writing), blobs, registry),
            known=KnownSchemas(registry),
        )
    await writing.dispose()
    await exporting.dispose()
    await engine.dispose()
