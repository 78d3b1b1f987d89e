"""`COPY … TO STDOUT` as a stream of bytes, with as much in memory as the reader of the stream lets wait."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNKS_AHEAD = 8

RAW = {"delimiter": "\x02", "quote": "\x01"}
"""For one column of JSON texts, which hold neither: each is a line as it is."""


async def driver_connection(connection: AsyncConnection) -> asyncpg.Connection:
    """The asyncpg connection under a SQLAlchemy one, for what only the driver can do (COPY, plain fetches)."""
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection = raw.driver_connection
    return driver


async def copy_out(connection: asyncpg.Connection, query: str, *args: Any, **signs: str) -> AsyncGenerator[bytes]:
    """The rows of `query` as CSV without a header: UTF-8, LF, null as nothing, an empty text as `""`.

    `signs`: another `delimiter` than `,`, another `quote` than `"`. A generator that is left early cancels the query.
    """
    chunks: asyncio.Queue[bytes | bytearray | None] = asyncio.Queue(maxsize=CHUNKS_AHEAD)
    left = False

    async def run() -> None:
        try:
            await connection.copy_from_query(query, *args, output=chunks.put, format="csv", **signs)
        finally:
            if not left:
                await chunks.put(None)

    copying = asyncio.create_task(run())
    try:
        while (chunk := await chunks.get()) is not None:
            yield bytes(chunk)
        await copying
    finally:
        left = True
        copying.cancel()
        await asyncio.wait({copying})
