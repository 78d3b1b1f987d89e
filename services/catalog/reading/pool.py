"""Connections for reading rows: the driver's own, so that prepared statements last as long as a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy.engine import make_url

import shared.db
from services.catalog.query.ask import Rows, fetch
from services.catalog.query.statement import Statement
from shared.db import server_settings

STATEMENTS_KEPT = 200
"""Prepared statements per connection: as many shapes of questions as are asked again and again."""

ACQUIRE_SECONDS = 2.0
"""As for the other engines: who waits longer for a connection is told that we are busy."""


@dataclass(slots=True)
class Reader:
    """Asks single statements, each its own snapshot; what they read is as of a publication and does not move.

    Nothing that we send changes a session: a connection goes from one reader to the next as it is. The driver's own
    pool would reset it, and make a task to do so.
    """

    url: str
    turns: asyncio.Semaphore
    resting: list[asyncpg.Connection] = field(default_factory=list)
    """The one used last comes last, and is used first."""

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of a statement. Raises QueryTooCostly, ServiceUnavailable, TimeoutError (no connection free)."""
        await self._wait_for_turn()
        try:
            driver = await self._connection()
            try:
                rows = await fetch(driver, statement)
            except asyncio.CancelledError:
                driver.terminate()  # what it was asked is still on its way
                raise
            finally:
                if not driver.is_closed():
                    self.resting.append(driver)
        finally:
            self.turns.release()
        return rows

    async def _wait_for_turn(self) -> None:
        if self.turns.locked():
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await self.turns.acquire()
        else:
            await self.turns.acquire()  # at once

    async def _connection(self) -> asyncpg.Connection:
        while self.resting:
            driver = self.resting.pop()
            if not driver.is_closed():
                return driver
        return await asyncpg.connect(
            self.url,
            statement_cache_size=STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            server_settings=server_settings("socle_reader"),
            timeout=shared.db.CONNECT_SECONDS,
        )

    def close(self) -> None:
        """Leave what rests; nobody asks any more."""
        for driver in self.resting:
            driver.terminate()


@asynccontextmanager
async def opened_reader(database_url: str, *, pool_size: int) -> AsyncIterator[Reader]:
    """A reader under the role of public reads; connections are opened when they are needed."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    reader = Reader(url, asyncio.Semaphore(pool_size))
    try:
        yield reader
    finally:
        reader.close()
