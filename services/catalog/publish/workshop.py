"""The one connection of a publication, with the temporary tables that stay on it from one publication to the next."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.catalog.copy_out import driver_connection
from shared.rows import RowTable

WORK_MEMORY = "64MB"
"""For the joins and the sort of one publication, instead of files on the server's disk; a worker does three at once."""

KEPT_BYTES = 1 << 20
"""Work tables larger than that, with what deleted rows left behind, are emptied at once, not when the connection next
needs them."""

TURN_TIMEOUT = "120s"
"""How long a publication waits for the row table: the first one of a million rows may be before it."""


@dataclass(frozen=True, slots=True)
class WorkTables:
    """Temporary tables for one row table."""

    incoming: str
    """`line, slice, key_hash, row_hash, occurrence, extra` and the columns of the row table."""
    closing: str
    """`row_id, slice, key_hash, occurrence` of the rows that leave."""
    coming: str
    """The rows of `incoming` that are to be written, with the same columns."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The same connection twice: for transactions, and for COPY."""

    connection: AsyncConnection
    driver: asyncpg.Connection

    async def clear_tables(self, table: RowTable) -> WorkTables:
        """The work tables for `table`, empty. Made once per connection: making them costs more than a small deposit."""
        found = _work_tables(table)
        made: set[WorkTables] = self.connection.info.setdefault("work tables", set())
        if found not in made:
            for statement in _create_statements(found, table):
                await self.driver.execute(statement)
            made.add(found)
        else:
            # Files of their own for rows that must lie in their order; to delete a few rows takes a tenth of the time.
            await self.driver.execute(
                f"TRUNCATE {found.incoming}; DELETE FROM {found.closing}; DELETE FROM {found.coming}"  # noqa: S608
            )
        return found


@asynccontextmanager
async def opened_workshop(engine: AsyncEngine, table: RowTable) -> AsyncIterator[Workshop]:
    """A connection that goes back to the pool as it came, but for the empty work tables.

    What is written to work tables needs no durability, so their commits wait for no disk; a transaction that
    publishes asks for it again.
    """
    async with engine.connect() as connection:
        driver = await driver_connection(connection)
        await driver.execute(
            f"SET work_mem = '{WORK_MEMORY}'; SET lock_timeout = '{TURN_TIMEOUT}'; SET synchronous_commit = off"
        )
        try:
            yield Workshop(connection, driver)
        finally:
            if not driver.is_closed():
                await _leave(driver, _work_tables(table))


async def _leave(driver: asyncpg.Connection, tables: WorkTables) -> None:
    await driver.execute("RESET work_mem; RESET lock_timeout; RESET synchronous_commit")
    names = [tables.incoming, tables.closing, tables.coming]
    sizes = "SELECT sum(pg_total_relation_size(to_regclass('pg_temp.' || name))) FROM unnest($1::text[]) AS name"
    size_bytes = await driver.fetchval(sizes, names)
    if size_bytes is not None and size_bytes > KEPT_BYTES:
        await driver.execute(f"TRUNCATE {', '.join(names)}")


def _work_tables(table: RowTable) -> WorkTables:
    columns = " ".join(f"{column.column} {column.sql_type}" for column in table.columns)
    mark = hashlib.sha256(f"{table.name} {columns}".encode()).hexdigest()[:16]
    return WorkTables(f"incoming_{mark}", f"closing_{mark}", f"coming_{mark}")


def _create_statements(tables: WorkTables, table: RowTable) -> list[str]:
    columns = ", ".join(f"{column.column} {column.sql_type}" for column in table.columns)
    place = 'slice text COLLATE "C", key_hash uuid'
    return [
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {tables.incoming} (line bigint, {place}, row_hash uuid, "
        f"occurrence integer, extra jsonb, {columns})",
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {tables.coming} (LIKE {tables.incoming})",
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {tables.closing} (row_id bigint, {place}, occurrence integer)",
    ]
