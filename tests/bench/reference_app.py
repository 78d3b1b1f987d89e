"""The reference for reads: the smallest FastAPI + asyncpg endpoint on the same table and indexes."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["SOCLE_DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)

QUERY = """
    SELECT * FROM data.deliberations
    WHERE to_publication IS NULL AND c_coll_siret = $1 ORDER BY c_delib_id, row_id LIMIT 20
"""


@app.get("/records")
async def records(request: Request, siret: str) -> list[dict[str, object]]:
    """A page of 20 by an indexed filter."""
    async with request.app.state.pool.acquire() as connection:
        return [dict(row) for row in await connection.fetch(QUERY, siret)]
