"""Engines and sessions. PostgreSQL is the truth; each service enters it under its own role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

Role = Literal["socle_ingest", "socle_validator", "socle_catalog", "socle_reader"]

Sessions = async_sessionmaker[AsyncSession]

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
        "idle_in_transaction_session_timeout": "10s",
        "timezone": "UTC",
        **ROLE_SETTINGS[role],
    }


def make_engine(database_url: str, role: Role, *, pool_size: int = 8) -> AsyncEngine:
    """An engine that fails fast: 2 s to get a connection, dead connections noticed before use."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=True,
        connect_args={"server_settings": server_settings(role), "timeout": 5, "command_timeout": 900},
    )


def make_owner_engine(database_url: str) -> AsyncEngine:
    """For migrations and administration: acts as the owner named by the URL, keeps no connection."""
    return create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)


def make_sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose objects stay readable after commit (no lazy loading in async code)."""
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


@asynccontextmanager
async def reading(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One session in one REPEATABLE READ, READ ONLY transaction: everything read in it is one instant."""
    async with sessions() as session, session.begin():
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session
