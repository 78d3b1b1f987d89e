"""The imported schemas of the database, known to a process: read when it starts, and again when they change."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import fields

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from shared.db import Sessions
from shared.models import ImportedRevision, RevisionState
from shared.registry import ImportedSchema, NotTableSchema, Registry

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Between two looks at whether something changed: how long an import may go unnoticed. One count of a small table."""

UNREACHABLE = (SQLAlchemyError, OSError, TimeoutError)
"""The database does not answer: what is known stays known."""


async def read_imported_schemas(database: AsyncConnection | AsyncSession) -> list[ImportedSchema]:
    """The revisions in force, by name and version."""
    in_force = col(ImportedRevision.state) == RevisionState.IN_FORCE
    table = ImportedRevision.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    wanted = select(*(table.c[each.name] for each in fields(ImportedSchema))).where(in_force)
    rows = await database.execute(wanted.order_by(table.c.name, table.c.version))
    return [ImportedSchema(**row) for row in rows.mappings()]


class Follower:
    """Keeps the imported schemas of one registry up to date."""

    def __init__(self, registry: Registry, sessions: Sessions) -> None:
        self._registry = registry
        self._sessions = sessions
        self._seen: object = None

    async def look(self) -> bool:
        """Read the imported schemas if they changed; whether they did. Raises UNREACHABLE."""
        async with self._sessions() as session:
            stamp = select(func.count(), func.max(col(ImportedRevision.changed_at)))
            seen = tuple((await session.execute(stamp)).one())
            if seen == self._seen:
                return False
            self._registry.take_imported(await read_imported_schemas(session))
        self._seen = seen
        return True

    async def look_quietly(self) -> None:
        """The same; what prevents it is only logged, for the process works without."""
        try:
            if await self.look():
                log.info("imported schemas read: %d schemas known", len(self._registry.names()))
        except UNREACHABLE as error:
            log.warning("imported schemas not read: %s", type(error).__name__)
        except NotTableSchema:
            log.exception("an imported schema of the database cannot be read")


@asynccontextmanager
async def following(registry: Registry, sessions: Sessions) -> AsyncIterator[None]:
    """Know the imported schemas from the start to the end of the block."""
    follower = Follower(registry, sessions)
    await follower.look_quietly()
    task = asyncio.create_task(_look_for_ever(follower), name="imported schemas")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _look_for_ever(follower: Follower) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await follower.look_quietly()
