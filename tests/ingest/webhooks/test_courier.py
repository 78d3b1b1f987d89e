"""Deliveries: at least once, in order, under one identifier, and never where they must not go."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from journal import MURET, HabilitatedVendor, MakeDeposit, SessionsOf
from receiver import Receiver, Visit
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import Response

from services.ingest.webhooks.courier import Courier, attempt, deliver, deliver_until, due
from services.ingest.webhooks.schedule import ATTEMPTS
from shared import deposits
from shared.db import Sessions
from shared.deposits import VALIDATE
from shared.models import Deposit, DepositState

Subscribe = Callable[..., Awaitable[dict[str, Any]]]
Go = Callable[[], Awaitable[int]]
Reject = Callable[..., Awaitable[Deposit]]
Hurry = Callable[[], Awaitable[None]]


def answering(*statuses: int, **headers: str) -> Callable[[Visit], Response]:
    """One status after the other, the last one again and again."""
    left = list(statuses)
    return lambda _visit: Response(
        status_code=left.pop(0) if len(left) > 1 else left[0],
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


async def log_of(client: httpx.AsyncClient, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(f"/v1/webhooks/{webhook['id']}/deliveries")).json()["data"]
    return found


async def state_of(client: httpx.AsyncClient, webhook: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/v1/webhooks/{webhook['id']}")).json()
    return found


async def test_an_end_is_told_once_signed_and_thin(
    subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver
) -> None:
    webhook = await subscribe()
    deposit = await reject()
    assert [await go(), await go()] == [1, 0]
    (visit,) = receiver.visits
    told = Webhook(webhook["secret"]).verify(visit.body, visit.headers)
    assert told["type"] == "deposit.rejected"
    assert told["data"] == {
        "deposit": str(deposit.id),
        "state": "rejected",
        "organisation": MURET,
        "schema": "scdl/deliberations",
        "dataset": None,
        "version": None,
        "external_id": told["data"]["external_id"],
        "dry_run": False,
        "test": False,
        "href": f"/v1/deposits/{deposit.id}",
    }
    assert len(visit.body) < 20_000
    assert visit.headers["content-type"] == "application/json"


async def test_trials_are_told_to_webhooks_of_keys_for_tests_and_to_no_others(
    subscribe: Subscribe,
    client: httpx.AsyncClient,
    reject: Reject,
    go: Go,
    receiver: Receiver,
    vendor: HabilitatedVendor,
) -> None:
    live = await subscribe()
    key = (await client.post("/v1/keys", json={"name": "essai", "test": True})).json()["key"]
    made = await client.post("/v1/webhooks", json={"url": receiver.url}, headers={"Authorization": f"Bearer {key}"})
    trial = await reject(trial_of=vendor.vendor.id)
    real = await reject()
    assert await go() == 2
    told = {}
    for secret in (live["secret"], made.json()["secret"]):
        for visit in receiver.visits:
            with suppress(WebhookVerificationError):
                told.setdefault(secret, []).append(Webhook(secret).verify(visit.body, visit.headers)["data"])
    assert [one["deposit"] for one in told[live["secret"]]] == [str(real.id)]
    assert [(one["deposit"], one["test"]) for one in told[made.json()["secret"]]] == [(str(trial.id), True)]


async def test_five_failures_then_a_success_are_one_event(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, hurry: Hurry, receiver: Receiver
) -> None:
    webhook = await subscribe()
    await reject()
    receiver.answer = answering(500, 404, 503, 302, 400, 200)
    for _ in range(6):
        assert await go() == 1
        assert await go() == 0, "the pause is not over"
        await hurry()
    assert await go() == 0
    assert len({(visit.id, visit.body) for visit in receiver.visits}) == 1
    (delivery,) = await log_of(client, webhook)
    assert (delivery["state"], delivery["next_attempt_at"]) == ("delivered", None)
    assert [one["status"] for one in delivery["attempts"]] == [500, 404, 503, 302, 400, 200]
    assert "Redirection" in delivery["attempts"][3]["error"]
    assert delivery["event"]["id"] == receiver.visits[0].id


async def test_pauses_follow_the_schedule(
    subscribe: Subscribe, reject: Reject, go: Go, hurry: Hurry, receiver: Receiver, owner_sessions: Sessions
) -> None:
    await subscribe()
    await reject()
    receiver.answer = answering(500)
    pauses = []
    for _ in range(ATTEMPTS - 1):
        await go()
        async with owner_sessions() as session:
            left = text("SELECT round(extract(epoch FROM next_at - clock_timestamp())) FROM ingest.webhook_delivery")
            pauses.append(int((await session.execute(left)).scalar_one()))
        await hurry()
    assert pauses == pytest.approx([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400], abs=2)


async def test_a_redirection_is_never_followed(
    subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver
) -> None:
    await subscribe()
    await reject()
    receiver.answer = answering(307, location=f"{receiver.url}/ailleurs")
    await go()
    assert len(receiver.visits) == 1


async def test_410_disables_at_once_and_gives_up_what_was_on_its_way(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, receiver: Receiver
) -> None:
    webhook = await subscribe()
    for _ in range(6):
        await reject()
    receiver.answer = answering(410)
    assert await go() == 4
    assert await go() == 0
    found = await state_of(client, webhook)
    assert found["state"] == "disabled"
    assert "410" in found["disabled_reason"]
    assert {one["state"] for one in await log_of(client, webhook)} == {"failed"}
    await reject()
    await go()
    assert len(receiver.visits) == 4


async def test_an_endpoint_that_never_answers_is_disabled_when_attempts_are_used_up(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, hurry: Hurry, receiver: Receiver
) -> None:
    webhook = await subscribe()
    await reject()
    receiver.answer = answering(500)
    for _ in range(ATTEMPTS):
        assert (await state_of(client, webhook))["state"] == "enabled"
        assert await go() == 1
        await hurry()
    found = await state_of(client, webhook)
    assert found["state"] == "disabled"
    assert "Réponse 500" in found["disabled_reason"]


async def test_an_endpoint_that_refuses_one_event_and_takes_others_stays(
    client: httpx.AsyncClient, subscribe: Subscribe, reject: Reject, go: Go, hurry: Hurry, receiver: Receiver
) -> None:
    webhook = await subscribe()
    refused, taken = await reject(), await reject()
    receiver.answer = lambda visit: Response(status_code=500 if str(refused.id).encode() in visit.body else 200)
    for _ in range(ATTEMPTS):
        await go()
        await hurry()
    assert (await state_of(client, webhook))["state"] == "enabled"
    states = {one["event"]["id"]: one["state"] for one in await log_of(client, webhook)}
    assert sorted(states.values()) == ["delivered", "failed"]
    assert states[next(one.id for one in receiver.visits if str(taken.id).encode() in one.body)] == "delivered"


@pytest.mark.parametrize("status", [429, 502, 504])
async def test_an_overloaded_receiver_gets_a_rest_from_everything(
    client: httpx.AsyncClient,
    subscribe: Subscribe,
    reject: Reject,
    go: Go,
    hurry: Hurry,
    receiver: Receiver,
    status: int,
) -> None:
    webhook = await subscribe()
    await reject()
    receiver.answer = answering(status, retry_after="120")
    await go()
    await reject()
    await hurry()
    assert await go() == 0
    assert (await state_of(client, webhook))["throttled_until"] is not None


async def test_events_of_one_deposit_never_overtake_each_other(
    sessions_of: SessionsOf, make_deposit: MakeDeposit, subscribe: Subscribe, go: Go, hurry: Hurry, receiver: Receiver
) -> None:
    await subscribe()
    deposit, validator, ingest = await make_deposit(), sessions_of("socle_validator"), sessions_of("socle_ingest")
    async with validator.begin() as session:
        held = await deposits.claim(session, deposit.id, VALIDATE)
        assert held is not None
        await deposits.hold(session, held, [{"code": "personal-nir", "count": 1}], until_days=30)
    receiver.answer = answering(500, 200)
    assert await go() == 1
    async with ingest.begin() as session:
        found = await session.get(Deposit, deposit.id, with_for_update=True)
        assert found is not None
        await deposits.decide(session, found, DepositState.CANCELLED)
    assert await go() == 0
    await hurry()
    assert [await go(), await go()] == [1, 1]
    assert [one.type for one in receiver.visits] == ["deposit.held", "deposit.held", "deposit.cancelled"]


async def test_what_is_rolled_back_is_never_told(
    sessions_of: SessionsOf, make_deposit: MakeDeposit, subscribe: Subscribe, go: Go
) -> None:
    await subscribe()
    deposit, validator = await make_deposit(), sessions_of("socle_validator")
    async with validator() as session:
        held = await deposits.claim(session, deposit.id, VALIDATE)
        assert held is not None
        await deposits.move(session, held, DepositState.REJECTED)
        await session.rollback()
    assert await go() == 0


async def test_a_delivery_whose_worker_died_is_made_again_under_the_same_identifier(
    courier: Courier, subscribe: Subscribe, reject: Reject, go: Go, hurry: Hurry, receiver: Receiver
) -> None:
    await subscribe()
    await reject()
    ((lost,),) = (await due(courier, {})).values()
    await attempt(courier, lost)
    assert await go() == 0, "its lease has not run out"
    await hurry()
    assert await go() == 1
    assert len(receiver.visits) == 2
    assert len({one.id for one in receiver.visits}) == 1


async def test_a_worker_that_comes_too_late_records_nothing(
    client: httpx.AsyncClient, courier: Courier, subscribe: Subscribe, reject: Reject, go: Go, hurry: Hurry
) -> None:
    webhook = await subscribe()
    await reject()
    ((late,),) = (await due(courier, {})).values()
    await hurry()
    await go()
    await deliver(courier, late)
    (delivery,) = await log_of(client, webhook)
    assert len(delivery["attempts"]) == 1


async def test_a_slow_receiver_holds_no_other_back_and_no_deposit(
    courier: Courier, subscribe: Subscribe, reject: Reject, receiver: Receiver
) -> None:
    receiver.holding = asyncio.Event()
    slow = await subscribe()
    other = await subscribe(description="autre")
    for _ in range(8):
        await reject()
    found = await due(courier, {})
    assert {str(endpoint): len(some) for endpoint, some in found.items()} == {slow["id"]: 4, other["id"]: 4}
    busy = {endpoint: asyncio.create_task(asyncio.sleep(0)) for endpoint in found}
    assert await due(courier, busy) == {}
    await asyncio.wait(busy.values())


async def test_the_loop_delivers_by_itself_and_stops_when_asked(
    courier: Courier, subscribe: Subscribe, reject: Reject, receiver: Receiver
) -> None:
    await subscribe()
    stopping = asyncio.Event()
    running = asyncio.create_task(deliver_until(stopping, courier, pause_seconds=0.05))
    for _ in range(6):
        await reject()
    deadline = time.monotonic() + 60
    while len(receiver.visits) < 6:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    stopping.set()
    await asyncio.wait_for(running, 60)
    assert len({one.id for one in receiver.visits}) == 6
