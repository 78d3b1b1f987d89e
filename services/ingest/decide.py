"""What people decide about a deposit: confirm it, cancel it. Nobody decides blind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.auth import CurrentVendor, require_habilitation
from services.ingest.follow import unknown_deposit
from shared.audit import CLOCK, actor_of, audit_deposit
from shared.db import Sessions
from shared.deposits import DATABASE_NOW, PUBLISH, decide, next_in_line
from shared.errors import Refusal
from shared.models import Deposit, DepositState
from shared.queue import Queue

EXPIRED_PER_SWEEP = 200


class NotHeld(Refusal):
    """The deposit waits for nobody's confirmation."""

    status = 409
    code = "not-held"
    title = "Rien à confirmer"


class ReasonsDiffer(Refusal):
    """What is confirmed is not what the deposit is held for."""

    status = 409
    code = "reasons-differ"
    title = "Motifs différents"


class NotCancellable(Refusal):
    """The deposit is being worked on, or has ended."""

    status = 409
    code = "not-cancellable"
    title = "Annulation impossible"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a deposit is held: a code of the report and how many times it was found, or rows that a period would lose."""

    code: str
    count: int
    slice: str = ""
    """The period; empty where there is none."""


def reasons_of(deposit: Deposit) -> list[Reason]:
    """What the deposit is held for, or was when it was last held."""
    return [
        Reason(str(one["code"]), int(str(one["count"])), str(one.get("slice") or ""))
        for one in deposit.held_reasons or ()
    ]


async def confirm_deposit(
    sessions: Sessions, deposit_id: UUID, shown: Sequence[Reason], *, vendor: CurrentVendor | None
) -> Deposit:
    """Send a held deposit on to its publication; `shown` repeats its reasons exactly. `vendor`: None for the operator.

    Raises NotFound, NotHabilitated, NotHeld, ReasonsDiffer.
    """
    async with sessions.begin() as session:
        deposit = await locked_deposit(session, deposit_id, vendor)
        if vendor is not None:
            await require_habilitation(session, vendor, deposit.organisation_siren, deposit.schema_name)
        if deposit.state != DepositState.HELD:
            raise NotHeld(
                f"Le dépôt est à l'état « {deposit.state} » : il n'attend pas de confirmation.",
                action="Relisez le dépôt par GET /v1/deposits/{id}.",
                state=deposit.state,
            )
        if set(shown) != set(reasons_of(deposit)):
            raise ReasonsDiffer(
                "Les motifs confirmés ne sont pas ceux pour lesquels le dépôt est retenu.",
                action="Relisez le dépôt et son rapport, puis reprenez `held.reasons` : codes, nombres, périodes.",
                reasons=deposit.held_reasons,
            )
        detail = {"confirmed": deposit.held_reasons, "by": actor_of(vendor).name}
        await decide(session, deposit, DepositState.VALIDATED, detail=detail)
        shown_again = {"reasons": deposit.held_reasons}
        await audit_deposit(session, deposit, actor=actor_of(vendor), action="deposit.confirm", detail=shown_again)
    return deposit


async def cancel_deposit(sessions: Sessions, deposit_id: UUID, *, vendor: CurrentVendor | None) -> Deposit:
    """Give up a deposit that nobody works on yet, or that is held. Raises NotFound, NotCancellable."""
    async with sessions.begin() as session:
        deposit = await locked_deposit(session, deposit_id, vendor)
        if deposit.state not in (DepositState.RECEIVED, DepositState.HELD):
            raise NotCancellable(
                f"Le dépôt est à l'état « {deposit.state} » : il ne peut plus être annulé.",
                action="Déposez une version corrigée : elle remplacera celle-ci.",
                state=deposit.state,
            )
        await decide(session, deposit, DepositState.CANCELLED, detail={"by": actor_of(vendor).name})
        await audit_deposit(session, deposit, actor=actor_of(vendor), action="deposit.cancel")
    return deposit


async def cancel_expired(session: AsyncSession) -> list[UUID]:
    """Cancel what nobody confirmed in time."""
    due = (
        select(Deposit)
        .where(col(Deposit.state) == DepositState.HELD, col(Deposit.held_until) < DATABASE_NOW)
        .limit(EXPIRED_PER_SWEEP)
        .with_for_update(skip_locked=True)
    )
    expired = list((await session.execute(due)).scalars())
    for deposit in expired:
        reason = {"reason": "hold-expired"}
        await decide(session, deposit, DepositState.CANCELLED, detail=reason)
        await audit_deposit(session, deposit, actor=CLOCK, action="deposit.cancel", detail=reason)
    return [deposit.id for deposit in expired]


async def ring_on(sessions: Sessions, queue: Queue, deposit: Deposit) -> None:
    """Tell the queue what a decision set free. A ring that is lost comes again with the sweep."""
    async with sessions() as session:
        following = await next_in_line(session, deposit)
    if following is not None:
        await queue.ring(PUBLISH, following)


async def locked_deposit(session: AsyncSession, deposit_id: UUID, vendor: CurrentVendor | None) -> Deposit:
    """The deposit, its row locked until the transaction ends; None as vendor: whosever it is. Raises NotFound."""
    statement: Select[Any] = select(Deposit).where(col(Deposit.id) == deposit_id)
    if vendor is not None:
        statement = statement.where(vendor.owns())
    deposit: Deposit | None = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    if deposit is None:
        raise unknown_deposit(deposit_id)
    return deposit
