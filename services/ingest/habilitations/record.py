"""The one place where a habilitation changes, and what a change takes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func, or_, select, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.webhooks.events import EventType, record_event
from shared.audit import CLOCK, Actor, audit
from shared.auth import live_habilitation
from shared.deposits import DATABASE_NOW, decide
from shared.models import (
    Deposit,
    DepositState,
    Habilitation,
    HabilitationEvent,
    HabilitationState,
    Vendor,
)

CANCELLED_AT_ONCE = (
    DepositState.RECEIVED,
    DepositState.VALIDATING,
    DepositState.VALIDATED,
    DepositState.HELD,
)

ENDS = (HabilitationState.REFUSED, HabilitationState.REVOKED, HabilitationState.EXPIRED)

VERBS: Mapping[HabilitationState, str] = {
    HabilitationState.REQUESTED: "request",
    HabilitationState.GRANTED: "grant",
    HabilitationState.REFUSED: "refuse",
    HabilitationState.REVOKED: "revoke",
    HabilitationState.EXPIRED: "expire",
}
"""How trails name what led to a state."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another vendor that may deposit for the same organisation under the same schemas."""

    habilitation_id: UUID
    vendor: str
    schemas: tuple[str, ...] | None
    """Those in common; None: all."""


async def take_turn(session: AsyncSession, organisation_siren: str) -> None:
    """What is decided about an organisation is decided one after the other."""
    turn = func.hashtextextended(f"habilitation {organisation_siren}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(turn)))


async def record(
    session: AsyncSession,
    habilitation: Habilitation,
    to: HabilitationState,
    *,
    actor: Actor,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Bring a habilitation to a state, with its event, in this transaction: whoever must be told is told from here.

    A grant that ends takes along the vendor's deposits that are not published yet.
    """
    was_granted = habilitation.state == HabilitationState.GRANTED
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    habilitation.state = to
    if to == HabilitationState.GRANTED:
        habilitation.granted_at = now
    if to in ENDS:
        habilitation.ended_at = now
    session.add(habilitation)
    await session.flush()
    cancelled = await _cancel_unpublished(session, habilitation) if was_granted and to in ENDS else 0
    told = dict(detail or {}) | ({"cancelled_deposits": cancelled} if cancelled else {})
    await _tell(session, habilitation, to, actor, told)


async def _tell(
    session: AsyncSession, habilitation: Habilitation, to: HabilitationState, actor: Actor, told: dict[str, object]
) -> None:
    """In its history, to webhooks, in the audit trail."""
    session.add(HabilitationEvent(habilitation_id=habilitation.id, state=to, by=actor.name, detail=told or None))
    await record_event(
        session,
        EventType(f"habilitation.{to}"),
        vendor_id=habilitation.vendor_id,
        subject=str(habilitation.id),
        organisation_siren=habilitation.organisation_siren,
        data={
            "habilitation": str(habilitation.id),
            "state": to,
            "organisation": habilitation.organisation_siren,
            "href": f"/v1/habilitations/{habilitation.id}",
        },
    )
    await audit(
        session,
        actor=actor,
        action=f"habilitation.{VERBS[to]}",
        subject=f"habilitation {habilitation.id}",
        organisation=habilitation.organisation_siren,
        vendor_id=habilitation.vendor_id,
        detail={"schemas": habilitation.schemas} | told,
    )


async def _cancel_unpublished(session: AsyncSession, ended: Habilitation) -> int:
    """Only what is being written at this very instant gets through: its row is locked, and is not waited for."""
    covered = (
        select(col(Habilitation.id))
        .where(
            col(Habilitation.vendor_id) == col(Deposit.vendor_id),
            col(Habilitation.organisation_siren) == col(Deposit.organisation_siren),
            live_habilitation(type_coerce(col(Deposit.schema_name), Text)),
        )
        .exists()
    )
    theirs = (
        select(Deposit)
        .where(
            col(Deposit.vendor_id) == ended.vendor_id,
            col(Deposit.trial_of).is_(None),
            col(Deposit.organisation_siren) == ended.organisation_siren,
            true() if ended.schemas is None else col(Deposit.schema_name).in_(ended.schemas),
            ~covered,
        )
        .order_by(col(Deposit.sequence))
    )
    waiting = theirs.where(col(Deposit.state).in_(CANCELLED_AT_ONCE)).with_for_update()
    publishing = theirs.where(col(Deposit.state) == DepositState.PUBLISHING).with_for_update(skip_locked=True)
    found = [*(await session.execute(waiting)).scalars(), *(await session.execute(publishing)).scalars()]
    for deposit in found:
        await decide(session, deposit, DepositState.CANCELLED, detail={"reason": "habilitation-ended"})
    return len(found)


async def end_what_expired(session: AsyncSession) -> list[UUID]:
    """Requests that nobody answered and grants whose time is over."""
    due = (
        select(Habilitation)
        .where(
            col(Habilitation.state).in_((HabilitationState.REQUESTED, HabilitationState.GRANTED)),
            col(Habilitation.expires_at) <= DATABASE_NOW,
        )
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    expired = list((await session.execute(due)).scalars())
    for habilitation in expired:
        await record(session, habilitation, HabilitationState.EXPIRED, actor=CLOCK)
    return [one.id for one in expired]


async def conflicts_of(session: AsyncSession, habilitations: Sequence[Habilitation]) -> dict[UUID, list[Conflict]]:
    """For each habilitation, the grants of other vendors on the same ground, by name."""
    sirens = {one.organisation_siren for one in habilitations}
    statement = (
        select(Habilitation, col(Vendor.name))
        .join(Vendor, col(Vendor.id) == col(Habilitation.vendor_id))
        .where(col(Habilitation.organisation_siren).in_(sirens), granted(), col(Vendor.disabled_at).is_(None))
        .order_by(col(Vendor.name), col(Habilitation.id))
    )
    rivals = [(other, name) for other, name in (await session.execute(statement)).all()]
    return {
        one.id: [
            Conflict(other.id, name, shared)
            for other, name in rivals
            if other.vendor_id != one.vendor_id
            and other.organisation_siren == one.organisation_siren
            and (shared := in_common(one.schemas, other.schemas)) != ()
        ]
        for one in habilitations
    }


def in_common(one: Sequence[str] | None, other: Sequence[str] | None) -> tuple[str, ...] | None:
    """Schemas of both; None means all."""
    if one is None or other is None:
        both = other if one is None else one
        return None if both is None else tuple(both)
    return tuple(sorted(set(one) & set(other)))


def granted() -> ColumnElement[bool]:
    """The condition on Habilitation of those in force now, whatever their schemas."""
    unended = or_(col(Habilitation.expires_at).is_(None), col(Habilitation.expires_at) > DATABASE_NOW)
    return (col(Habilitation.state) == HabilitationState.GRANTED) & unended
