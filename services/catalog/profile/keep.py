"""Keeps the profiles of data sets up to date, one at a time in the whole installation, in a worker's spare time."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from services.catalog.copy_out import driver_connection
from services.catalog.profile.measure import Profile, measure
from services.catalog.view import DatasetView, view_of
from shared.imported import know_schema
from shared.models import CatalogDataset, CatalogProfile
from shared.registry import Registry
from shared.rows import RowTables

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks for a data set that was published."""

PATIENCE_SECONDS = 30.0
"""How long measuring waits at most for publications to leave it some time."""

PAUSE_SECONDS = 30.0
"""After trouble around us."""

REST = 20
"""A data set is left alone for so many times as long as measuring it took: a large one that is published every minute
takes at most a twentieth of a core."""

LEAST_REST_SECONDS = 30.0
"""A small one that is published time and again is measured that often, not once per publication."""

PROFILE_LOCK = 0x50C1F
"""Key of the advisory lock of whoever measures."""

TROUBLE = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)

# In no order, so that one that cannot be measured keeps no other waiting for ever.
_DUE = """
    SELECT d.id FROM catalog.dataset AS d LEFT JOIN catalog.profile AS p ON p.dataset_id = d.id
    WHERE d.current_publication IS NOT NULL AND d.withdrawn_at IS NULL AND (p.dataset_id IS NULL
        OR p.publication < d.current_publication
            AND p.measured_at + greatest(p.seconds * :rest, :least) * interval '1 second' <= clock_timestamp())
    ORDER BY d.organisation_siren IS NULL, random() LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class ProfileTools:
    """What measuring works with: catalog's own role."""

    engine: AsyncEngine
    registry: Registry
    tables: RowTables


async def keep_profiles(tools: ProfileTools, is_busy: Callable[[], bool] = lambda: False) -> None:
    """For ever; several workers may do it. Trouble around us waits for the next look, and so, for a while, does a
    worker that is busy publishing."""
    patient_until = 0.0
    while True:
        pause = LOOK_SECONDS
        if is_busy() and time.monotonic() < patient_until:
            await asyncio.sleep(pause)
            continue
        try:
            await measure_all_due(tools)
        except TROUBLE as error:
            log.warning("a profile was cut short: %s", type(error).__name__)
            pause = PAUSE_SECONDS
        patient_until = time.monotonic() + PATIENCE_SECONDS
        await asyncio.sleep(pause)


async def measure_all_due(tools: ProfileTools, *, rest: float = REST, least: float = LEAST_REST_SECONDS) -> None:
    """Measure until nothing is due, or somebody else does. Raises TROUBLE."""
    while await _measure_next(tools, rest, least):
        pass


async def _measure_next(tools: ProfileTools, rest: float, least: float) -> bool:
    # One transaction, in which a statement sees what the last one saw or more: rows as of a publication do not
    # change, unless a purge takes them.
    async with tools.engine.connect() as connection, connection.begin():
        if not (await connection.execute(text(f"SELECT pg_try_advisory_xact_lock({PROFILE_LOCK})"))).scalar_one():
            return False
        dataset_id = (await connection.execute(text(_DUE), {"rest": rest, "least": least})).scalar_one_or_none()
        if dataset_id is None:
            return False
        began = time.monotonic()
        view = await _view(connection, dataset_id, tools)
        profile = await measure(await driver_connection(connection), view, titles=_titles(view, tools.registry))
        if (await _view(connection, dataset_id, tools)).oldest_publication <= view.publication:
            await _keep(connection, view, profile, seconds=time.monotonic() - began)
    log.info("profile measured", extra={"dataset": dataset_id, "publication": view.publication})
    return True


async def _view(connection: AsyncConnection, dataset_id: str, tools: ProfileTools) -> DatasetView:
    async with AsyncSession(bind=connection) as session:
        dataset = await session.get_one(CatalogDataset, dataset_id)
        await know_schema(tools.registry, session, dataset.schema_name, dataset.schema_version)
        return view_of(dataset, tables=tools.tables)


def _titles(view: DatasetView, registry: Registry) -> dict[str, str]:
    return {field.name: field.title for field in registry.get(view.table.schema_name).fields}


async def _keep(connection: AsyncConnection, view: DatasetView, profile: Profile, *, seconds: float) -> None:
    values = {
        "publication": view.publication,
        "version": view.version,
        "rows": profile.rows,
        "overlaps": profile.overlaps,
        "columns": profile.columns,
        "head": profile.head,
        "seconds": seconds,
        "measured_at": func.clock_timestamp(),
    }
    new = insert(CatalogProfile).values(dataset_id=view.dataset_id, **values)
    await connection.execute(new.on_conflict_do_update(index_elements=["dataset_id"], set_=values))
