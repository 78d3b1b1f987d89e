"""Connections that died are replaced before anyone uses them."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import db
from shared.db import make_engine


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database, "socle_ingest", pool_size=1)
    yield engine
    await engine.dispose()


async def backend_of(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def end_backend(database: str, pid: int) -> None:
    owner = await asyncpg.connect(database)
    await owner.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    await owner.close()


async def test_a_connection_is_used_again(engine: AsyncEngine) -> None:
    assert await backend_of(engine) == await backend_of(engine)


@pytest.mark.parametrize("trusted_seconds", [60.0, 0.0], ids=["just used", "rested"])
async def test_a_connection_that_the_server_ended_is_replaced(
    engine: AsyncEngine, database: str, monkeypatch: pytest.MonkeyPatch, trusted_seconds: float
) -> None:
    monkeypatch.setattr(db, "TRUSTED_SECONDS", trusted_seconds)
    first = await backend_of(engine)
    await end_backend(database, first)
    assert await backend_of(engine) != first
