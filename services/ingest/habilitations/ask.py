"""A vendor asks an organisation for a habilitation; the organisation's référents are written to."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.auth import CurrentVendor
from services.ingest.habilitations.letters import request_letter
from services.ingest.habilitations.links import Links
from services.ingest.habilitations.record import record, take_turn
from services.ingest.mail.outbox import post
from shared.audit import actor_of, audit
from shared.db import Sessions
from shared.deposits import DATABASE_NOW, now_plus
from shared.errors import NotFound, Refusal
from shared.models import ConsentLink, Habilitation, HabilitationState, Organisation, Referent

REQUEST_DAYS = 30
"""After that a request that nobody answered is over."""

LETTERS_A_DAY = 3
"""From one vendor to one référent."""

LETTERS_A_DAY_OF_ALL = 10
"""To one référent."""


class AlreadyAsked(Refusal):
    """The vendor has that right already, or waits for an answer."""

    status = 409
    code = "habilitation-known"
    title = "Habilitation déjà demandée ou accordée"


class NotWaiting(Refusal):
    """The request was answered, or is over."""

    status = 409
    code = "habilitation-answered"
    title = "Demande déjà close"


class TooManyLetters(Refusal):
    """The référents of the organisation were written to enough for today."""

    status = 429
    code = "too-many-letters"
    title = "Trop de messages à cet organisme"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and how many référents were written to."""

    habilitation: Habilitation
    referents_told: int


async def ask_habilitation(
    sessions: Sessions,
    asker: CurrentVendor,
    organisation: Organisation,
    *,
    schemas: list[str] | None,
    message: str,
    links: Links,
) -> Asked:
    """Record the request and write to the référents. Raises AlreadyAsked, TooManyLetters.

    Without a référent the request waits for the operator, who records a convention.
    """
    async with sessions.begin() as session:
        await take_turn(session, organisation.siren)
        await _check_new(session, asker, organisation.siren, schemas)
        habilitation = Habilitation(
            vendor_id=asker.id, organisation_siren=organisation.siren, schemas=schemas, message=message
        )
        session.add(habilitation)
        await session.flush()
        habilitation.expires_at = habilitation.requested_at + timedelta(days=REQUEST_DAYS)
        await record(session, habilitation, HabilitationState.REQUESTED, actor=actor_of(asker))
        told = await _write(session, habilitation, asker, organisation, links)
    return Asked(habilitation, told)


async def remind(sessions: Sessions, asker: CurrentVendor, habilitation_id: UUID, links: Links) -> Asked:
    """Write to the référents once more, with a new link and code. Raises NotFound, NotWaiting, TooManyLetters."""
    async with sessions.begin() as session:
        habilitation = await find_habilitation(session, asker, habilitation_id)
        await take_turn(session, habilitation.organisation_siren)
        await session.refresh(habilitation)
        if habilitation.state != HabilitationState.REQUESTED:
            raise NotWaiting(
                f"L'habilitation est à l'état « {habilitation.state} » : elle n'attend plus de réponse.",
                action="Relisez-la ; si elle est refusée ou terminée, faites une nouvelle demande.",
                state=habilitation.state,
            )
        organisation = await session.get_one(Organisation, habilitation.organisation_siren)
        told = await _write(session, habilitation, asker, organisation, links)
        await audit(
            session,
            actor=actor_of(asker),
            action="habilitation.remind",
            subject=f"habilitation {habilitation.id}",
            organisation=organisation.siren,
            detail={"letters": told},
        )
    return Asked(habilitation, told)


async def find_habilitation(session: AsyncSession, asker: CurrentVendor, habilitation_id: UUID) -> Habilitation:
    """One of this vendor, of an organisation that the key covers. Raises NotFound, for another's too."""
    found: Habilitation | None = await session.get(Habilitation, habilitation_id)
    covered = found is not None and (asker.organisations is None or found.organisation_siren in asker.organisations)
    if found is None or found.vendor_id != asker.id or not covered:
        raise NotFound(
            f"Aucune de vos habilitations ne porte l'identifiant {habilitation_id}.",
            action="Vérifiez l'identifiant ; vos habilitations sont listées par GET /v1/habilitations.",
        )
    return found


async def referents_of(session: AsyncSession, organisation_siren: str) -> list[Referent]:
    """Those who speak for an organisation today."""
    statement = select(Referent).where(
        col(Referent.organisation_siren) == organisation_siren, col(Referent.removed_at).is_(None)
    )
    return list((await session.execute(statement.order_by(col(Referent.id)))).scalars())


async def _check_new(session: AsyncSession, asker: CurrentVendor, siren: str, schemas: list[str] | None) -> None:
    statement = select(Habilitation).where(
        col(Habilitation.vendor_id) == asker.id,
        col(Habilitation.organisation_siren) == siren,
        col(Habilitation.state).in_((HabilitationState.REQUESTED, HabilitationState.GRANTED)),
        func.coalesce(col(Habilitation.expires_at) > DATABASE_NOW, True),
    )
    for known in (await session.execute(statement)).scalars():
        waits = known.state == HabilitationState.REQUESTED
        if waits or known.schemas is None or (schemas is not None and set(schemas) <= set(known.schemas)):
            raise AlreadyAsked(
                "Une demande à cet organisme attend déjà sa réponse."
                if waits
                else "Cet organisme vous habilite déjà pour ces schémas.",
                action="Relancez-la par POST /v1/habilitations/{id}/reminder." if waits else "Déposez.",
                habilitation=str(known.id),
                state=known.state,
            )


async def _write(
    session: AsyncSession, habilitation: Habilitation, asker: CurrentVendor, organisation: Organisation, links: Links
) -> int:
    referents = await referents_of(session, organisation.siren)
    free = [one for one in referents if await may_write(session, one, asker.id)]
    if referents and not free:
        raise TooManyLetters(
            "Les référents de cet organisme ont reçu assez de messages pour aujourd'hui.",
            action="Attendez leur réponse, ou relancez demain.",
            headers={"Retry-After": "86400"},
        )
    for referent in free:
        sent = links.make(referent, habilitation_id=habilitation.id, vendor_id=asker.id)
        session.add(sent.link)
        letter = request_letter(vendor=asker.name, organisation=organisation, habilitation=habilitation, sent=sent)
        await post(session, recipient=referent.email, subject=letter.subject, body=letter.body)
    await session.flush()
    return len(free)


async def may_write(session: AsyncSession, referent: Referent, vendor_id: UUID | None) -> bool:
    """Whether the référent may get one more letter today on account of that vendor (None: of his own)."""
    today = [
        one
        for one in (
            await session.execute(
                select(ConsentLink.vendor_id).where(  # type: ignore[call-overload]
                    col(ConsentLink.referent_id) == referent.id, col(ConsentLink.created_at) > now_plus(-86400)
                )
            )
        ).scalars()
    ]
    return len(today) < LETTERS_A_DAY_OF_ALL and today.count(vendor_id) < LETTERS_A_DAY
