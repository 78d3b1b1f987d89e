"""What the routes of validator work with, wired once by `app.py`."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.validator.sandbox import Sandbox
from services.validator.settings import ValidatorSettings
from shared.registry import Registry


@dataclass(frozen=True, slots=True)
class Tools:
    """Settings, schemas and processes of this web process. The database only tells of imported schemas: nothing is kept."""

    settings: ValidatorSettings
    registry: Registry
    sandbox: Sandbox
    places: asyncio.Semaphore
    """One per validation under way."""


def tools_of(request: Request) -> Tools:
    """The tools that the lifespan of the app put in place."""
    tools: Tools = request.app.state.tools
    return tools


ValidatorTools = Annotated[Tools, Depends(tools_of)]
