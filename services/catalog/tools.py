"""What the routes of catalog work with, wired once by `app.py`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.catalog.discover.known import KnownSchemas
from services.catalog.exports.extracts import Extracts
from services.catalog.exports.files import ExportFiles
from services.catalog.publish.decide import DecideTools
from services.catalog.reading.respond import Responder
from services.catalog.settings import CatalogSettings
from shared.blobs import Blobs
from shared.db import Sessions
from shared.paging import cursor_secret
from shared.registry import Registry
from shared.rows import RowTables


@dataclass(frozen=True, slots=True)
class Tools:
    """Engines, clients and settings of this process. All of it only reads the database, but for `deciding`."""

    settings: CatalogSettings
    sessions: Sessions
    blobs: Blobs
    registry: Registry
    tables: RowTables
    """Schema name → its row table."""
    files: ExportFiles
    extracts: Extracts
    responder: Responder
    deciding: DecideTools
    known: KnownSchemas
    """The registry as searches see it."""

    @property
    def cursor_secret(self) -> bytes:
        """The key that signs cursors."""
        return cursor_secret(self.settings.key_pepper.get_secret_value())


async def tools_of(request: Request) -> Tools:
    """The tools that the lifespan of the app put in place."""
    tools: Tools = request.app.state.tools
    return tools


CatalogTools = Annotated[Tools, Depends(tools_of)]
