"""Turns: vendors are served one after the other, each in the order of its own deposits."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from journal import MURET, HabilitatedVendor, SessionsOf
from samples import communes

from shared.db import Sessions
from shared.deposits import PUBLISH, VALIDATE, claim, move, record
from shared.models import Deposit, DepositState
from shared.turns import Turns

Wait = Callable[..., Awaitable[UUID]]


@pytest.fixture
def wait(sessions_of: SessionsOf) -> Wait:
    """Put a deposit of a vendor in line."""
    sessions = sessions_of("socle_ingest")

    async def run(owner: HabilitatedVendor, siren: str = MURET) -> UUID:
        deposit = Deposit(
            vendor_id=owner.vendor.id,
            organisation_siren=siren,
            schema_name="scdl/deliberations",
            sha256="0" * 64,
            size_bytes=1,
            content_type="text/csv",
            request_id="request-of-the-tests",
        )
        async with sessions.begin() as session:
            await record(session, deposit)
        return deposit.id

    return run


async def taken(sessions: Sessions, deposit_id: UUID) -> bool:
    async with sessions.begin() as session:
        return await claim(session, deposit_id, VALIDATE) is not None


async def served(turns: Turns, sessions: Sessions) -> list[UUID]:
    """In the order of service, until nothing waits."""
    order: list[UUID] = []
    while (deposit_id := await turns.choose()) is not None:
        assert await taken(sessions, deposit_id)
        order.append(deposit_id)
    return order


async def test_many_deposits_of_one_vendor_do_not_delay_the_one_of_another(
    sessions_of: SessionsOf, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor, wait: Wait
) -> None:
    flood = [await wait(vendor) for _ in range(10)]
    sessions = sessions_of("socle_validator")
    turns = Turns(VALIDATE, sessions)
    first = await turns.choose()
    assert first == flood[0]
    assert await taken(sessions, first)
    single = await wait(other_vendor)
    assert await served(turns, sessions) == [single, *flood[1:]]


async def test_vendors_alternate_whatever_their_numbers(
    sessions_of: SessionsOf, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor, wait: Wait
) -> None:
    many = [await wait(vendor) for _ in range(4)]
    few = [await wait(other_vendor) for _ in range(2)]
    sessions = sessions_of("socle_validator")
    order = await served(Turns(VALIDATE, sessions), sessions)
    assert order == [many[0], few[0], many[1], few[1], many[2], many[3]]


async def test_publications_keep_the_order_of_each_data_set(
    sessions_of: SessionsOf, vendor: HabilitatedVendor, wait: Wait
) -> None:
    elder, younger = await wait(vendor), await wait(vendor)
    elsewhere = await wait(vendor, communes(2)[1])
    validator = sessions_of("socle_validator")
    for deposit_id in (younger, elsewhere):
        async with validator.begin() as session:
            held = await claim(session, deposit_id, VALIDATE)
            assert held is not None
            await move(session, held, DepositState.VALIDATED)
    assert await Turns(PUBLISH, sessions_of("socle_catalog")).choose() == elsewhere
    assert elder != elsewhere


async def test_whoever_finds_another_faster_takes_the_next(
    sessions_of: SessionsOf, vendor: HabilitatedVendor, wait: Wait
) -> None:
    waiting = {await wait(vendor) for _ in range(4)}
    sessions, done = sessions_of("socle_validator"), []

    async def job(deposit_id: UUID) -> bool:
        got = await taken(sessions, deposit_id)
        if got:
            done.append(deposit_id)
        return got

    await asyncio.gather(*(Turns(VALIDATE, sessions).serve(job) for _ in range(4)))
    assert sorted(done) == sorted(waiting)
    await Turns(VALIDATE, sessions).serve(job)
    assert len(done) == 4


async def test_a_worker_is_busy_while_a_job_is_under_way(
    sessions_of: SessionsOf, vendor: HabilitatedVendor, wait: Wait
) -> None:
    await wait(vendor)
    sessions = sessions_of("socle_validator")
    turns, seen = Turns(VALIDATE, sessions), []

    async def job(deposit_id: UUID) -> bool:
        seen.append(turns.is_busy())
        return await taken(sessions, deposit_id)

    assert await turns.serve(job)
    assert (seen, turns.is_busy()) == ([True], False)
