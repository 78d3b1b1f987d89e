"""Confirming, cancelling, trying again: by whom, when, and seeing what."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from journal import HabilitatedVendor, MakeDeposit, SessionsOf
from pushes import push, refused
from sqlalchemy import text

from services.ingest.admin import revoke_habilitation
from services.ingest.decide import Reason, cancel_expired, confirm_deposit
from services.ingest.retry import NotFailed, retry_deposit
from shared import deposits
from shared.db import Sessions
from shared.deposits import VALIDATE
from shared.errors import NotFound
from shared.models import Deposit, DepositState

REASONS: list[dict[str, object]] = [{"code": "personal-nir", "count": 2}, {"code": "personal-iban", "count": 1}]

Hold = Callable[..., Awaitable[Deposit]]


@pytest.fixture
def hold(sessions_of: SessionsOf, make_deposit: MakeDeposit) -> Hold:
    """A deposit of the vendor that the validator holds."""
    validator = sessions_of("socle_validator")

    async def run(reasons: list[dict[str, object]] = REASONS) -> Deposit:
        deposit = await make_deposit()
        async with validator.begin() as session:
            held = await deposits.claim(session, deposit.id, VALIDATE)
        assert held is not None
        async with validator.begin() as session:
            await deposits.hold(session, held, reasons, until_days=30)
        return deposit

    return run


async def read(client: httpx.AsyncClient, deposit: Deposit) -> dict[str, object]:
    found: dict[str, object] = (await client.get(f"/v1/deposits/{deposit.id}")).json()
    return found


async def test_a_held_deposit_says_what_to_confirm_and_until_when(client: httpx.AsyncClient, hold: Hold) -> None:
    found = await read(client, await hold())
    assert found["state"] == "held"
    assert found["held"]["reasons"] == REASONS  # type: ignore[index]
    assert found["held"]["until"] > found["received_at"]  # type: ignore[index]


async def test_a_confirmation_sends_the_deposit_on_in_a_new_round(client: httpx.AsyncClient, hold: Hold) -> None:
    deposit = await hold()
    answer = await client.post(f"/v1/deposits/{deposit.id}/confirm", json={"reasons": REASONS[::-1]})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["held"]) == ("validated", None)
    assert [step["state"] for step in answer.json()["timeline"]] == ["received", "validating", "held", "validated"]


@pytest.mark.parametrize(
    "reasons",
    [REASONS[:1], [*REASONS, {"code": "personal-name", "count": 1}], [{**REASONS[0], "count": 3}, REASONS[1]]],
)
async def test_nobody_confirms_blind(client: httpx.AsyncClient, hold: Hold, reasons: list[dict[str, object]]) -> None:
    deposit = await hold()
    answer = await client.post(f"/v1/deposits/{deposit.id}/confirm", json={"reasons": reasons})
    assert refused(answer, 409, "reasons-differ")["reasons"] == REASONS
    assert (await read(client, deposit))["state"] == "held"


async def test_periods_that_lose_the_same_are_confirmed_one_by_one(client: httpx.AsyncClient, hold: Hold) -> None:
    both = [{"code": "slice-emptied", "count": 10, "slice": year, "of": 10} for year in ("2022", "2023")]
    deposit = await hold(both)
    path = f"/v1/deposits/{deposit.id}/confirm"
    assert refused(await client.post(path, json={"reasons": both[:1]}), 409, "reasons-differ")["reasons"] == both
    assert (await client.post(path, json={"reasons": both})).status_code == 200


async def test_only_what_is_held_is_confirmed_and_only_once(client: httpx.AsyncClient, hold: Hold) -> None:
    pushed = (await push(client)).json()["id"]
    refused(await client.post(f"/v1/deposits/{pushed}/confirm", json={"reasons": REASONS}), 409, "not-held")
    deposit = await hold()
    path = f"/v1/deposits/{deposit.id}/confirm"
    assert (await client.post(path, json={"reasons": REASONS})).status_code == 200
    problem = refused(await client.post(path, json={"reasons": REASONS}), 409, "not-held")
    assert problem["state"] == "validated"


async def test_a_confirmation_needs_reasons_and_nothing_else(client: httpx.AsyncClient, hold: Hold) -> None:
    path = f"/v1/deposits/{(await hold()).id}/confirm"
    refused(await client.post(path, json={"reasons": []}), 422, "invalid-request")
    refused(await client.post(path, json={"reasons": REASONS, "force": True}), 422, "invalid-request")


async def test_nobody_decides_for_another_vendor(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, other_vendor: HabilitatedVendor, hold: Hold
) -> None:
    deposit = await hold()
    other = {"X-API-Key": other_vendor.key}
    for what, body in (("confirm", {"reasons": REASONS}), ("cancel", None)):
        path = f"/v1/deposits/{deposit.id}/{what}"
        refused(await stranger.post(path, json=body, headers=other), 404, "not-found")
        refused(await stranger.post(path, json=body), 401, "key-invalid")
    assert (await read(client, deposit))["state"] == "held"


async def test_a_vendor_that_lost_its_right_confirms_nothing_more(
    client: httpx.AsyncClient, sessions_of: SessionsOf, vendor: HabilitatedVendor, hold: Hold
) -> None:
    deposit = await hold()
    await revoke_habilitation(sessions_of("socle_ingest"), habilitation_id=vendor.habilitation_id)
    answer = await client.post(f"/v1/deposits/{deposit.id}/confirm", json={"reasons": REASONS})
    refused(answer, 403, "not-habilitated")
    assert (await client.post(f"/v1/deposits/{deposit.id}/cancel")).json()["state"] == "cancelled"


async def test_what_waits_is_cancelled_and_what_is_under_way_is_not(
    client: httpx.AsyncClient, sessions_of: SessionsOf
) -> None:
    first, second = [(await push(client)).json()["id"] for _ in range(2)]
    answer = (await client.post(f"/v1/deposits/{first}/cancel")).json()
    assert (answer["state"], answer["timeline"][-1]["state"]) == ("cancelled", "cancelled")
    async with sessions_of("socle_validator").begin() as session:
        assert await deposits.claim(session, first, VALIDATE) is None
        assert await deposits.claim(session, second, VALIDATE) is not None
    problem = refused(await client.post(f"/v1/deposits/{second}/cancel"), 409, "not-cancellable")
    assert problem["state"] == "validating"


async def test_what_nobody_confirms_is_cancelled_in_the_end(
    client: httpx.AsyncClient, sessions_of: SessionsOf, owner_sessions: Sessions, hold: Hold
) -> None:
    expired, waiting = await hold(), await hold()
    async with owner_sessions.begin() as session:
        late = text("UPDATE ingest.deposit SET held_until = now() - interval '1 second' WHERE id = :id")
        await session.execute(late, {"id": expired.id})
    async with sessions_of("socle_ingest").begin() as session:
        assert await cancel_expired(session) == [expired.id]
    assert [(await read(client, one))["state"] for one in (expired, waiting)] == ["cancelled", "held"]


async def test_a_failed_deposit_is_tried_again_without_counting_its_age_or_its_crashes(
    client: httpx.AsyncClient, sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    ingest, deposit = sessions_of("socle_ingest"), await make_deposit()
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET received_at = now() - interval '40 days'"))
    await sweep_aside(ingest)
    failed = await read(client, deposit)
    assert failed["state"] == "failed"
    assert failed["failure"]
    await retry_deposit(ingest, deposit.id, vendor=None)
    await sweep_aside(ingest)
    again = await read(client, deposit)
    assert (again["state"], again["failure"]) == ("received", None)
    assert (await client.get("/v1/status")).json()["oldest_waiting_seconds"] < 60
    async with sessions_of("socle_validator").begin() as session:
        assert await deposits.claim(session, deposit.id, VALIDATE) is not None
    timeline = (await read(client, deposit))["timeline"]
    assert [step["state"] for step in timeline] == ["received", "failed", "received", "validating"]  # type: ignore[attr-defined]


async def sweep_aside(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await deposits.put_aside(session, time_limit=timedelta(hours=24))


async def test_a_vendor_tries_its_own_failed_deposit_again(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    other_vendor: HabilitatedVendor,
    sessions_of: SessionsOf,
    owner_sessions: Sessions,
    make_deposit: MakeDeposit,
) -> None:
    deposit = await make_deposit()
    path = f"/v1/deposits/{deposit.id}/retry"
    refused(await client.post(path), 409, "not-failed")
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET received_at = now() - interval '40 days'"))
    await sweep_aside(sessions_of("socle_ingest"))
    refused(await stranger.post(path, headers={"X-API-Key": other_vendor.key}), 404, "not-found")
    key = {"Idempotency-Key": "reprise"}
    again, twice = await client.post(path, headers=key), await client.post(path, headers=key)
    assert (again.status_code, again.json()["state"], again.json()["failure"]) == (200, "received", None)
    assert (twice.status_code, twice.json()) == (200, again.json())
    assert [step["state"] for step in again.json()["timeline"]] == ["received", "failed", "received"]
    refused(await client.post(path), 409, "not-failed")


async def test_a_vendor_that_is_no_longer_habilitated_tries_nothing_again(
    client: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf, make_deposit: MakeDeposit
) -> None:
    deposit, ingest = await make_deposit(), sessions_of("socle_ingest")
    await revoke_habilitation(ingest, habilitation_id=vendor.habilitation_id)
    refused(await client.post(f"/v1/deposits/{deposit.id}/retry"), 403, "not-habilitated")


async def test_only_what_failed_is_tried_again(sessions_of: SessionsOf, make_deposit: MakeDeposit) -> None:
    ingest, deposit = sessions_of("socle_ingest"), await make_deposit()
    with pytest.raises(NotFailed):
        await retry_deposit(ingest, deposit.id, vendor=None)
    with pytest.raises(NotFound):
        await retry_deposit(ingest, uuid4(), vendor=None)


async def test_a_confirmation_and_its_expiry_never_both_happen(sessions_of: SessionsOf, hold: Hold) -> None:
    ingest, deposit = sessions_of("socle_ingest"), await hold()
    await confirm_deposit(ingest, deposit.id, [Reason("personal-nir", 2), Reason("personal-iban", 1)], vendor=None)
    async with ingest.begin() as session:
        assert await cancel_expired(session) == []
        found = await session.get(Deposit, deposit.id)
    assert found is not None
    assert (found.state, found.round, found.held_until) == (DepositState.VALIDATED, 2, None)
