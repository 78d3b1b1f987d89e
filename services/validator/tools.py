"""What the routes of validator work with, wired once by `app.py`."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.validator.sandbox import Sandbox
from services.validator.settings import ValidatorSettings
from services.validator.territories import Territories
from shared.blobs import Blobs
from shared.fetch import Door
from shared.imported import Follower
from shared.registry import Registry


@dataclass(frozen=True, slots=True)
class Tools:
    """Settings, schemas and processes of this web process. It keeps nothing: the database tells of imported schemas,
    the store gives what a signed link names."""

    settings: ValidatorSettings
    registry: Registry
    schemas: Follower
    """Keeps the registry up to date."""
    sandbox: Sandbox
    places: asyncio.Semaphore
    """One per validation under way."""
    blobs: Blobs
    """Read for the annotated table of a deposit, whose link ingest signs."""
    door: Door
    """How files elsewhere are reached."""
    territories: Territories
    """Whose file it is, when the request says so."""


async def tools_of(request: Request) -> Tools:
    """The tools that the lifespan of the app put in place."""
    tools: Tools = request.app.state.tools
    return tools


ValidatorTools = Annotated[Tools, Depends(tools_of)]
