"""The operator's side: conventions that were signed, rights taken back, référents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.habilitations.ask import referents_of
from services.ingest.habilitations.consent import Granted, end, tell
from services.ingest.habilitations.record import Conflict, conflicts_of, record, take_turn
from shared.audit import OPERATOR, Actor, audit
from shared.db import Sessions
from shared.errors import Refusal
from shared.models import Habilitation, HabilitationState, Organisation, Referent, Vendor

ADDRESS = r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s\x00-\x1f\x7f]+$"
"""Of a person: what is plainly none is refused, what is left a letter tells."""


class UnknownHabilitation(Refusal):
    """No habilitation in force, or asked for, of that identifier."""

    status = 404
    code = "unknown-habilitation"
    title = "Habilitation inconnue"


class UnknownReferent(Refusal):
    """The organisation has no référent of that address."""

    status = 404
    code = "unknown-referent"
    title = "Référent inconnu"


async def grant_habilitation(
    sessions: Sessions,
    *,
    vendor: Vendor,
    organisation_siren: str,
    schemas: list[str] | None,
    basis: str,
    expires_at: datetime | None = None,
    actor: Actor = OPERATOR,
) -> UUID:
    """Record that the organisation lets the vendor deposit under `schemas` (all if None), on a signed `basis`.

    A request of the vendor that waits for just that is answered by it. Returns the habilitation's id.
    """
    async with sessions.begin() as session:
        await take_turn(session, organisation_siren)
        waiting = select(Habilitation).where(
            col(Habilitation.vendor_id) == vendor.id,
            col(Habilitation.organisation_siren) == organisation_siren,
            col(Habilitation.state) == HabilitationState.REQUESTED,
        )
        asked: Habilitation | None = (await session.execute(waiting)).scalars().first()
        answers = asked is not None and asked.schemas == schemas
        habilitation = (
            asked
            if asked is not None and answers
            else Habilitation(vendor_id=vendor.id, organisation_siren=organisation_siren, schemas=schemas)
        )
        habilitation.basis, habilitation.expires_at = basis, expires_at
        await record(session, habilitation, HabilitationState.GRANTED, actor=actor, detail={"basis": basis})
        organisation = await session.get_one(Organisation, organisation_siren)
        await tell(session, Granted(habilitation, await session.get_one(Vendor, vendor.id)), organisation)
    return habilitation.id


async def revoke_habilitation(sessions: Sessions, *, habilitation_id: UUID, actor: Actor = OPERATOR) -> None:
    """From now on the vendor deposits nothing more under it; again, nothing more. Raises UnknownHabilitation."""
    async with sessions.begin() as session:
        known = await session.get(Habilitation, habilitation_id)
        if known is None:
            raise UnknownHabilitation(
                f"Aucune habilitation ne porte l'identifiant {habilitation_id}.",
                action="Voyez `socle admin habilitation list`.",
            )
        await take_turn(session, known.organisation_siren)
        await session.refresh(known)
        if known.state in (HabilitationState.REQUESTED, HabilitationState.GRANTED):
            organisation = await session.get_one(Organisation, known.organisation_siren)
            vendor = await session.get_one(Vendor, known.vendor_id)
            await end(session, Granted(known, vendor), organisation, actor=actor)


async def list_habilitations(
    sessions: Sessions,
) -> Sequence[tuple[Habilitation, Vendor, Organisation, list[Conflict]]]:
    """All habilitations with whom they bind and whom they run into, the newest first."""
    statement = (
        select(Habilitation, Vendor, Organisation)
        .join(Vendor, col(Vendor.id) == col(Habilitation.vendor_id))
        .join(Organisation, col(Organisation.siren) == col(Habilitation.organisation_siren))
        .order_by(col(Habilitation.requested_at).desc())
    )
    async with sessions() as session:
        found = [(one, vendor, owner) for one, vendor, owner in (await session.execute(statement)).all()]
        live = [one for one, _, _ in found if one.state == HabilitationState.GRANTED]
        conflicts = await conflicts_of(session, live)
    return [(one, vendor, owner, conflicts.get(one.id, [])) for one, vendor, owner in found]


async def add_referent(
    session: AsyncSession, *, siren: str, email: str, name: str = "", role: str = "", actor: Actor = OPERATOR
) -> bool:
    """Someone who speaks for the organisation; known already by that address: the name and the role are renewed, where
    they are given. Whether that says anything new."""
    found = await _referent(session, siren, email)
    referent = found or Referent(organisation_siren=siren, email=email.strip())
    said = (name or referent.name, role or referent.role)
    if found and said == (found.name, found.role):
        return False
    referent.name, referent.role = said
    session.add(referent)
    await session.flush()
    await _note(session, referent, "referent.change" if found else "referent.add", actor)
    return True


async def remove_referent(session: AsyncSession, *, siren: str, email: str, actor: Actor = OPERATOR) -> None:
    """Their links open nothing any more. Raises UnknownReferent."""
    referent = await _referent(session, siren, email)
    if referent is None:
        raise UnknownReferent(
            f"L'organisme {siren} n'a pas de référent à cette adresse.",
            action="Voyez `socle admin organisation referent list`.",
        )
    referent.removed_at = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    session.add(referent)
    await _note(session, referent, "referent.remove", actor)


async def _referent(session: AsyncSession, siren: str, email: str) -> Referent | None:
    wanted = email.strip().casefold()
    return next((one for one in await referents_of(session, siren) if one.email.casefold() == wanted), None)


async def _note(session: AsyncSession, referent: Referent, action: str, actor: Actor) -> None:
    subject, siren = f"referent {referent.id}", referent.organisation_siren
    await audit(session, actor=actor, action=action, subject=subject, organisation=siren)
