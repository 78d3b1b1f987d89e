"""The référent's side: see who asks what, accept, refuse, take back, move from one vendor to another."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.habilitations.ask import may_write, referents_of
from services.ingest.habilitations.letters import access_letter, outcome_letter, request_letter
from services.ingest.habilitations.links import MAX_TRIES, Links
from services.ingest.habilitations.record import Conflict, conflicts_of, record, take_turn
from services.ingest.habilitations.trail import Told, trail_of
from services.ingest.mail.outbox import post
from shared.audit import Actor, audit
from shared.db import Sessions
from shared.deposits import DATABASE_NOW
from shared.errors import InvalidParameter, NotFound, Refusal
from shared.models import ConsentLink, Habilitation, HabilitationState, Organisation, Referent, Vendor


class LinkOver(Refusal):
    """The link was used, is too old, or had too many wrong codes."""

    status = 410
    code = "consent-link-over"
    title = "Lien terminé"


class Decision(StrEnum):
    """What a référent decides."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Granted:
    """A habilitation of the organisation and whose it is."""

    habilitation: Habilitation
    vendor: Vendor


@dataclass(frozen=True, slots=True)
class Consent:
    """What a link shows."""

    link: ConsentLink
    organisation: Organisation
    asked: Granted | None
    """The request that it is about, whatever became of it; None: the link of a référent who looks around."""
    conflicts: tuple[Conflict, ...]
    """Who else may publish the same."""
    granted: tuple[Granted, ...]
    """All that the organisation grants today."""
    trail: tuple[Told, ...]
    """What was done about the organisation, for a référent who looks around."""

    @property
    def waits(self) -> bool:
        """Whether there is a request to answer."""
        return self.asked is not None and self.asked.habilitation.state == HabilitationState.REQUESTED


@dataclass(frozen=True, slots=True)
class WrongCode:
    """Nothing was decided."""

    tries_left: int


