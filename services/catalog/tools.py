"""What the routes of catalog work with, wired once by `app.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.catalog.exports.files import ExportFiles
from services.catalog.overlaps import OverlapCounts
from services.catalog.publish.decide import DecideTools
from services.catalog.settings import CatalogSettings
from shared.blobs import Blobs
from shared.db import Sessions
from shared.paging import cursor_secret
from shared.registry import Registry
from shared.rows import RowTable


@dataclass(frozen=True, slots=True)
class Tools:
    """Engines, clients and settings of this process. All of it only reads the database, but for `deciding`."""

    settings: CatalogSettings
    sessions: Sessions
    blobs: Blobs
    registry: Registry
    tables: Mapping[str, RowTable]
    """Schema name → its row table."""
    files: ExportFiles
    deciding: DecideTools
    overlaps: OverlapCounts = field(default_factory=OverlapCounts)

    @property
    def cursor_secret(self) -> bytes:
        """The key that signs cursors."""
        return cursor_secret(self.settings.key_pepper.get_secret_value())


def tools_of(request: Request) -> Tools:
    """The tools that the lifespan of the app put in place."""
    tools: Tools = request.app.state.tools
    return tools


CatalogTools = Annotated[Tools, Depends(tools_of)]
