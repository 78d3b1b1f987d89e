"""The suite's own PostgreSQL and Valkey: real servers, started once, thrown away at the end.

What they hold need not survive a power cut, so their PostgreSQL does not wait for the disk; a journey that kills
things starts durable ones of its own with `services.cli.embedded`.
"""

import fcntl
import os
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlparse

import asyncpg
import pytest

import shared.db
from services.cli.embedded import RunningPostgres, RunningValkey, start_postgres, start_valkey

TEMPLATE = "template_socle"

PREFIX = "socle-tests-"

MEMORY = Path("/dev/shm")

ROOM_BYTES = 4 << 30
"""Of what a run holds at most, and as much again."""

JUST_MADE_SECONDS = 60
"""A folder that young may be one that its run does not hold yet."""

STALLED_SECONDS = 60
"""How long a machine may stand still beneath a test; the services give up sooner, and are asked again."""

MakeDatabase = Callable[[], Awaitable[str]]


@pytest.fixture(scope="session")
def servers_path() -> Iterator[Path]:
    """A short private folder for the servers of this run, in memory where there is room: a database is 650 files, and
    ext4 takes ten times as long to make one where others were dropped in the last minutes."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=_room_in_memory()) as folder, _held(Path(folder)):
        yield Path(folder)


def _room_in_memory() -> Path | None:
    """After what killed runs left there was removed."""
    if not MEMORY.is_dir():
        return None
    for left in MEMORY.glob(f"{PREFIX}*"):
        with suppress(OSError), _held(left):
            if time.time() - left.stat().st_mtime > JUST_MADE_SECONDS:
                shutil.rmtree(left)
    is_ours = os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if is_ours and shutil.disk_usage(MEMORY).free > ROOM_BYTES else None


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Raises OSError while another process holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@pytest.fixture(scope="session")
def postgres(servers_path: Path) -> Iterator[RunningPostgres]:
    """The PostgreSQL of the suite."""
    running = start_postgres(servers_path, durable=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared.db, "CONNECT_SECONDS", STALLED_SECONDS)
        patch.setattr(shared.db, "IDLE_SECONDS", STALLED_SECONDS)
        yield running
    running.stop()


@pytest.fixture(scope="session")
def valkey(servers_path: Path) -> Iterator[RunningValkey]:
    """The Valkey of the suite."""
    running = start_valkey(servers_path)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres_dsn(postgres: RunningPostgres) -> str:
    """`postgresql://…` of an empty database of the suite's PostgreSQL, as its superuser."""
    return postgres.dsn


@pytest.fixture(scope="session")
def valkey_url(valkey: RunningValkey) -> str:
    """`unix://…` of the suite's Valkey; what other tests left there is still in it (see `queue_url`)."""
    return valkey.url


@pytest.fixture
def queue_url(valkey_url: str) -> str:
    """`unix://…` of the suite's Valkey, emptied."""
    flush_valkey(valkey_url)
    return valkey_url


@pytest.fixture(scope="session")
async def make_database(postgres: RunningPostgres) -> MakeDatabase:
    """Return an async function that creates a fresh, migrated database and returns its `postgresql://…`."""
    from shared.migrate import migrate

    await run_sql(postgres.dsn, f"CREATE DATABASE {TEMPLATE}")
    await migrate(postgres.dsn_of(TEMPLATE))
    numbers = count(1)

    async def make() -> str:
        name = f"test_{next(numbers)}"
        await run_sql(postgres.dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return postgres.dsn_of(name)

    return make


@pytest.fixture
async def database(make_database: MakeDatabase, postgres: RunningPostgres) -> AsyncIterator[str]:
    """`postgresql://…` of a fresh, migrated database of this test's own, dropped after it."""
    dsn = await make_database()
    yield dsn
    await run_sql(postgres.dsn, f"DROP DATABASE {urlparse(dsn).path[1:]} WITH (FORCE)")


@pytest.fixture
def tmp_blobs(tmp_path: Path) -> str:
    """`file://…` of an empty blob store of this test's own."""
    folder = tmp_path / "blobs"
    folder.mkdir()
    return folder.as_uri()


async def run_sql(dsn: str, statement: str) -> None:
    """Run one statement on a connection of its own, outside of any transaction."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def flush_valkey(url: str) -> None:
    """Forget everything that the Valkey at `unix://…` holds."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(urlparse(url).path)
        client.sendall(b"FLUSHALL\r\n")
        assert client.recv(64).startswith(b"+OK")
