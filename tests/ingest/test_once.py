"""A write that is sent again under its Idempotency-Key is made once, and answered twice."""

import asyncio

import httpx
from journal import HabilitatedVendor
from pushes import push, refused
from sqlalchemy import text

from shared.db import Sessions

KEY = {"Idempotency-Key": "annulation-1"}


async def cancel(client: httpx.AsyncClient, deposit_id: str, **headers: str) -> httpx.Response:
    return await client.post(f"/v1/deposits/{deposit_id}/cancel", headers=KEY | headers)


async def test_the_same_request_gets_the_same_answer(client: httpx.AsyncClient) -> None:
    deposit_id = (await push(client)).json()["id"]
    first = await cancel(client, deposit_id)
    again = await cancel(client, deposit_id)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    refused(await client.post(f"/v1/deposits/{deposit_id}/cancel"), 409, "not-cancellable")


async def test_a_key_is_of_one_request_whatever_the_route(client: httpx.AsyncClient) -> None:
    one, other = [(await push(client)).json()["id"] for _ in range(2)]
    await cancel(client, one)
    refused(await cancel(client, other), 422, "idempotency-key-reused")
    refused(await push(client, headers=KEY), 422, "idempotency-key-reused")
    pushed = {"Idempotency-Key": "depot-1"}
    first = (await push(client, headers=pushed)).json()["id"]
    problem = refused(await client.post(f"/v1/deposits/{other}/cancel", headers=pushed), 422, "idempotency-key-reused")
    assert problem["deposit"] == first
    assert (await client.get(f"/v1/deposits/{other}")).json()["state"] == "received"


async def test_a_refused_request_is_mended_under_the_same_key(client: httpx.AsyncClient) -> None:
    deposit_id = (await push(client)).json()["id"]
    path = f"/v1/deposits/{deposit_id}/report/link"
    refused(await client.post(path, headers=KEY), 404, "report-not-ready")
    refused(await client.post(f"/v1/deposits/{deposit_id}/confirm", headers=KEY, json=[]), 422, "invalid-request")
    assert (await cancel(client, deposit_id)).status_code == 200


async def test_the_key_of_another_vendor_is_another_key(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, other_vendor: HabilitatedVendor
) -> None:
    deposit_id = (await push(client)).json()["id"]
    await cancel(client, deposit_id)
    refused(await cancel(stranger, deposit_id, **{"X-API-Key": other_vendor.key}), 404, "not-found")
    refused(await cancel(stranger, deposit_id), 401, "key-invalid")
    refused(
        await client.post(f"/v1/deposits/{deposit_id}/cancel", headers={"Idempotency-Key": ""}),
        400,
        "idempotency-key-invalid",
    )


async def test_of_many_at_once_one_is_made(client: httpx.AsyncClient, owner_sessions: Sessions) -> None:
    deposit_id = (await push(client)).json()["id"]
    answers = await asyncio.gather(*(cancel(client, deposit_id) for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency-in-progress"}
    async with owner_sessions() as session:
        cancelled = text("SELECT count(*) FROM ingest.deposit_event WHERE state = 'cancelled'")
        assert (await session.execute(cancelled)).scalar_one() == 1
    assert (await cancel(client, deposit_id)).status_code == 200


async def test_a_request_whose_process_died_may_be_made_after_a_while(
    client: httpx.AsyncClient, owner_sessions: Sessions
) -> None:
    deposit_id = (await push(client)).json()["id"]
    await cancel(client, deposit_id)
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.idempotency_key SET fingerprint = NULL, answer = NULL"))
    refused(await cancel(client, deposit_id), 409, "idempotency-in-progress")
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.idempotency_key SET locked_until = clock_timestamp()"))
    refused(await cancel(client, deposit_id), 409, "not-cancellable")


async def test_an_answer_is_for_keys_of_the_same_rights_only(client: httpx.AsyncClient) -> None:
    deposit_id = (await push(client)).json()["id"]
    await cancel(client, deposit_id)
    for lacking in ({"actions": ["read"]}, {"schemas": ["scdl/subventions"]}, {"test": True}):
        narrow = (await client.post("/v1/keys", json={"name": "étroite", **lacking})).json()["key"]
        refused(await cancel(client, deposit_id, Authorization=f"Bearer {narrow}"), 422, "idempotency-key-reused")
    same = (await client.post("/v1/keys", json={"name": "remplaçante"})).json()["key"]
    again = await cancel(client, deposit_id, Authorization=f"Bearer {same}")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
