"""What the routes of ingest work with, wired once by `app.py`."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.ingest.settings import IngestSettings
from services.ingest.waiting import Endings
from shared.blobs import Blobs
from shared.db import Sessions
from shared.errors import ServiceUnavailable
from shared.queue import Queue
from shared.registry import Registry

CONVERSIONS = 2
"""Corrected files written at once by a process: each takes a core for a moment; the others wait."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Engines, clients and settings of this process."""

    settings: IngestSettings
    sessions: Sessions
    blobs: Blobs
    queue: Queue
    registry: Registry
    upload_slots: asyncio.Semaphore
    conversions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONVERSIONS))
    """One per corrected file being written."""
    endings: Endings = field(default_factory=Endings)


async def tools_of(request: Request) -> Tools:
    """The tools that the lifespan of the app put in place."""
    tools: Tools = request.app.state.tools
    return tools


IngestTools = Annotated[Tools, Depends(tools_of)]


class Slot:
    """A place among the uploads in flight."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots: asyncio.Semaphore | None = slots

    def leave(self) -> None:
        """Give the place to another; a second time does nothing."""
        if self._slots is not None:
            self._slots.release()
        self._slots = None


async def take_upload_slot(tools: IngestTools) -> AsyncIterator[Slot]:
    """Admission: uploads in flight are bounded; beyond, an early 503 before anything is asked of the database."""
    if tools.upload_slots.locked():
        raise ServiceUnavailable("Trop d'envois sont en cours.", retry_after_seconds=1)
    await tools.upload_slots.acquire()
    slot = Slot(tools.upload_slots)
    try:
        yield slot
    finally:
        slot.leave()


UploadSlot = Annotated[Slot, Depends(take_upload_slot)]
