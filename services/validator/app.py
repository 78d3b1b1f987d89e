"""Validator's ASGI app: the only place of its web process that builds settings, schemas and processes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.validator import corrected
from services.validator.routes import schemas, validata, validations
from services.validator.sandbox import Sandbox
from services.validator.settings import ValidatorSettings
from services.validator.territories import Territories
from services.validator.tools import Tools
from services.validator.worker import limits_of
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.fetch import Door
from shared.imported import following
from shared.limits import make_limiter
from shared.registry import load_registry
from shared.web import make_service_app
from shared.web.health import Check

DESCRIPTION = """Valider un fichier avant de le déposer, avec le même contrôle et le même rapport qu'un dépôt, et lire
les schémas. Ouvert à tous, dans les limites annoncées ; rien n'est conservé."""


def make_app(settings: ValidatorSettings, *, door: Door | None = None) -> FastAPI:
    """The app; its validation processes start and stop with it. `door`: what may be reached elsewhere."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine, registry = make_engine(settings.database_url, "socle_validator", pool_size=1), load_registry()
        async with (
            following(registry, make_sessions(engine)) as follower,
            Sandbox(size=settings.web_children, limits=limits_of(settings), registry=registry) as sandbox,
        ):
            app.state.tools = Tools(
                settings=settings,
                registry=registry,
                schemas=follower,
                sandbox=sandbox,
                places=asyncio.Semaphore(settings.max_waiting_validations),
                blobs=open_blobs(settings.blobs_url),
                door=door or Door(),
                territories=Territories(settings.departements),
            )
            yield
        await engine.dispose()

    def checks() -> Mapping[str, Check]:
        tools: Tools = app.state.tools
        return {"sandbox": tools.sandbox.is_up}

    app = make_service_app(
        title="Socle — validation",
        description=DESCRIPTION,
        routers=[validations.router, corrected.router, schemas.router, validata.router],
        lifespan=lifespan,
        checks=checks,
        limiter=make_limiter(settings),
    )
    return app
