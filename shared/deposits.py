"""The deposit's state machine: claim, renew, move, release. The only code that changes a deposit's state.

A worker claims by the database clock and gets an attempt number, its fencing token. Every later write of that
worker carries the token, so a worker that was frozen or cut off past its lease writes nothing. The event of a
transition is written by the same function, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from shared.db import changed
from shared.events import telling, write_event
from shared.models import Deposit, DepositEvent, DepositState
from shared.models.deposit import WAITING_STATES

LEASE_SECONDS = 10.0
"""How long a claim holds without being renewed; renewals come three times as often."""

MAX_STAGE_ATTEMPTS = 3
"""Crashes of one deposit in one stage before it is put aside as `failed`."""

DATABASE_NOW = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Stage:
    """One service's part of the journey: it takes deposits in `waiting` and holds them in `running`."""

    service: str
    waiting: DepositState
    running: DepositState


VALIDATE = Stage("validator", DepositState.RECEIVED, DepositState.VALIDATING)
PUBLISH = Stage("catalog", DepositState.VALIDATED, DepositState.PUBLISHING)
STAGES = (VALIDATE, PUBLISH)

ENDS = frozenset(set(DepositState) - set(WAITING_STATES) - {DepositState.HELD})

_S = DepositState

NEXT: Mapping[DepositState, frozenset[DepositState]] = {
    _S.RECEIVED: frozenset({_S.VALIDATING, _S.FAILED, _S.CANCELLED}),
    _S.VALIDATING: frozenset({_S.VALIDATED, _S.REJECTED, _S.HELD, _S.CHECKED, _S.FAILED, _S.CANCELLED}),
    _S.VALIDATED: frozenset({_S.PUBLISHING, _S.FAILED, _S.CANCELLED}),
    _S.PUBLISHING: frozenset(_S) - {_S.RECEIVED, _S.VALIDATING, _S.VALIDATED, _S.PUBLISHING, _S.REJECTED},
    _S.HELD: frozenset({_S.VALIDATED, _S.CANCELLED}),
    _S.FAILED: frozenset({_S.RECEIVED}),
}
"""Every transition there is; the database allows each to one service. `held` and `failed` lead on by a new round."""

WAITING_SINCE = func.coalesce(col(Deposit.resumed_at), col(Deposit.received_at))
"""When the present round of a deposit began: what time limits and ages are counted from."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to end one stage of one deposit."""

    stage: Stage
    deposit: Deposit
    attempt: int
    """Fencing token."""


class StaleClaim(Exception):
    """Somebody else holds the deposit now, or it has ended: whoever gets this stops and writes nothing."""


def now_plus(seconds: float) -> ColumnElement[Any]:
    """A moment `seconds` from now, by the database clock."""
    return DATABASE_NOW + timedelta(seconds=seconds)


def is_free(stage: Stage) -> ColumnElement[bool]:
    """Deposits a worker of `stage` may claim now: in turn, and held by nobody alive."""
    lease_over = or_(col(Deposit.lease_until).is_(None), col(Deposit.lease_until) < DATABASE_NOW)
    free = and_(col(Deposit.state).in_((stage.waiting, stage.running)), lease_over)
    return and_(free, ~_has_elder()) if stage is PUBLISH else free


def _has_elder() -> ColumnElement[bool]:
    """True while an earlier deposit of the same data set is under way: publications keep the order of acceptance."""
    elder = aliased(Deposit)
    return exists().where(
        elder.organisation_siren == Deposit.organisation_siren,  # type: ignore[arg-type]
        elder.schema_name == Deposit.schema_name,  # type: ignore[arg-type]
        col(elder.trial_of).is_not_distinct_from(col(Deposit.trial_of)),
        elder.sequence < Deposit.sequence,  # type: ignore[arg-type]
        col(elder.state).in_(WAITING_STATES),
    )


