"""The end of a deposit in the answer to its push."""

import asyncio
import time

import httpx
import pytest
from journal import MakeDeposit, SessionsOf
from pushes import push
from sqlalchemy import text

from services.ingest.waiting import Endings, wished_wait
from shared.db import Sessions


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 0),
        ("wait=5", 5),
        ("WAIT = 5", 5),
        ('wait="7"', 7),
        ("respond-async, wait=10; x=1", 10),
        ("wait=100000", 20),
        ("wait=-1", 0),
        ("wait", 0),
        ("return=minimal", 0),
    ],
)
def test_a_preference_is_read_as_the_rfc_writes_it(prefer: str | None, seconds: int) -> None:
    assert wished_wait(prefer, most_seconds=20) == seconds


async def end(owner_sessions: Sessions, *, after_seconds: float) -> None:
    """Have every deposit end, as if others had worked."""
    await asyncio.sleep(after_seconds)
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET state = 'unchanged', ended_at = clock_timestamp()"))


async def test_an_end_that_comes_in_time_is_the_answer(client: httpx.AsyncClient, owner_sessions: Sessions) -> None:
    ending = asyncio.create_task(end(owner_sessions, after_seconds=0.3))
    response = await push(client, headers={"Prefer": "wait=10", "Idempotency-Key": "attente"})
    await ending
    assert (response.status_code, response.json()["state"]) == (201, "unchanged")
    assert response.headers["preference-applied"] == "wait=10"
    assert response.headers["location"] == f"/v1/deposits/{response.json()['id']}"
    again = await push(client, headers={"Prefer": "wait=10", "Idempotency-Key": "attente"})
    assert (again.status_code, again.json()) == (201, response.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_without_an_end_in_time_the_answer_is_the_ordinary_one(client: httpx.AsyncClient) -> None:
    response = await push(client, headers={"Prefer": "wait=1"})
    assert (response.status_code, response.json()["state"]) == (202, "received")
    assert "preference-applied" not in response.headers


async def test_those_who_wait_hold_no_upload_slot(client: httpx.AsyncClient, owner_sessions: Sessions) -> None:
    waiting = [asyncio.create_task(push(client, headers={"Prefer": "wait=20"})) for _ in range(3)]
    await asyncio.sleep(1)
    assert (await push(client)).status_code == 202  # three slots in all
    await end(owner_sessions, after_seconds=0)
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {201}


async def test_one_look_serves_all_and_ends_with_them(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    endings, sessions = Endings(), sessions_of("socle_ingest")
    deposits = [await make_deposit() for _ in range(20)]
    waiting = [asyncio.create_task(endings.came(one.id, sessions, seconds=20)) for one in deposits * 2]
    await end(owner_sessions, after_seconds=0.2)
    assert all(await asyncio.gather(*waiting))
    began = time.monotonic()
    while endings._looking is not None and not endings._looking.done():
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.05)
    assert endings._waiting == {}
