"""Webhooks by HTTP: whose they are, what they ask for, their secrets, their log."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from journal import HabilitatedVendor
from pushes import refused
from receiver import Receiver, Visit
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import Response

from services.ingest.webhooks.endpoints import MAX_ENDPOINTS
from services.ingest.webhooks.events import TEST, EventType
from services.ingest.webhooks.signature import parse_secret
from shared.db import Sessions
from shared.models import Deposit, WebhookSecret

Subscribe = Callable[..., Awaitable[dict[str, Any]]]
Go = Callable[[], Awaitable[int]]
Reject = Callable[[], Awaitable[Deposit]]
Hurry = Callable[[], Awaitable[None]]

EVENT = {"since": "2020-01-01T00:00:00Z"}


async def scoped(client: httpx.AsyncClient, **members: Any) -> dict[str, str]:
    """Headers with a new key of the vendor's, narrower than its first."""
    answer = await client.post("/v1/keys", json={"name": "restreinte", **members})
    assert answer.status_code == 201, answer.text
    return {"X-API-Key": answer.json()["key"], "Authorization": f"Bearer {answer.json()['key']}"}


async def test_a_webhook_is_created_read_changed_and_removed(
    client: httpx.AsyncClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    made = await subscribe(description=" compta ", events=["deposit.*", "deposit.*"])
    path = f"/v1/webhooks/{made['id']}"
    assert made.pop("secret").startswith("whsec_")
    assert (await client.get(path)).json() == made
    assert (made["description"], made["events"], made["state"]) == ("compta", ["deposit.*"], "enabled")
    change = {"events": ["dataset.version_published"], "datasets": ["deliberations"], "enabled": False}
    changed = (await client.patch(path, json=change)).json()
    assert changed == made | {"events": change["events"], "datasets": ["deliberations"], "state": "disabled"}
    assert (await client.patch(path, json={"datasets": None})).json()["datasets"] is None
    assert [one["id"] for one in (await client.get("/v1/webhooks")).json()["data"]] == [made["id"]]
    assert (await client.delete(path)).status_code == 204
    assert (await client.get("/v1/webhooks")).json()["data"] == []
    refused(await client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    "url",
    ["ftp://exemple.fr/", "http://10.0.0.1/", "https://user:pw@exemple.fr/", "pas une adresse", "http://[fe80::1]/"],
)
async def test_an_address_that_may_not_be_reached_is_refused_at_once(client: httpx.AsyncClient, url: str) -> None:
    refused(await client.post("/v1/webhooks", json={"url": url}), 400, "webhook-address")


async def test_only_known_events_can_be_asked_for(client: httpx.AsyncClient, receiver: Receiver) -> None:
    for events in (["deposit.exploded"], ["webhook.test"], []):
        refused(await client.post("/v1/webhooks", json={"url": receiver.url, "events": events}), 422, "invalid-request")


async def test_a_vendor_has_a_bounded_number_of_webhooks(
    client: httpx.AsyncClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    made = [await subscribe() for _ in range(MAX_ENDPOINTS)]
    refused(await client.post("/v1/webhooks", json={"url": receiver.url}), 409, "webhook-limit")
    await client.delete(f"/v1/webhooks/{made[0]['id']}")
    await subscribe()


async def test_a_webhook_is_nobody_elses(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    other_vendor: HabilitatedVendor,
    subscribe: Subscribe,
    reject: Reject,
    go: Go,
) -> None:
    path = f"/v1/webhooks/{(await subscribe())['id']}"
    await reject()
    await go()
    delivery = (await client.get(f"{path}/deliveries")).json()["data"][0]["id"]
    other = {"X-API-Key": other_vendor.key}
    calls: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("PATCH", path, {"enabled": False}),
        ("DELETE", path, None),
        ("POST", f"{path}/rotate", None),
        ("POST", f"{path}/test", None),
        ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/deliveries/{delivery}/replay", None),
        ("POST", f"{path}/replay", EVENT),
    ]
    for method, where, body in calls:
        refused(await stranger.request(method, where, json=body, headers=other), 404, "not-found")
        refused(await stranger.request(method, where, json=body), 401, "key-invalid")
    assert (await stranger.get("/v1/webhooks", headers=other)).json()["data"] == []
    assert (await client.get(path)).json()["state"] == "enabled"


async def test_a_key_hears_and_sees_what_it_covers_only(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    receiver: Receiver,
    subscribe: Subscribe,
    reject: Reject,
    go: Go,
) -> None:
    wide = await subscribe()
    narrow = await scoped(client, organisations=["200072635"])
    made = await stranger.post("/v1/webhooks", json={"url": receiver.url}, headers=narrow)
    assert made.status_code == 201, made.text
    assert made.json()["organisations"] == ["200072635"]
    assert [one["id"] for one in (await stranger.get("/v1/webhooks", headers=narrow)).json()["data"]] == [
        made.json()["id"]
    ]
    refused(await stranger.get(f"/v1/webhooks/{wide['id']}", headers=narrow), 404, "not-found")
    await reject()
    assert await go() == 1
    without = await scoped(client, actions=["deposit"])
    refused(await stranger.get("/v1/webhooks", headers=without), 403, "key-scope")


async def test_filters_choose_types_and_families(
    subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    wanted = [await subscribe(events=events) for events in (["*"], ["deposit.*"], ["deposit.rejected"])]
    unwanted = [await subscribe(events=events) for events in (["deposit.published"], ["dataset.*"])]
    await reject()
    assert await go() == 3
    for webhook in wanted + unwanted:
        log = (await client.get(f"/v1/webhooks/{webhook['id']}/deliveries")).json()["data"]
        assert len(log) == (webhook in wanted)


async def test_both_secrets_sign_until_the_former_ends(
    client: httpx.AsyncClient, subscribe: Subscribe, go: Go, receiver: Receiver
) -> None:
    made = await subscribe()
    path = f"/v1/webhooks/{made['id']}"
    rotated = (await client.post(f"{path}/rotate")).json()
    ends = datetime.fromisoformat(rotated["former_until"])
    assert abs(ends - datetime.now(UTC) - timedelta(hours=24)) < timedelta(minutes=5)
    await client.post(f"{path}/test")
    await go()
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(receiver.visits[0].body, receiver.visits[0].headers)
    last = (await client.post(f"{path}/rotate", params={"overlap_hours": 0})).json()
    await client.post(f"{path}/test")
    await go()
    visit = receiver.visits[1]
    Webhook(last["secret"]).verify(visit.body, visit.headers)
    for secret in (made["secret"], rotated["secret"]):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(visit.body, visit.headers)


async def test_the_test_button_sends_whatever_the_filters(
    client: httpx.AsyncClient, subscribe: Subscribe, go: Go, receiver: Receiver
) -> None:
    made, other = await subscribe(events=["habilitation.*"]), await subscribe()
    answer = await client.post(f"/v1/webhooks/{made['id']}/test")
    assert (answer.status_code, answer.json()["event"]["type"]) == (202, "webhook.test")
    assert await go() == 1
    assert orjson.loads(receiver.visits[0].body)["data"]["webhook"] == made["id"]
    assert (await client.get(f"/v1/webhooks/{other['id']}/deliveries")).json()["data"] == []


async def test_nothing_is_sent_on_demand_to_a_webhook_that_is_disabled(
    client: httpx.AsyncClient, subscribe: Subscribe
) -> None:
    path = f"/v1/webhooks/{(await subscribe())['id']}"
    await client.patch(path, json={"enabled": False})
    refused(await client.post(f"{path}/test"), 409, "webhook-disabled")
    refused(await client.post(f"{path}/replay", json=EVENT), 409, "webhook-disabled")
    await client.patch(path, json={"enabled": True})
    assert (await client.post(f"{path}/test")).status_code == 202


async def test_a_delivery_is_sent_again_under_the_same_identifier(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver
) -> None:
    path = f"/v1/webhooks/{(await subscribe())['id']}"
    await reject()
    await go()
    first = (await client.get(f"{path}/deliveries")).json()["data"][0]
    again = await client.post(f"{path}/deliveries/{first['id']}/replay")
    assert again.json()["event"] == first["event"]
    assert again.json()["id"] != first["id"]
    assert await go() == 1
    assert receiver.visits[0].id == receiver.visits[1].id
    assert receiver.visits[0].body == receiver.visits[1].body
    refused(await client.post(f"{path}/deliveries/{uuid4()}/replay"), 404, "not-found")


async def test_what_was_missed_is_sent_again_since_a_date(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver
) -> None:
    """Before the webhook, while it was disabled, and what it refused: each once; what arrived, only if asked for."""
    early = await reject()
    await go()
    path = f"/v1/webhooks/{(await subscribe(events=['deposit.*']))['id']}"
    arrived = await reject()
    assert await go() == 1
    await client.patch(path, json={"enabled": False})
    missed = await reject()
    assert await go() == 0
    await client.patch(path, json={"enabled": True})
    answer = await client.post(f"{path}/replay", json=EVENT)
    assert answer.json() == {"replayed": 2, "more": False}
    assert (await client.post(f"{path}/replay", json=EVENT)).json()["replayed"] == 0
    await go()
    told = [orjson.loads(one.body)["data"]["deposit"] for one in receiver.visits]
    assert told[0] == str(arrived.id)
    assert set(told[1:]) == {str(early.id), str(missed.id)}
    assert (await client.post(f"{path}/replay", json={**EVENT, "only": "all"})).json()["replayed"] == 3
    later = {"since": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    assert (await client.post(f"{path}/replay", json=later)).json()["replayed"] == 0


async def test_the_log_is_paged_and_filtered(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver
) -> None:
    made = await subscribe()
    ids = [str((await reject()).id) for _ in range(3)]

    def answer(visit: Visit) -> Response:
        return Response(status_code=500 if ids[0].encode() in visit.body else 204)

    receiver.answer = answer
    await go()
    path = f"/v1/webhooks/{made['id']}/deliveries"
    first = (await client.get(path, params={"limit": 2})).json()
    second = (await client.get(first["links"]["next"])).json()
    assert [one["state"] for one in first["data"] + second["data"]] == ["delivered", "delivered", "waiting"]
    assert second["links"]["next"] is None
    waiting = (await client.get(path, params={"state": "waiting"})).json()["data"]
    assert [(one["attempts"][0]["status"], one["attempts"][0]["number"]) for one in waiting] == [(500, 1)]


async def test_secrets_are_not_in_the_database(subscribe: Subscribe, owner_sessions: Sessions) -> None:

    secret = parse_secret((await subscribe())["secret"])
    async with owner_sessions() as session:
        rows = (await session.execute(select(WebhookSecret))).scalars().all()
    assert [row.salt == secret for row in rows] == [False]


async def test_every_event_is_in_the_openapi_document(client: httpx.AsyncClient) -> None:

    document = (await client.get("/openapi.json")).json()
    assert set(document["webhooks"]) == {*EventType, TEST}
    held = document["webhooks"]["deposit.held"]["post"]
    assert {one["name"] for one in held["parameters"]} == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert set(held["responses"]) == {"204", "410", "429", "default"}


async def test_a_write_sent_again_is_made_once_and_a_secret_is_never_kept(
    client: httpx.AsyncClient, subscribe: Subscribe
) -> None:
    path = f"/v1/webhooks/{(await subscribe())['id']}"
    same = {"Idempotency-Key": "essai-1"}
    first, second = [await client.post(f"{path}/test", headers=same) for _ in range(2)]
    assert (second.json(), second.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len((await client.get(f"{path}/deliveries")).json()["data"]) == 1
    secrets = {(await client.post(f"{path}/rotate", headers=same)).json()["secret"] for _ in range(2)}
    assert len(secrets) == 2