async def claim(session: AsyncSession, deposit_id: UUID, stage: Stage) -> Claim | None:
    """Take a deposit for `stage`, or None if it is not free (not in turn, held by another, ended, put aside)."""
    asked = {"wanted": deposit_id, "detail": None}
    deposit = (await session.execute(_claiming(stage), asked)).scalar_one_or_none()
    return None if deposit is None else Claim(stage=stage, deposit=deposit, attempt=deposit.attempt)


@cache
def _claiming(stage: Stage) -> Select[Deposit]:
    """The deposit and its event, in one round trip."""
    taken = (
        update(Deposit)
        .where(col(Deposit.id) == bindparam("wanted"), is_free(stage), col(Deposit.stage_attempts) < MAX_STAGE_ATTEMPTS)
        .values(
            state=stage.running,
            attempt=Deposit.attempt + 1,
            stage_attempts=Deposit.stage_attempts + 1,
            lease_until=now_plus(LEASE_SECONDS),
        )
        .returning(Deposit)
        .cte("taken")
    )
    return select(aliased(Deposit, taken)).add_cte(*telling(taken, stage.running))


async def renew(session: AsyncSession, held: Claim) -> None:
    """Keep the claim for another lease. Raises StaleClaim when it is lost."""
    await _write_fenced(session, held, {"lease_until": now_plus(LEASE_SECONDS)})


async def move(
    session: AsyncSession,
    held: Claim,
    to: DepositState,
    *,
    detail: Mapping[str, object] | None = None,
    **values: Any,
) -> None:
    """End the claim's stage: change the state, write the event. Raises StaleClaim when the claim is lost."""
    asked = {"wanted": held.deposit.id, "fence": held.attempt, "detail": dict(detail) if detail else None, **values}
    if (await session.execute(_moving(held.stage, to, tuple(sorted(values))), asked)).scalar_one() != 1:
        raise StaleClaim(str(held.deposit.id))


@cache
def _moving(stage: Stage, to: DepositState, names: tuple[str, ...]) -> Select[int]:
    """How many deposits were moved: the one that is `wanted`, unless the claim is lost. `names`: other columns set."""
    ended = {"ended_at": DATABASE_NOW} if to in ENDS else {}
    moved = (
        update(Deposit)
        .where(
            col(Deposit.id) == bindparam("wanted"),
            col(Deposit.attempt) == bindparam("fence"),
            col(Deposit.state) == stage.running,
        )
        .values(state=to, lease_until=None, rung_at=DATABASE_NOW, stage_attempts=0, **ended)
        .values({name: bindparam(name) for name in names})
        .returning(col(Deposit.id), col(Deposit.round))
        .cte("moved")
    )
    return select(func.count()).select_from(moved).add_cte(*telling(moved, to))


async def hold(
    session: AsyncSession, held: Claim, reasons: Sequence[Mapping[str, object]], *, until_days: float
) -> None:
    """End the claim's stage by asking a person: `reasons` (`code`, `count`) are what a confirmation must repeat."""
    shown = [dict(reason) for reason in reasons]
    until = (await session.execute(select(now_plus(timedelta(days=until_days).total_seconds())))).scalar_one()
    await move(session, held, DepositState.HELD, detail={"reasons": shown}, held_reasons=shown, held_until=until)


