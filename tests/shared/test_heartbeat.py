"""A claim is renewed while the work goes on, and the work stops when it is lost."""

import asyncio

import pytest
from journal import MakeDeposit, SessionsOf
from sqlalchemy import text

from shared import deposits
from shared.db import Sessions
from shared.deposits import VALIDATE, Claim, StaleClaim
from shared.heartbeat import kept_alive
from shared.models import DepositState

BEAT_SECONDS = 0.05


@pytest.fixture
async def held(sessions_of: SessionsOf, make_deposit: MakeDeposit) -> Claim:
    deposit = await make_deposit()
    async with sessions_of("socle_validator").begin() as session:
        claim = await deposits.claim(session, deposit.id, VALIDATE)
    assert claim is not None
    return claim


async def test_the_lease_is_renewed(sessions_of: SessionsOf, owner_sessions: Sessions, held: Claim) -> None:
    async def lease_is_over() -> bool:
        async with owner_sessions() as session:
            return bool((await session.execute(text("SELECT lease_until < now() FROM ingest.deposit"))).scalar_one())

    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET lease_until = now() - interval '1 second'"))
    async with kept_alive(sessions_of("socle_validator"), held, beat_seconds=BEAT_SECONDS):
        async with asyncio.timeout(60):
            while await lease_is_over():
                await asyncio.sleep(BEAT_SECONDS)


async def test_the_work_stops_when_another_took_over(
    sessions_of: SessionsOf, owner_sessions: Sessions, held: Claim
) -> None:
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET attempt = attempt + 1"))
    with pytest.raises(StaleClaim):
        async with kept_alive(sessions_of("socle_validator"), held, beat_seconds=BEAT_SECONDS):
            await asyncio.sleep(30)


async def test_the_work_may_end_the_stage_and_go_on(sessions_of: SessionsOf, held: Claim) -> None:
    sessions = sessions_of("socle_validator")
    async with kept_alive(sessions, held, beat_seconds=BEAT_SECONDS):
        async with sessions.begin() as session:
            await deposits.move(session, held, DepositState.VALIDATED)
        await asyncio.sleep(4 * BEAT_SECONDS)


async def test_a_cancelled_work_stays_cancelled(sessions_of: SessionsOf, held: Claim) -> None:
    async def work() -> None:
        async with kept_alive(sessions_of("socle_validator"), held, beat_seconds=BEAT_SECONDS):
            await asyncio.sleep(30)

    working = asyncio.create_task(work())
    await asyncio.sleep(BEAT_SECONDS)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
