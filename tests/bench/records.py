"""How many pages of records a second, beside the smallest endpoint one would write by hand."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

import httpx
from figures import Figure, paired
from samples import communes, deliberations, siret_of
from stack import Stack, end_of, push, running_stack

ORGANISATIONS = 20
ROWS = 500
CONNECTIONS = 32
SECONDS = 3.0
ROUNDS = 5


async def measure_records() -> list[Figure]:
    """A page of 20 of one organisation's rows in the département-wide table, 32 connections, in turn."""
    sirens = communes(ORGANISATIONS)
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as folder:
        async with running_stack(Path(folder), sirens) as stack:
            await _fill(stack, sirens)
            port = stack.port + 1
            environment = {"PATH": os.environ["PATH"], "SOCLE_DATABASE_URL": stack.postgres.dsn}
            command = [
                sys.executable,
                "-m",
                "uvicorn",
                "reference_app:app",
                "--port",
                str(port),
                "--log-level",
                "error",
            ]
            reference = subprocess.Popen([*command, "--app-dir", str(Path(__file__).parent)], env=environment)
            try:
                ours_url = (
                    f"{stack.base_url}/v1/datasets/deliberations/records?COLL_SIRET={siret_of(sirens[3])}&sort=DELIB_ID"
                )
                reference_url = f"http://127.0.0.1:{port}/records?siret={siret_of(sirens[3])}"
                await _until_answers(reference_url)
                await _until_answers(ours_url)
                ours, theirs = [], []
                for _ in range(ROUNDS):
                    ours.append(await _rate(ours_url))
                    theirs.append(await _rate(reference_url))
            finally:
                reference.terminate()
                reference.wait()
    more = {"table_rows": ORGANISATIONS * ROWS, "connections": CONNECTIONS, "against": "minimal FastAPI + asyncpg"}
    return [paired("page of 20 records", "requests per second", ours, theirs, **more)]


async def _fill(stack: Stack, sirens: list[str]) -> None:
    async with stack.client() as client:
        accepted = [await push(client, siren, deliberations(siren, mark="lecture", rows=ROWS)) for siren in sirens]
        assert {(await end_of(client, one))["state"] for one in accepted} == {"published"}


async def _until_answers(url: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                response = await client.get(url)
                response.raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                body = response.json()
                assert len(body["data"] if isinstance(body, dict) else body) == 20
                return
    raise AssertionError(url)


async def _rate(url: str) -> float:
    """Requests a second over keep-alive connections, with a client light enough not to be what is measured."""
    parts = urlparse(url)
    request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: socle\r\n\r\n".encode()
    deadline = time.perf_counter() + SECONDS

    async def one_connection() -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        answers = 0
        while time.perf_counter() < deadline:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            answers += 1
        writer.close()
        return answers

    began = time.perf_counter()
    answers = sum(await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS))))
    return answers / (time.perf_counter() - began)
