"""Connections for reading rows: the driver's own, so that prepared statements last as long as a connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy.engine import make_url

from services.catalog.query.ask import Rows, fetch
from services.catalog.query.statement import Statement
from shared.db import server_settings

STATEMENTS_KEPT = 200
"""Prepared statements per connection: as many shapes of questions as are asked again and again."""

CONNECT_SECONDS = 5.0
ACQUIRE_SECONDS = 2.0
"""As for the other engines: who waits longer for a connection is told that we are busy."""


class _KeptConnection(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """Nothing that we send changes a session, so nothing is reset between two readers: a round trip less."""

    def get_reset_query(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks single statements, each its own snapshot; what they read is as of a publication and does not move."""

    pool: asyncpg.Pool

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of a statement. Raises QueryTooCostly, ServiceUnavailable, TimeoutError (no connection free)."""
        async with self.pool.acquire(timeout=ACQUIRE_SECONDS) as driver:
            return await fetch(driver, statement)


@asynccontextmanager
async def opened_reader(database_url: str, *, pool_size: int) -> AsyncIterator[Reader]:
    """A reader under the role of public reads; connections are opened when they are needed."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    pool = asyncpg.create_pool(
        url,
        min_size=0,
        max_size=pool_size,
        connection_class=_KeptConnection,
        statement_cache_size=STATEMENTS_KEPT,
        max_cached_statement_lifetime=0,
        max_inactive_connection_lifetime=0,
        server_settings=server_settings("socle_reader"),
        timeout=CONNECT_SECONDS,
    )
    async with pool:
        yield Reader(pool)
