"""Two vendors: one pushes more than the installation can take at once, the other a single file now and then."""

import asyncio
import time

import httpx
from samples import deliberations
from stack import PEPPER, Stack, end_of, push

from services.ingest.admin import create_key, create_vendor, grant_habilitation
from shared.db import make_engine, make_sessions

FLOOD = 400
"""Deposits of the journey: enough to be waiting while the other pushes."""

ROWS = 25
PUSHES_AT_ONCE = 8


async def another_key(stack: Stack, siren: str) -> str:
    """The key of another vendor, habilitated for `siren`."""
    engine = make_engine(stack.postgres.dsn, "socle_ingest", pool_size=1)
    sessions = make_sessions(engine)
    vendor = await create_vendor(sessions, name="Éditeur discret")
    key = await create_key(sessions, vendor=vendor, name="parcours", pepper=PEPPER)
    await grant_habilitation(sessions, vendor=vendor, organisation_siren=siren, schemas=None, basis="parcours")
    await engine.dispose()
    return key.text


async def flood_with(client: httpx.AsyncClient, siren: str, deposits: int) -> None:
    """Push that many files, on return all accepted."""
    room = asyncio.Semaphore(PUSHES_AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await push(client, siren, deliberations(siren, mark=f"{number:06}", rows=ROWS))

    await asyncio.gather(*(one(number) for number in range(deposits)))


async def single_push(client: httpx.AsyncClient, siren: str, *, mark: str) -> float:
    """Seconds from the push of a file to the answer that says `published`."""
    content = deliberations(siren, mark=mark, rows=ROWS)
    began = time.perf_counter()
    end = await end_of(client, await push(client, siren, content), seconds=300, pause_seconds=0.02)
    assert end["state"] == "published", end
    return time.perf_counter() - began