async def decide(
    session: AsyncSession, deposit: Deposit, to: DepositState, *, detail: Mapping[str, object] | None = None
) -> None:
    """A transition that a person decides (or the clock, for want of one). A way onward begins a new round.

    The deposit's row must be locked by this transaction, and its state be one that allows it.
    """
    ended = to in ENDS
    onward = {} if ended else {"round": deposit.round + 1, "resumed_at": DATABASE_NOW, "failure": None}
    statement = (
        update(Deposit)
        .where(col(Deposit.id) == deposit.id)
        .values(
            state=to,
            attempt=Deposit.attempt + 1,
            stage_attempts=0,
            lease_until=None,
            rung_at=DATABASE_NOW,
            ended_at=DATABASE_NOW if ended else None,
            held_until=None,
            **onward,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)
    await session.refresh(deposit)
    await write_event(session, deposit, to, detail)


async def release(session: AsyncSession, held: Claim, *, after_seconds: float, counted: bool) -> None:
    """Give the deposit back, free again after a pause. `counted`: the attempt counts towards putting it aside."""
    attempts = Deposit.stage_attempts if counted else Deposit.stage_attempts - 1
    await _write_fenced(session, held, {"lease_until": now_plus(after_seconds), "stage_attempts": attempts})


async def put_aside(session: AsyncSession, *, time_limit: timedelta) -> list[UUID]:
    """End as `failed` what crashed its workers too often or waits since longer than `time_limit`."""
    lease_over = or_(col(Deposit.lease_until).is_(None), col(Deposit.lease_until) < DATABASE_NOW)
    over = or_(col(Deposit.stage_attempts) >= MAX_STAGE_ATTEMPTS, DATABASE_NOW - time_limit > WAITING_SINCE)
    statement = (
        update(Deposit)
        .where(col(Deposit.state).in_(WAITING_STATES), lease_over, over)
        .values(
            state=DepositState.FAILED,
            attempt=Deposit.attempt + 1,
            lease_until=None,
            ended_at=DATABASE_NOW,
            failure=FAILURE_PUT_ASIDE,
        )
        .returning(Deposit)
        .execution_options(synchronize_session=False)
    )
    aside = list((await session.execute(statement)).scalars())
    for deposit in aside:
        await write_event(session, deposit, DepositState.FAILED, {"reason": "put-aside"})
    return [deposit.id for deposit in aside]


FAILURE_PUT_ASIDE = (
    "Le traitement de ce dépôt a échoué plusieurs fois de notre côté ; il a été mis de côté, l'équipe est alertée. "
    "Vos données déjà publiées n'ont pas changé."
)


async def overdue(session: AsyncSession, stage: Stage, *, ring_again_seconds: float, limit: int) -> list[UUID]:
    """Deposits of `stage` that are free and of which the queue was not told lately; marks them as told now."""
    told_lately = col(Deposit.rung_at) > DATABASE_NOW - timedelta(seconds=ring_again_seconds)
    due = (
        select(col(Deposit.id))
        .where(is_free(stage), or_(col(Deposit.rung_at).is_(None), ~told_lately))
        .order_by(col(Deposit.sequence))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if ids := list((await session.execute(due)).scalars()):
        await session.execute(update(Deposit).where(col(Deposit.id).in_(ids)).values(rung_at=DATABASE_NOW))
    return ids


async def next_in_line(session: AsyncSession, ended: Deposit) -> UUID | None:
    """The deposit of the same data set that may be published now that `ended` is out of its way."""
    data_set = {"organisation": ended.organisation_siren, "schema": ended.schema_name, "trial_of": ended.trial_of}
    return (await session.execute(_looking_for_next(), data_set)).scalar_one_or_none()


@cache
def _looking_for_next() -> Select[UUID]:
    return (
        select(col(Deposit.id))
        .where(
            col(Deposit.organisation_siren) == bindparam("organisation"),
            col(Deposit.schema_name) == bindparam("schema"),
            col(Deposit.trial_of).is_not_distinct_from(bindparam("trial_of", type_=Uuid)),
            is_free(PUBLISH),
        )
        .limit(1)
    )


async def record(session: AsyncSession, deposit: Deposit) -> None:
    """Insert a newly received deposit and its first event."""
    session.add(deposit)
    await session.flush()
    session.add(DepositEvent(deposit_id=deposit.id, state=deposit.state, at=deposit.received_at))


async def _write_fenced(session: AsyncSession, held: Claim, changes: Mapping[str, Any]) -> None:
    statement = (
        update(Deposit)
        .where(
            col(Deposit.id) == held.deposit.id,
            col(Deposit.attempt) == held.attempt,
            col(Deposit.state) == held.stage.running,
        )
        .values(**changes)
        .execution_options(synchronize_session=False)
    )
    if await changed(session, statement) != 1:
        raise StaleClaim(str(held.deposit.id))
