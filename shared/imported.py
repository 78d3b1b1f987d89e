"""The schemas of the database, imported or of free data sets, known to a process: read when it starts, and again when
they change.

A process looks every few seconds. Whoever needs a schema at once asks for it: `know_schema` where it is named by its
version, `refresh` where the newest version decides.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import SQLModel, col

from shared.db import Sessions
from shared.models import CatalogDataset, FreeSchema, ImportedRevision, RevisionState
from shared.registry import ImportedSchema, NotTableSchema, Registry

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Between two looks at whether something changed: how long an import may go unnoticed. One count of a small table."""

_STORED = ("name", "version", "revision", "sha256", "document", "dataset_id", "title", "description", "theme")
"""Columns of an imported revision that cross process borders."""

UNREACHABLE = (SQLAlchemyError, OSError, TimeoutError)
"""The database does not answer: what is known stays known."""


async def read_imported_schemas(database: AsyncConnection | AsyncSession) -> list[ImportedSchema]:
    """The revisions in force, and the schemas of free data sets; by name and version."""
    in_force = col(ImportedRevision.state) == RevisionState.IN_FORCE
    imported = await database.execute(_columns(ImportedRevision, *_STORED).where(in_force).order_by("name", "version"))
    return [ImportedSchema(**row) for row in imported.mappings()] + await _read_free_schemas(database)


async def _read_free_schemas(database: AsyncConnection | AsyncSession) -> list[ImportedSchema]:
    """Of a free data set, title and words are those of the data set itself."""
    versions = _columns(FreeSchema, "number", "sha256", "document")
    owners = _columns(CatalogDataset, "id", "schema_name", "title", "about", "organisation_siren")
    statement = versions.add_columns(*owners.selected_columns).join(
        CatalogDataset, col(CatalogDataset.id) == col(FreeSchema.dataset_id)
    )
    return [
        ImportedSchema(
            name=row.schema_name,
            version=str(row.number),
            revision=1,
            sha256=row.sha256,
            document=row.document,
            dataset_id=row.id,
            title=row.title,
            description=row.about["description"],
            theme=row.about["theme"],
            frequency=row.about["frequency"],
            owner_siren=row.organisation_siren,
        )
        for row in await database.execute(statement.order_by("schema_name", "number"))
    ]


def _columns(model: type[SQLModel], *names: str) -> Select[Any]:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    return select(*(table.c[name] for name in names))


async def refresh(registry: Registry, session: AsyncSession) -> bool:
    """Read the schemas of the database if they changed since the registry took them; whether they did."""
    figures = (
        select(figure).select_from(model).scalar_subquery()
        for model in (ImportedRevision, FreeSchema)
        for figure in (func.count(), func.max(col(model.changed_at)))
    )
    seen = tuple((await session.execute(select(*figures))).one())
    if seen == registry.seen:
        return False
    registry.take_imported(await read_imported_schemas(session))
    registry.seen = seen
    return True


async def know_schema(registry: Registry, session: AsyncSession, name: str, version: str | None = None) -> None:
    """Have the registry know what the database knows of a schema: another process may just have written it."""
    if not registry.knows(name, version):
        await refresh(registry, session)


class Follower:
    """Keeps the imported schemas of one registry up to date."""

    def __init__(self, registry: Registry, sessions: Sessions) -> None:
        self._registry = registry
        self._sessions = sessions

    async def look(self) -> bool:
        """Read the imported schemas if they changed; whether they did. Raises UNREACHABLE."""
        async with self._sessions() as session:
            return await refresh(self._registry, session)

    async def look_quietly(self) -> None:
        """The same; what prevents it is only logged, for the process works without."""
        try:
            if await self.look():
                log.info("imported schemas read: %d schemas known", len(self._registry.names()))
        except UNREACHABLE as error:
            log.warning("imported schemas not read: %s", type(error).__name__)
        except NotTableSchema:
            log.exception("an imported schema of the database cannot be read")

    async def know(self, name: str, version: str | None = None) -> None:
        """Look, if the registry does not know this schema."""
        if not self._registry.knows(name, version):
            await self.look_quietly()


@asynccontextmanager
async def following(registry: Registry, sessions: Sessions) -> AsyncIterator[Follower]:
    """Know the imported schemas from the start to the end of the block."""
    follower = Follower(registry, sessions)
    await follower.look_quietly()
    task = asyncio.create_task(_look_for_ever(follower), name="imported schemas")
    try:
        yield follower
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _look_for_ever(follower: Follower) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await follower.look_quietly()
