"""Engines and sessions. PostgreSQL is the truth; each service enters it under its own role."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Executable, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from shared.trials import LOOKING_AT, look_at_trials

Role = Literal["socle_ingest", "socle_validator", "socle_catalog", "socle_reader"]

Sessions = async_sessionmaker[AsyncSession]

CONNECT_SECONDS = 5.0
"""For a new connection to be made and its role taken."""

IDLE_SECONDS = 10
"""That a transaction may go without a statement: locks outlive a frozen process no longer."""

TRUSTED_SECONDS = 1.0
"""How long after its last use a connection is taken for alive; past it, it is asked before it is used again."""

ROLE_SETTINGS: dict[Role, dict[str, str]] = {
    "socle_ingest": {"statement_timeout": "15s"},
    "socle_validator": {"statement_timeout": "15s"},
    # A publication of a million rows may take minutes; a process frozen inside its last transaction may not.
    "socle_catalog": {"statement_timeout": "15min"},
    "socle_reader": {"statement_timeout": "10s", "default_transaction_read_only": "on"},
}


def server_settings(role: Role) -> dict[str, str]:
    """Session settings for a connection that acts as `role` (a start-up parameter: RESET comes back to it)."""
    return {
        "role": role,
        "application_name": role,
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "timezone": "UTC",
        **ROLE_SETTINGS[role],
    }


def make_engine(database_url: str, role: Role, *, pool_size: int = 8) -> AsyncEngine:
    """An engine that fails fast: 2 s to get a connection, dead connections noticed before use."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        connect_args={"server_settings": server_settings(role), "timeout": CONNECT_SECONDS, "command_timeout": 900},
    )
    _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: AsyncEngine) -> None:
    """As `pool_pre_ping`, without its round trip where a connection has just been of use."""
    dialect = engine.sync_engine.dialect

    def mark(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    def ping(connection: Any, record: Any, _proxy: Any) -> None:
        is_rested = time.monotonic() - record.info["used_at"] > TRUSTED_SECONDS
        if connection.driver_connection.is_closed() or (is_rested and not answers(connection)):
            raise InvalidatePoolError

    def answers(connection: Any) -> bool:
        try:
            return dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, None):
                return False
            raise

    event.listen(engine.sync_engine, "connect", mark)
    event.listen(engine.sync_engine, "checkin", mark)
    event.listen(engine.sync_engine, "checkout", ping)


def make_owner_engine(database_url: str) -> AsyncEngine:
    """For migrations and administration: acts as the owner named by the URL, keeps no connection."""
    return create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)


def make_sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose objects stay readable after commit (no lazy loading in async code)."""
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def changed(session: AsyncSession, statement: Executable, values: Mapping[str, object] | None = None) -> int:
    """Execute an INSERT, UPDATE or DELETE that returns no rows; how many it wrote."""
    result = await session.execute(statement, values)
    return cast("CursorResult[Any]", result).rowcount


@asynccontextmanager
async def asking(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session for single statements, without a transaction around them: two round trips less. No trial is seen in
    it: whose are looked at is said to a transaction."""
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


@asynccontextmanager
async def reading(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One session in one REPEATABLE READ, READ ONLY transaction: everything read in it is one instant.

    It sees no trials but those that the present request may see (`shared.trials`).
    """
    async with sessions() as session, session.begin():
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        await look_at_trials(session, LOOKING_AT.get())
        yield session
