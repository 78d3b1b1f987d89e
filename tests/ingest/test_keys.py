"""Keys: what each is for, who looks after which, rotation without an error, the last use."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from journal import MURET, PEPPER, HabilitatedVendor, SessionsOf
from pushes import PUSH, push, refused
from sqlalchemy import select

from services.ingest.admin import create_key
from services.ingest.keys import KeyWish, rotate_key
from shared.db import Sessions
from shared.models import ApiKey, KeyAction

TOULOUSE = "213105554"


@pytest.fixture
def sessions(sessions_of: SessionsOf) -> Sessions:
    return sessions_of("socle_ingest")


@pytest.fixture
def key_of(sessions: Sessions, vendor: HabilitatedVendor):
    """The headers of a new key of the vendor."""

    async def make(**wish: Any) -> dict[str, str]:
        made = await create_key(
            sessions, vendor=vendor.vendor, name="essai", pepper=PEPPER, wish=KeyWish("essai", **wish)
        )
        return {"Authorization": f"Bearer {made.text}"}

    return make


async def made(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/v1/keys", json={"name": "serveur 2"} | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def as_(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_a_key_is_shown_once_and_opens_what_it_was_made_for(client):
    answer = await client.post("/v1/keys", json={"name": "lecture", "actions": ["read"]})
    assert answer.headers["Cache-Control"] == "no-store"
    key = answer.json()
    assert key["actions"] == ["read"]
    assert (await client.get("/v1/deposits", headers=as_(key["key"]))).status_code == 200
    refusal = await push(client, headers=as_(key["key"]))
    refused(refusal, 403, "key-scope")
    assert 'error="insufficient_scope", scope="deposit"' in refusal.headers["WWW-Authenticate"]
    listed = (await client.get("/v1/keys")).json()["data"]
    assert listed[0]["prefix"] == key["prefix"]
    assert key["key"][-43:] not in str(listed)


@pytest.mark.parametrize(
    "wider",
    [
        {"actions": ["deposit"]},
        {"organisations": [TOULOUSE]},
        {"schemas": ["scdl/catalogue"]},
        {"expires_at": "2999-01-01T00:00:00Z"},
    ],
)
async def test_a_key_never_makes_one_with_more_rights_than_itself(client, key_of, wider):
    limits = {"organisations": [MURET], "schemas": ["scdl/deliberations"]}
    narrow = await key_of(actions=["read", "keys"], expires_at=datetime.now(UTC) + timedelta(days=1), **limits)
    answer = await client.post("/v1/keys", json={"name": "plus large", "actions": ["read"]} | wider, headers=narrow)
    refused(answer, 403, "key-exceeds")
    same = await client.post("/v1/keys", json={"name": "pareille"}, headers=narrow)
    assert same.status_code == 201
    assert (same.json()["organisations"], same.json()["schemas"]) == ([MURET], ["scdl/deliberations"])
    assert same.json()["expires_at"] is not None


async def test_a_key_knows_nothing_of_wider_keys_nor_of_those_of_another_vendor(client, key_of, other_vendor, vendor):
    narrow = await key_of(actions=["read", "keys"])
    prefixes = [one["prefix"] for one in (await client.get("/v1/keys", headers=narrow)).json()["data"]]
    assert prefixes == [narrow["Authorization"].split("_")[1]]
    for key in (vendor.key, other_vendor.key):
        prefix = key.split("_")[1]
        refused(await client.delete(f"/v1/keys/{prefix}", headers=narrow), 404, "unknown-key")
        refused(await client.post(f"/v1/keys/{prefix}/rotate", headers=narrow), 404, "unknown-key")
    refused(await client.delete(f"/v1/keys/{other_vendor.key.split('_')[1]}"), 404, "unknown-key")


async def test_without_the_right_keys_nothing_is_seen_of_keys(client, key_of):
    refused(await client.get("/v1/keys", headers=await key_of(actions=["read"])), 403, "key-scope")


async def test_a_rotated_key_opens_until_its_successor_is_in_place(client, vendor):
    prefix = vendor.key.split("_")[1]
    answer = await client.post(f"/v1/keys/{prefix}/rotate", params={"overlap_hours": 1})
    successor = answer.json()
    assert successor["replaces"]["replaced"] is True
    for key in (vendor.key, successor["key"]):
        assert (await push(client, headers=as_(key))).status_code == 202
    refused(await client.post(f"/v1/keys/{prefix}/rotate"), 409, "key-ended")
    next_one = await client.post(
        f"/v1/keys/{successor['prefix']}/rotate", params={"overlap_hours": 0}, headers=as_(successor["key"])
    )
    assert next_one.status_code == 201
    refused(await client.get("/v1/deposits", headers=as_(successor["key"])), 401, "key-invalid")
    assert (await client.get("/v1/deposits", headers=as_(next_one.json()["key"]))).status_code == 200


async def test_an_expiring_key_is_replaced_by_one_that_lives_as_long(sessions, key_of):
    headers = await key_of(expires_at=datetime.now(UTC) + timedelta(days=30))
    prefix = headers["Authorization"].split("_")[1]
    old, new, _ = await rotate_key(sessions, prefix, overlap=timedelta(days=60), pepper=PEPPER)
    assert new.expires_at is not None
    assert old.expires_at is not None
    assert timedelta(days=30) - timedelta(minutes=1) < new.expires_at - new.created_at <= timedelta(days=30)
    assert old.expires_at < datetime.now(UTC) + timedelta(days=31)


async def test_a_revoked_key_is_refused_at_the_next_request(client):
    key = await made(client)
    assert (await client.get("/v1/deposits", headers=as_(key["key"]))).status_code == 200
    assert (await client.delete(f"/v1/keys/{key['prefix']}")).status_code == 204
    assert (await client.delete(f"/v1/keys/{key['prefix']}")).status_code == 204
    refused(await client.get("/v1/deposits", headers=as_(key["key"])), 401, "key-invalid")


async def test_a_key_of_one_organisation_does_not_see_the_deposits_of_another(client, key_of):
    deposit = (await push(client)).json()
    elsewhere = await key_of(organisations=[TOULOUSE])
    other_schema = await key_of(schemas=["scdl/catalogue"])
    for headers in (elsewhere, other_schema):
        refused(await client.get(f"/v1/deposits/{deposit['id']}", headers=headers), 404, "not-found")
        assert (await client.get("/v1/deposits", headers=headers)).json()["data"] == []
        refused(await client.post(f"/v1/deposits/{deposit['id']}/cancel", headers=headers), 404, "not-found")
        refused(await push(client, headers=headers), 403, "not-habilitated")


async def test_a_test_key_says_so_and_makes_test_keys_only(client):
    key = await made(client, test=True)
    assert key["key"].startswith("socle_test_")
    refused(
        await client.post("/v1/keys", json={"name": "a", "test": False}, headers=as_(key["key"])), 403, "key-exceeds"
    )
    disguised = key["key"].replace("socle_test_", "socle_")
    refused(await client.get("/v1/deposits", headers=as_(disguised)), 401, "key-invalid")


async def test_the_last_use_is_written_down_once_a_minute(client, vendor, sessions):
    statement = select(ApiKey.last_used_at).where(ApiKey.prefix == vendor.key.split("_")[1])

    async def used() -> datetime | None:
        await client.get("/v1/deposits")
        await asyncio.sleep(0.02)
        async with sessions() as session:
            return (await session.execute(statement)).scalar_one()

    found = [await used() for _ in range(20)]
    assert found[-1] is not None
    assert len({one for one in found if one}) == 1


def test_each_action_is_one_word_that_a_scope_may_hold():
    assert all(one.value.isalpha() and one.value.islower() for one in KeyAction)


async def test_a_key_for_tests_and_an_ordinary_one_know_and_decide_of_their_own_deposits_only(
    client: httpx.AsyncClient,
) -> None:
    key = as_((await made(client, test=True))["key"])
    tried, live = await push(client, headers=key), await push(client)
    assert (tried.json()["test"], tried.json()["dry_run"], live.json()["test"]) == (True, False, False)
    for asker, own, other in ((key, tried, live), ({}, live, tried)):
        shown = (await client.get("/v1/deposits", headers=asker)).json()["data"]
        assert [one["id"] for one in shown] == [own.json()["id"]]
        path = f"/v1/deposits/{other.json()['id']}"
        refused(await client.get(path, headers=asker), 404, "not-found")
        refused(await client.post(f"{path}/cancel", headers=asker), 404, "not-found")
    cancelled = await client.post(f"/v1/deposits/{tried.json()['id']}/cancel", headers=key)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")


async def test_a_key_for_tests_pushes_for_whom_it_likes_and_asks_nobody(client: httpx.AsyncClient) -> None:
    key = as_((await made(client, test=True))["key"])
    refused(await push(client, params=PUSH | {"organisation": TOULOUSE}), 403, "not-habilitated")
    assert (await push(client, headers=key, params=PUSH | {"organisation": TOULOUSE})).status_code == 202
    wanted = {"organisation": TOULOUSE, "schemas": None, "message": ""}
    refused(await client.post("/v1/habilitations", json=wanted, headers=key), 403, "key-scope")
    narrow = as_((await made(client, test=True, organisations=[MURET]))["key"])
    refused(await push(client, headers=narrow, params=PUSH | {"organisation": TOULOUSE}), 403, "not-habilitated")


async def test_a_key_that_would_be_over_is_not_made(client: httpx.AsyncClient) -> None:
    over = {"name": "passée", "expires_at": "2020-01-01T00:00:00Z"}
    assert refused(await client.post("/v1/keys", json=over), 400, "invalid-parameter")["parameter"] == "expires_at"


async def test_a_key_that_ends_makes_and_knows_none_that_ends_later(client: httpx.AsyncClient) -> None:
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    short = (await client.post("/v1/keys", json={"name": "courte", "expires_at": ends})).json()
    long = (await client.post("/v1/keys", json={"name": "longue"})).json()
    client.headers["Authorization"] = f"Bearer {short['key']}"
    assert [one["prefix"] for one in (await client.get("/v1/keys")).json()["data"]] == [short["prefix"]]
    for method, path in (("POST", "/rotate"), ("DELETE", "")):
        refused(await client.request(method, f"/v1/keys/{long['prefix']}{path}"), 404, "unknown-key")
    made = (await client.post("/v1/keys", json={"name": "fille"})).json()
    rotated = (await client.post(f"/v1/keys/{made['prefix']}/rotate")).json()
    assert rotated["expires_at"] == short["expires_at"]
    assert (await client.delete(f"/v1/keys/{rotated['prefix']}")).status_code == 204
