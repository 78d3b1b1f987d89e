"""The state machine: who may take a deposit, who may end it, and in which order."""

from datetime import timedelta

import pytest
from journal import MURET, MakeDeposit, SessionsOf
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlmodel import col

from shared import deposits
from shared.db import Sessions
from shared.deposits import PUBLISH, VALIDATE, Claim, Stage, StaleClaim
from shared.models import Deposit, DepositEvent, DepositState

COLOMIERS = "213101496"


async def take(sessions: Sessions, deposit: Deposit, stage: Stage) -> Claim | None:
    async with sessions.begin() as session:
        return await deposits.claim(session, deposit.id, stage)


async def must_take(sessions: Sessions, deposit: Deposit, stage: Stage) -> Claim:
    held = await take(sessions, deposit, stage)
    assert held is not None
    return held


async def end(sessions: Sessions, held: Claim, state: DepositState) -> None:
    async with sessions.begin() as session:
        await deposits.move(session, held, state)


async def let_leases_run_out(owner_sessions: Sessions) -> None:
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET lease_until = now() - interval '1 second'"))


async def state_of(sessions: Sessions, deposit: Deposit) -> str:
    async with sessions() as session:
        return (await session.execute(select(col(Deposit.state)).where(col(Deposit.id) == deposit.id))).scalar_one()


async def test_a_second_worker_gets_nothing(sessions_of: SessionsOf, make_deposit: MakeDeposit) -> None:
    sessions, deposit = sessions_of("socle_validator"), await make_deposit()
    assert await take(sessions, deposit, VALIDATE) is not None
    assert await take(sessions, deposit, VALIDATE) is None


async def test_a_worker_cut_off_past_its_lease_writes_nothing(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    sessions, deposit = sessions_of("socle_validator"), await make_deposit()
    frozen = await must_take(sessions, deposit, VALIDATE)
    await let_leases_run_out(owner_sessions)
    successor = await must_take(sessions, deposit, VALIDATE)
    with pytest.raises(StaleClaim):
        await end(sessions, frozen, DepositState.REJECTED)
    await end(sessions, successor, DepositState.VALIDATED)
    with pytest.raises(StaleClaim):
        await end(sessions, frozen, DepositState.REJECTED)
    assert await state_of(sessions, deposit) == DepositState.VALIDATED


async def test_a_renewed_claim_holds(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    sessions, deposit = sessions_of("socle_validator"), await make_deposit()
    held = await must_take(sessions, deposit, VALIDATE)
    await let_leases_run_out(owner_sessions)
    async with sessions.begin() as session:
        await deposits.renew(session, held)
    assert await take(sessions, deposit, VALIDATE) is None


async def test_publications_of_a_data_set_keep_the_order_of_acceptance(
    sessions_of: SessionsOf, make_deposit: MakeDeposit
) -> None:
    validator, catalog = sessions_of("socle_validator"), sessions_of("socle_catalog")
    first, second = await make_deposit(), await make_deposit()
    elsewhere = await make_deposit(siren=COLOMIERS)
    for deposit in (second, elsewhere):
        await end(validator, await must_take(validator, deposit, VALIDATE), DepositState.VALIDATED)
    assert await take(catalog, second, PUBLISH) is None
    assert await take(catalog, elsewhere, PUBLISH) is not None
    await end(validator, await must_take(validator, first, VALIDATE), DepositState.REJECTED)
    async with catalog() as session:
        assert await deposits.next_in_line(session, first) == second.id
    assert await take(catalog, second, PUBLISH) is not None


async def test_the_third_crash_puts_a_deposit_aside(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    validator, ingest = sessions_of("socle_validator"), sessions_of("socle_ingest")
    poisoned, innocent = await make_deposit(), await make_deposit(siren=COLOMIERS)
    for _ in range(deposits.MAX_STAGE_ATTEMPTS):
        await must_take(validator, poisoned, VALIDATE)
        await let_leases_run_out(owner_sessions)
    assert await take(validator, poisoned, VALIDATE) is None
    async with ingest.begin() as session:
        assert await deposits.put_aside(session, time_limit=timedelta(hours=1)) == [poisoned.id]
    assert await state_of(ingest, poisoned) == DepositState.FAILED
    assert await state_of(ingest, innocent) == DepositState.RECEIVED


async def test_an_attempt_that_was_not_the_deposits_fault_is_not_counted(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    validator, deposit = sessions_of("socle_validator"), await make_deposit()
    for _ in range(deposits.MAX_STAGE_ATTEMPTS + 2):
        held = await must_take(validator, deposit, VALIDATE)
        async with validator.begin() as session:
            await deposits.release(session, held, after_seconds=60, counted=False)
        assert await take(validator, deposit, VALIDATE) is None
        await let_leases_run_out(owner_sessions)


async def test_what_waits_for_ever_ends_as_failed(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    ingest, deposit = sessions_of("socle_ingest"), await make_deposit()
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET received_at = now() - interval '2 days'"))
    async with ingest.begin() as session:
        assert await deposits.put_aside(session, time_limit=timedelta(days=1)) == [deposit.id]


async def test_the_queue_is_told_again_only_of_what_is_free_and_was_not_told_lately(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    ingest, validator = sessions_of("socle_ingest"), sessions_of("socle_validator")
    waiting, held = await make_deposit(), await make_deposit(siren=COLOMIERS)

    async def due() -> list[object]:
        async with ingest.begin() as session:
            return list(await deposits.overdue(session, VALIDATE, ring_again_seconds=3, limit=10))

    assert await due() == []
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE ingest.deposit SET rung_at = now() - interval '1 hour'"))
    await must_take(validator, held, VALIDATE)
    assert await due() == [waiting.id]
    assert await due() == []


async def test_the_timeline_has_each_state_once(
    sessions_of: SessionsOf, owner_sessions: Sessions, make_deposit: MakeDeposit
) -> None:
    validator, deposit = sessions_of("socle_validator"), await make_deposit()
    await must_take(validator, deposit, VALIDATE)
    await let_leases_run_out(owner_sessions)
    await end(validator, await must_take(validator, deposit, VALIDATE), DepositState.VALIDATED)
    async with validator() as session:
        statement = select(col(DepositEvent.state)).where(col(DepositEvent.deposit_id) == deposit.id)
        states = (await session.execute(statement.order_by(col(DepositEvent.id)))).scalars().all()
    assert states == ["received", "validating", "validated"]


async def test_the_database_refuses_a_transition_that_belongs_to_another_service(
    sessions_of: SessionsOf, make_deposit: MakeDeposit
) -> None:
    deposit = await make_deposit()
    with pytest.raises(DBAPIError, match="does not belong to socle_catalog"):
        async with sessions_of("socle_catalog").begin() as session:
            await session.execute(
                text("UPDATE ingest.deposit SET state = 'rejected' WHERE id = :id"), {"id": deposit.id}
            )


async def test_the_database_refuses_a_column_that_belongs_to_another_service(
    sessions_of: SessionsOf, make_deposit: MakeDeposit
) -> None:
    await make_deposit()
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with sessions_of("socle_validator").begin() as session:
            await session.execute(text(f"UPDATE ingest.deposit SET organisation_siren = '{MURET}'"))
