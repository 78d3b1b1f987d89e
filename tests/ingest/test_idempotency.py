"""A push sent again under one Idempotency-Key makes one deposit and gets one answer."""

import asyncio
from collections.abc import AsyncIterator

import httpx
from journal import HabilitatedVendor, SessionsOf
from pushes import FILE, PUSH, deposits_kept, push, refused
from sqlalchemy import select, text
from sqlmodel import col

from shared.db import Sessions
from shared.models import IdempotencyKey

KEY = {"Idempotency-Key": "essai-1"}


async def test_the_same_request_gets_the_same_answer(client: httpx.AsyncClient, sessions_of: SessionsOf) -> None:
    first = await push(client, headers=KEY)
    second = await push(client, headers=KEY)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.json() == first.json()
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await deposits_kept(sessions_of) == 1


async def test_another_body_or_parameter_under_the_key_is_refused(
    client: httpx.AsyncClient, sessions_of: SessionsOf
) -> None:
    await push(client, headers=KEY)
    refused(await push(client, FILE + b"more", headers=KEY), 422, "idempotency-key-reused")
    other = PUSH | {"schema": "scdl/subventions"}
    refused(await push(client, headers=KEY, params=other), 422, "idempotency-key-reused")
    assert await deposits_kept(sessions_of) == 1


async def test_without_a_key_each_push_is_a_deposit(client: httpx.AsyncClient, sessions_of: SessionsOf) -> None:
    await push(client)
    await push(client)
    assert await deposits_kept(sessions_of) == 2


async def test_a_twin_of_a_request_in_progress_waits(client: httpx.AsyncClient, sessions_of: SessionsOf) -> None:
    gate = asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        yield FILE
        await asyncio.wait_for(gate.wait(), 60)

    first = asyncio.create_task(push(client, held(), headers=KEY))
    async with asyncio.timeout(60), sessions_of("socle_ingest")() as session:
        while not (await session.execute(select(col(IdempotencyKey.key)))).all():
            await asyncio.sleep(0.02)
    twin = await push(client, headers=KEY)
    gate.set()
    refused(twin, 409, "idempotency-in-progress")
    assert int(twin.headers["retry-after"]) >= 1
    assert (await first).status_code == 202
    assert (await push(client, headers=KEY)).json() == (await first).json()


async def test_fifty_twins_at_once_make_one_deposit(client: httpx.AsyncClient, sessions_of: SessionsOf) -> None:
    async def until_answered() -> str:
        while True:
            response = await push(client, headers=KEY)
            if response.status_code == 202:
                return str(response.json()["id"])
            assert response.status_code in {409, 503}
            await asyncio.sleep(0.05)

    ids = await asyncio.gather(*(until_answered() for _ in range(50)))
    assert len(set(ids)) == 1
    assert await deposits_kept(sessions_of) == 1


async def test_a_refused_request_frees_its_key(client: httpx.AsyncClient) -> None:
    refused(await push(client, b"", headers=KEY), 422, "body-empty")
    assert (await push(client, headers=KEY)).status_code == 202


async def test_a_key_whose_holder_died_is_taken_over_after_a_while(
    client: httpx.AsyncClient, vendor: HabilitatedVendor, owner_sessions: Sessions
) -> None:
    async with owner_sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO ingest.idempotency_key (vendor_id, key, locked_until)"
                " VALUES (:vendor, 'essai-1', now() + interval '20 s')"
            ),
            {"vendor": vendor.vendor.id},
        )
    refused(await push(client, headers=KEY), 409, "idempotency-in-progress")
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.idempotency_key SET locked_until = now() - interval '1 s'"))
    assert (await push(client, headers=KEY)).status_code == 202


async def test_a_key_of_another_vendor_is_another_key(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, other_vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    first = await push(client, headers=KEY)
    second = await push(stranger, FILE + b"other", headers=KEY | {"X-API-Key": other_vendor.key})
    assert second.status_code == 202
    assert first.json()["id"] != second.json()["id"]
    assert await deposits_kept(sessions_of) == 2


async def test_an_unreadable_key_is_refused(client: httpx.AsyncClient) -> None:
    refused(await push(client, headers={"Idempotency-Key": "x" * 256}), 400, "idempotency-key-invalid")
    refused(await push(client, headers={"Idempotency-Key": ""}), 400, "idempotency-key-invalid")
