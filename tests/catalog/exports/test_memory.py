"""What sending many rows costs a web process: it holds no more of them for a large file than for a small one."""

import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from catalog_samples import deliberation

from services.catalog.settings import CatalogSettings
from shared.models import Deposit

pytestmark = pytest.mark.long

Publish = Callable[..., Awaitable[Deposit]]

ROWS = 200_000

GROWN_KILOBYTES = 50_000

COPIES = """
INSERT INTO data.deliberations (dataset_id, key_hash, occurrence, row_hash, slice, from_publication, c_coll_nom,
    c_delib_id, c_delib_date, c_delib_objet)
SELECT dataset_id, gen_random_uuid(), 0, row_hash, slice, from_publication, c_coll_nom,
    'n' || n, c_delib_date, 'Délibération numéro ' || n || repeat(' avec un objet assez long', 8)
FROM data.deliberations, generate_series(1, $1::bigint) AS n
"""


def kilobytes(process: subprocess.Popen[bytes], name: str) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


@contextmanager
def serving_apart(settings: CatalogSettings) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "SOCLE_DATABASE_URL": settings.database_url,
        "SOCLE_QUEUE_URL": settings.queue_url,
        "SOCLE_BLOBS_URL": settings.blobs_url,
        "SOCLE_KEY_PEPPER": settings.key_pepper.get_secret_value(),
    }
    command = [sys.executable, "-m", "services.cli.main", "serve", "catalog", "--port", f"{port}"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, f"http://127.0.0.1:{port}/v1/datasets/deliberations-muret"
    finally:
        process.terminate()
        process.wait(20)


async def download(client: httpx.AsyncClient, path: str) -> int:
    received = 0
    async with client.stream("GET", path, headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.status_code == 200
        async for chunk in answer.aiter_raw():
            received += len(chunk)
    return received


async def test_memory_does_not_grow_with_the_rows(settings: CatalogSettings, publish: Publish, database: str) -> None:
    await publish([deliberation("1")])
    connection = await asyncpg.connect(database)
    await connection.execute(COPIES, ROWS)
    await connection.execute("ANALYZE data.deliberations")
    await connection.close()
    with serving_apart(settings) as (process, url):
        transport = httpx.AsyncHTTPTransport(retries=30)
        async with httpx.AsyncClient(transport=transport, timeout=300) as client:
            for format_ in ("csv", "ndjson", "json", "parquet", "xlsx"):
                path = f"{url}/records.{format_}"
                await download(client, f"{path}?limit=1000")
                Path(f"/proc/{process.pid}/clear_refs").write_text("5")
                before = kilobytes(process, "VmRSS")
                received = await download(client, path)
                grown = kilobytes(process, "VmHWM") - before
                assert received > (50_000_000 if format_ in ("csv", "ndjson", "json") else 100_000)
                assert grown < GROWN_KILOBYTES, format_
