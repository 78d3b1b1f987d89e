"""Both embedded servers run from a process of their own, which a test may kill."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

PROJECT = Path(__file__).parents[1]

RUN_BOTH = """
import json, sys
from pathlib import Path
from services.cli.embedded import EmbeddedRefusal, start_postgres, start_valkey
data = Path(sys.argv[1])
try:
    postgres, valkey = start_postgres(data), start_valkey(data)
except EmbeddedRefusal as refusal:
    sys.exit(str(refusal))
print(json.dumps({
    "dsn": postgres.dsn, "url": valkey.url, "pids": [postgres.pid, valkey.pid],
    "guardians": [postgres.server.process.pid, valkey.server.process.pid],
}), flush=True)
sys.stdin.read()
postgres.stop()
valkey.stop()
"""

Run = Callable[..., tuple[subprocess.Popen[str], dict[str, Any]]]


@pytest.fixture
def data_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="socle data é ") as folder:
        yield Path(folder)


@pytest.fixture
def run_both(data_path: Path) -> Iterator[Run]:
    """Start both servers from another process, which ends when its standard input does."""
    started: list[subprocess.Popen[str]] = []

    def run(**options: Any) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        python = options.pop("python", sys.executable)
        process = subprocess.Popen(
            [python, "-c", RUN_BOTH, str(data_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            **options,
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        return process, json.loads(line) if line else {}

    yield run
    for process in started:
        process.communicate()


async def remember(dsn: str, url: str, word: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS word (word text)")
    await connection.execute("INSERT INTO word VALUES ($1)", word)
    await connection.close()
    async with Redis.from_url(url) as client:
        await client.rpush("words", word)


async def recall(dsn: str, url: str) -> tuple[list[str], list[str]]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT word FROM word")
    await connection.close()
    async with Redis.from_url(url) as client:
        words = await client.lrange("words", 0, -1)
    return [row["word"] for row in rows], [word.decode() for word in words]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)
