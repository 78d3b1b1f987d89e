"""An organisation's own audit trail, in the words of its référents."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.audit.read import read_trail
from shared.models import AuditEntry, Vendor

LINES = 100

ACTIONS = {
    "consent.send": "demande d'un lien de référent",
    "consent.wrong-code": "code inexact",
    "dataset.create": "jeu de données créé",
    "dataset.edit": "jeu de données modifié",
    "dataset.restore": "jeu de données rétabli",
    "dataset.rollback": "retour à une version antérieure",
    "dataset.withdraw": "jeu de données retiré",
    "deposit.cancel": "dépôt annulé",
    "deposit.confirm": "dépôt confirmé",
    "deposit.create": "dépôt",
    "deposit.repeat": "dépôt renvoyé, déjà fait",
    "deposit.retry": "dépôt repris",
    "habilitation.expire": "habilitation arrivée à son terme",
    "habilitation.grant": "habilitation accordée",
    "habilitation.refuse": "habilitation refusée",
    "habilitation.remind": "demande d'habilitation relancée",
    "habilitation.request": "habilitation demandée",
    "habilitation.revoke": "habilitation retirée",
    "organisation.agents": "nombre d'agents noté",
    "organisation.create": "organisme ajouté",
    "organisation.onboarding": "étape notée",
    "referent.add": "référent ajouté",
    "referent.change": "référent modifié",
    "referent.remove": "référent retiré",
    "report.share": "rapport partagé",
}
"""What a person reads; an action that is not here is shown as it is."""

ACTORS = {"key": "un éditeur", "operator": "le département", "referent": "un référent", "clock": "une échéance"}
"""By the first word of an actor; anybody else holds, or asks for, a link."""


@dataclass(frozen=True, slots=True)
class Told:
    """A write about the organisation. `at` in UTC; `who` and `what` in French."""

    at: datetime
    who: str
    what: str


async def trail_of(session: AsyncSession, siren: str) -> tuple[Told, ...]:
    """The last LINES writes about an organisation, the newest first."""
    lines = await read_trail(session, col(AuditEntry.organisation_siren) == siren, limit=LINES)
    named = select(Vendor.id, Vendor.name).where(col(Vendor.id).in_({one.vendor_id for one in lines}))  # type: ignore[call-overload]
    vendors: dict[UUID | None, str] = {one: name for one, name in (await session.execute(named)).all()}
    return tuple(_told(one, vendors) for one in lines)


def _told(line: AuditEntry, vendors: dict[UUID | None, str]) -> Told:
    kind = line.actor.partition(" ")[0]
    vendor = vendors.get(line.vendor_id)
    what = ACTIONS.get(line.action, line.action)
    schema = (line.detail or {}).get("schema")
    if isinstance(schema, str):
        what = f"{what}, {schema}"
    if kind == "key" and vendor is not None:
        return Told(line.at.astimezone(UTC), f"{vendor} (clé {line.actor.partition(' ')[2]})", what)
    of = "" if vendor is None else f" : {vendor}"
    return Told(line.at.astimezone(UTC), ACTORS.get(kind, "qui a le lien"), what + of)
