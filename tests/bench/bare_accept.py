"""The reference for pushes: what a 202 cannot do without, by the project's own rooms, and nothing else.

A key looked up, a habilitation looked up, the bytes on the disk, the record, the ring: no limits, no audit, no
Idempotency-Key, no digests, no second look at the habilitation. The database's own triggers stay.
"""

import asyncio
import hmac
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
from fastapi import FastAPI, Header, Request
from sqlalchemy import literal, select
from sqlmodel import col
from stack import PEPPER, Stack

from shared.auth import live_habilitation, live_key
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.deposits import VALIDATE, record
from shared.keys import hash_secret, parse_key
from shared.models import ApiKey, Deposit, Habilitation, Vendor
from shared.queue import Queue


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine, queue = make_engine(os.environ["SOCLE_DATABASE_URL"], "socle_ingest"), Queue(os.environ["SOCLE_QUEUE_URL"])
    app.state.sessions, app.state.queue = make_sessions(engine), queue
    app.state.blobs = open_blobs(os.environ["SOCLE_BLOBS_URL"])
    yield
    await queue.close()
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def up() -> None:
    """Whether it answers."""


@app.post("/deposits", status_code=202)
async def accept(
    request: Request, organisation: str, schema: str, x_api_key: Annotated[str, Header()]
) -> dict[str, str]:
    """A deposit, accepted."""
    tools, shown = request.app.state, parse_key(x_api_key)
    assert shown is not None
    async with tools.sessions() as session:
        known = select(ApiKey).join(Vendor, col(Vendor.id) == col(ApiKey.vendor_id))
        key = (await session.execute(known.where(col(ApiKey.prefix) == shown.prefix, live_key()))).scalar_one()
        assert hmac.compare_digest(key.secret_hash, hash_secret(shown.secret, PEPPER))
        right = select(col(Habilitation.id)).where(
            col(Habilitation.vendor_id) == key.vendor_id,
            col(Habilitation.organisation_siren) == organisation,
            live_habilitation(literal(schema)),
        )
        assert (await session.execute(right.limit(1))).first() is not None
    blob = await tools.blobs.put(request.stream(), folder="raw")
    deposit = Deposit(
        vendor_id=key.vendor_id,
        organisation_siren=organisation,
        schema_name=schema,
        content_type="text/csv",
        request_id="-",
        sha256=blob.sha256,
        size_bytes=blob.size_bytes,
    )
    async with tools.sessions.begin() as session:
        await record(session, deposit)
    await tools.queue.ring(VALIDATE, deposit.id)
    return {"id": str(deposit.id)}


@asynccontextmanager
async def bare_accept(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A client of this app, in a process of its own beside the installation, over the same servers."""
    port = stack.port + 1
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SOCLE_DATABASE_URL": stack.postgres.dsn,
        "SOCLE_QUEUE_URL": stack.valkey.url,
        "SOCLE_BLOBS_URL": stack.blobs_url,
    }
    command = [sys.executable, "-m", "uvicorn", "bare_accept:app", "--port", str(port), "--log-level", "error"]
    serving = subprocess.Popen([*command, "--app-dir", str(Path(__file__).parent)], env=environment)
    try:
        headers = {"X-API-Key": stack.key, "Content-Type": "text/csv"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
            await _until_up(client)
            yield client
    finally:
        serving.terminate()
        serving.wait()


async def _until_up(client: httpx.AsyncClient) -> None:
    for _ in range(600):
        try:
            (await client.get("/")).raise_for_status()
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError("the bare accept does not start")
