"""`COPY … TO STDOUT` as a stream of bytes, with as much in memory as the reader of the stream lets wait."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNKS_AHEAD = 8


async def driver_connection(connection: AsyncConnection) -> asyncpg.Connection:
    """The asyncpg connection under a SQLAlchemy one, for what only the driver can do (COPY, plain fetches)."""
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection = raw.driver_connection
    return driver


async def copy_out(connection: asyncpg.Connection, query: str, *args: Any) -> AsyncIterator[bytes]:
    """The rows of `query` as CSV without a header: UTF-8, `,`, LF, null as nothing, an empty text as `""`."""
    chunks: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=CHUNKS_AHEAD)
    left = False

    async def run() -> None:
        try:
            await connection.copy_from_query(query, *args, output=chunks.put, format="csv")
        finally:
            if not left:
                await chunks.put(None)

    copying = asyncio.create_task(run())
    try:
        while (chunk := await chunks.get()) is not None:
            yield chunk
        await copying
    finally:
        left = True
        copying.cancel()
        await asyncio.wait({copying})
