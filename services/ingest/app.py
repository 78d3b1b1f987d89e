"""Ingest's ASGI app: the only place of its web process that builds engines, clients and settings."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.ingest.routes import (
    admin_organisations,
    admin_referents,
    audit,
    consents,
    decisions,
    deposits,
    follow_up,
    habilitations,
    keys,
    limits,
    oauth,
    organisations,
    reports,
    status,
    webhooks,
    whoami,
)
from services.ingest.settings import IngestSettings
from services.ingest.tools import Tools
from services.ingest.webhooks.described import describe_events
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.imported import following
from shared.limits import make_limiter
from shared.queue import Queue
from shared.registry import load_registry
from shared.web import make_service_app
from shared.web.health import Check, database_check

DESCRIPTION = """Recevoir les fichiers que les logiciels des collectivités déposent, et suivre chaque dépôt
jusqu'à sa fin. Une réponse 202 est une promesse : le fichier est conservé et sera vérifié."""

ROOMS = (
    deposits,
    decisions,
    reports,
    keys,
    oauth,
    habilitations,
    consents,
    whoami,
    webhooks,
    organisations,
    follow_up,
    admin_organisations,
    admin_referents,
    audit,
    limits,
    status,
)
"""Of routes."""


def make_app(settings: IngestSettings) -> FastAPI:
    """The app; what it needs is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings.database_url, "socle_ingest", pool_size=settings.database_pool_size)
        queue, sessions, registry = Queue(settings.queue_url), make_sessions(engine), load_registry()
        app.state.tools = Tools(
            settings=settings,
            sessions=sessions,
            blobs=open_blobs(settings.blobs_url),
            queue=queue,
            registry=registry,
            upload_slots=asyncio.Semaphore(settings.max_uploads),
        )
        async with following(registry, sessions):
            yield
        await queue.close()
        await engine.dispose()

    def checks() -> Mapping[str, Check]:
        # The queue is not among them: without it deposits are still accepted, and the sweep catches up.
        tools: Tools = app.state.tools
        return {"database": database_check(tools.sessions), "blobs": tools.blobs.is_up}

    app = make_service_app(
        title="Socle — dépôts",
        description=DESCRIPTION,
        routers=[room.router for room in ROOMS],
        lifespan=lifespan,
        checks=checks,
        limiter=make_limiter(settings),
    )
    describe_events(app.webhooks)
    return app
