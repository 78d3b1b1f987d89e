"""The one connection of a publication, with the temporary tables that live and die on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.catalog.copy_out import driver_connection
from services.catalog.publish.diff import CLOSING, INSERTING
from services.catalog.publish.load import INCOMING

WORK_MEMORY = "64MB"
"""For the joins and the sort of one publication, instead of files on the server's disk; a worker does two at once."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The same connection twice: for transactions, and for COPY."""

    connection: AsyncConnection
    driver: asyncpg.Connection


@asynccontextmanager
async def opened_workshop(engine: AsyncEngine) -> AsyncIterator[Workshop]:
    """A connection that goes back to the pool as it came."""
    async with engine.connect() as connection:
        driver = await driver_connection(connection)
        await driver.execute(f"SET work_mem = '{WORK_MEMORY}'")
        try:
            yield Workshop(connection, driver)
        finally:
            if not driver.is_closed():
                await driver.execute(f"DROP TABLE IF EXISTS {INCOMING}, {CLOSING}, {INSERTING}; RESET work_mem")