async def open_consent(session: AsyncSession, token: str, links: Links, *, lock: bool = False) -> Consent:
    """What the link of that token shows. Raises NotFound, LinkOver."""
    statement = select(ConsentLink).where(col(ConsentLink.token_hash) == links.hash_token(token))
    link = (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()
    if link is None:
        raise NotFound("Ce lien ne mène à rien.", action="Recopiez-le en entier depuis le message reçu.")
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    referent = await session.get_one(Referent, link.referent_id)
    if link.used_at or link.expires_at <= now or link.tries >= MAX_TRIES or referent.removed_at:
        raise _over()
    return await _consent(session, link)


async def decide_consent(
    sessions: Sessions, token: str, code: str, decision: Decision, remove: Collection[UUID], links: Links
) -> Consent | WrongCode:
    """Do what the référent decides: answer the request, and take back the habilitations `remove` of the organisation.

    The code is worth one decision. Raises NotFound, LinkOver, InvalidParameter("remove").
    """
    async with sessions.begin() as session:
        consent = await open_consent(session, token, links, lock=True)
        link = consent.link
        if not links.is_code(link, code):
            link.tries += 1
            await _note(session, link, "consent.wrong-code")
            return WrongCode(tries_left=MAX_TRIES - link.tries)
        await take_turn(session, consent.organisation.siren)
        consent = await _consent(session, link)
        actor = Actor(f"referent {link.referent_id}")
        if consent.asked is not None and not consent.waits:
            raise _over()
        if decision == Decision.REMOVE and not any(one.habilitation.id in remove for one in consent.granted):
            raise InvalidParameter(
                "remove",
                "Aucune habilitation n'était cochée : rien n'a changé.",
                action="Revenez à la page, cochez celles à retirer, et saisissez de nouveau le code.",
            )
        if consent.asked is not None and decision != Decision.REMOVE:
            accepts = decision == Decision.ACCEPT
            await answer(session, consent.asked, consent.organisation, is_granted=accepts, actor=actor)
        if decision != Decision.REFUSE:
            for one in consent.granted:
                if one.habilitation.id in remove:
                    await end(session, one, consent.organisation, actor=actor)
        link.used_at = (await session.execute(select(DATABASE_NOW))).scalar_one()
        session.add(link)
    return consent


def _over() -> LinkOver:
    return LinkOver(
        "Ce lien a déjà servi, a plus de 24 heures, ou trop de codes inexacts y ont été saisis.",
        action="Demandez-en un autre à l'adresse /v1/consents, ou demandez à l'éditeur de relancer sa demande.",
    )


async def answer(
    session: AsyncSession, one: Granted, organisation: Organisation, *, is_granted: bool, actor: Actor
) -> None:
    """Answer a request; its vendor and the référents are told."""
    one.habilitation.expires_at = None
    one.habilitation.basis = "accord d'un référent de l'organisme" if is_granted else ""
    to = HabilitationState.GRANTED if is_granted else HabilitationState.REFUSED
    await record(session, one.habilitation, to, actor=actor)
    await tell(session, one, organisation)


async def end(session: AsyncSession, one: Granted, organisation: Organisation, *, actor: Actor) -> None:
    """Take a habilitation back; its vendor and the référents are told."""
    await record(session, one.habilitation, HabilitationState.REVOKED, actor=actor)
    await tell(session, one, organisation)


async def tell(session: AsyncSession, one: Granted, organisation: Organisation) -> None:
    """Write to the vendor, where it gave an address, and to the référents: a decision nobody made gets noticed."""
    letter = outcome_letter(vendor=one.vendor.name, organisation=organisation, habilitation=one.habilitation)
    recipients = [one.vendor.email] if one.vendor.email else []
    recipients += [referent.email for referent in await referents_of(session, organisation.siren)]
    for recipient in recipients:
        await post(session, recipient=recipient, subject=letter.subject, body=letter.body)


async def send_access(sessions: Sessions, organisation: Organisation, email: str, links: Links) -> None:
    """Send a link to the référent of that address, if there is one, and once more the requests that wait for an answer:
    the answer is the same for all."""
    async with sessions.begin() as session:
        await take_turn(session, organisation.siren)
        for referent in await referents_of(session, organisation.siren):
            if referent.email.casefold() == email.strip().casefold():
                for asked in (None, *await _waiting(session, organisation.siren)):
                    await _send(session, referent, organisation, asked, links)


async def _send(
    session: AsyncSession, referent: Referent, organisation: Organisation, asked: Granted | None, links: Links
) -> None:
    """A link of the référent's own asking, unless he had enough of them today."""
    if not await may_write(session, referent, None):
        return
    sent = links.make(referent, habilitation_id=asked.habilitation.id if asked else None, vendor_id=None)
    session.add(sent.link)
    await _note(session, sent.link, "consent.send")
    letter = (
        request_letter(vendor=asked.vendor.name, organisation=organisation, habilitation=asked.habilitation, sent=sent)
        if asked
        else access_letter(organisation=organisation, sent=sent)
    )
    await post(session, recipient=referent.email, subject=letter.subject, body=letter.body)


async def _waiting(session: AsyncSession, siren: str) -> list[Granted]:
    statement = (
        select(Habilitation, Vendor)
        .join(Vendor, col(Vendor.id) == col(Habilitation.vendor_id))
        .where(
            col(Habilitation.organisation_siren) == siren,
            col(Habilitation.state) == HabilitationState.REQUESTED,
            col(Habilitation.expires_at) > DATABASE_NOW,
        )
        .order_by(col(Habilitation.requested_at).desc())
    )
    return [Granted(one, vendor) for one, vendor in (await session.execute(statement)).all()]


async def _note(session: AsyncSession, link: ConsentLink, action: str) -> None:
    """By whoever holds, or asks for, a link: nobody has shown yet to be that référent."""
    subject, siren = f"referent {link.referent_id}", link.organisation_siren
    await audit(session, actor=Actor("anybody"), action=action, subject=subject, organisation=siren)


async def _consent(session: AsyncSession, link: ConsentLink) -> Consent:
    siren = link.organisation_siren
    statement = (
        select(Habilitation, Vendor)
        .join(Vendor, col(Vendor.id) == col(Habilitation.vendor_id))
        .where(col(Habilitation.organisation_siren) == siren)
        .order_by(col(Vendor.name), col(Habilitation.id))
        .execution_options(populate_existing=True)
    )
    known = [Granted(one, vendor) for one, vendor in (await session.execute(statement)).all()]
    asked = next((one for one in known if one.habilitation.id == link.habilitation_id), None)
    conflicts = (await conflicts_of(session, [asked.habilitation]))[asked.habilitation.id] if asked else []
    return Consent(
        link=link,
        organisation=await session.get_one(Organisation, siren),
        asked=asked,
        conflicts=tuple(conflicts),
        granted=tuple(one for one in known if one.habilitation.state == HabilitationState.GRANTED),
        trail=await trail_of(session, siren) if link.habilitation_id is None else (),
    )
