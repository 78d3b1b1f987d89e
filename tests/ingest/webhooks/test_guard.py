"""Where deliveries never go, and whom events are not for."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
from journal import HabilitatedVendor, SessionsOf
from receiver import Receiver
from sqlalchemy import text

from services.ingest.webhooks.courier import Courier, attempt, due, webhook_door
from services.ingest.webhooks.events import EventType, record_event
from shared.db import Sessions
from shared.models import Deposit

Subscribe = Callable[..., Awaitable[dict[str, Any]]]
Go = Callable[[], Awaitable[int]]
Reject = Callable[[], Awaitable[Deposit]]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://10.0.0.1/"])
async def test_outside_of_a_single_machine_nothing_of_ours_is_reached(
    courier: Courier, subscribe: Subscribe, reject: Reject, receiver: Receiver, url: str
) -> None:
    await subscribe()
    await reject()
    ((taken,),) = (await due(courier, {})).values()
    port = receiver.url.split(":")[2].split("/")[0]
    guarded = replace(courier, door=webhook_door(local=False))
    answer = await attempt(guarded, replace(taken, url=url.format(port=port)))
    assert answer.status is None
    assert answer.error
    assert receiver.visits == []


async def test_even_on_a_single_machine_its_network_is_not_reached(
    courier: Courier, subscribe: Subscribe, reject: Reject
) -> None:
    await subscribe()
    await reject()
    ((taken,),) = (await due(courier, {})).values()
    answer = await attempt(courier, replace(taken, url="http://169.254.169.254/latest"))
    assert answer.error == "Cette adresse mène hors de l’internet public."


async def test_a_vendor_that_is_disabled_is_told_nothing_more(
    subscribe: Subscribe, reject: Reject, go: Go, owner_sessions: Sessions
) -> None:
    await subscribe()
    await reject()
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.vendor SET disabled_at = now()"))
    assert await go() == 0


async def test_an_event_recorded_by_hand_reaches_its_vendor_only(
    sessions_of: SessionsOf,
    stranger: httpx.AsyncClient,
    vendor: HabilitatedVendor,
    other_vendor: HabilitatedVendor,
    subscribe: Subscribe,
    go: Go,
    receiver: Receiver,
) -> None:
    await subscribe(events=["habilitation.granted"])
    other = {"X-API-Key": other_vendor.key}
    url = f"{receiver.url}/autre"
    assert (await stranger.post("/v1/webhooks", json={"url": url}, headers=other)).status_code == 201
    async with sessions_of("socle_ingest").begin() as session:
        for type_ in (EventType.HABILITATION_REQUESTED, EventType.HABILITATION_GRANTED):
            await record_event(session, type_, vendor_id=vendor.vendor.id, subject="h", data={"habilitation": "h"})
    assert await go() == 1
    assert [orjson.loads(one.body)["data"] for one in receiver.visits] == [{"habilitation": "h"}]
