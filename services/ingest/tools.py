"""What the routes of ingest work with, wired once by `app.py`."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.ingest.settings import IngestSettings
from shared.blobs import Blobs
from shared.db import Sessions
from shared.queue import Queue
from shared.registry import Registry


@dataclass(frozen=True, slots=True)
class Tools:
    """Engines, clients and settings of this process."""

    settings: IngestSettings
    sessions: Sessions
    blobs: Blobs
    queue: Queue
    registry: Registry
    upload_slots: asyncio.Semaphore


def tools_of(request: Request) -> Tools:
    """The tools that the lifespan of the app put in place."""
    tools: Tools = request.app.state.tools
    return tools


IngestTools = Annotated[Tools, Depends(tools_of)]
