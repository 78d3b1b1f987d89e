"""What crosses HTTP about habilitations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.bodies import OwnerOut
from services.ingest.habilitations.record import Conflict, conflicts_of
from shared.models import Habilitation, HabilitationEvent, HabilitationState, Organisation


class HabilitationIn(BaseModel):
    """What a vendor asks an organisation for."""

    model_config = ConfigDict(extra="forbid")

    organisation: str = Field(min_length=1, max_length=20, description="SIREN, SIRET ou code INSEE.")
    schemas: list[Annotated[str, Field(min_length=1, max_length=200)]] | None = Field(
        default=None, min_length=1, max_length=100, description="null : tous.", examples=[["scdl/deliberations"]]
    )
    message: str = Field(default="", max_length=500, description="À l'attention des référents de l'organisme.")


class ConflictOut(BaseModel):
    """Another vendor on the same ground: each replaces what the other publishes."""

    vendor: str
    schemas: list[str] | None = Field(description="Ceux en commun ; null : tous.")


class StepOut(BaseModel):
    """A step in its life."""

    state: HabilitationState
    at: datetime


class HabilitationOut(BaseModel):
    """A habilitation of the vendor who asks."""

    id: UUID
    state: HabilitationState
    organisation: OwnerOut
    schemas: list[str] | None = Field(description="null : tous.")
    message: str
    basis: str = Field(description="Sur quoi repose le droit.")
    requested_at: datetime
    granted_at: datetime | None
    expires_at: datetime | None = Field(description="Fin de la demande sans réponse, ou du droit ; null : sans terme.")
    ended_at: datetime | None
    conflicts: list[ConflictOut] = Field(description="Autres éditeurs habilités pour les mêmes données.")
    history: list[StepOut]


class AskedOut(HabilitationOut):
    """A request that was just sent."""

    referents_told: int = Field(
        description="Référents à qui il vient d'être écrit ; 0 : aucun n'est connu, le département prend le relais."
    )


def conflicts_out(conflicts: Iterable[Conflict]) -> list[ConflictOut]:
    """Without the identifiers of others' habilitations."""
    return [
        ConflictOut(vendor=one.vendor, schemas=None if one.schemas is None else list(one.schemas)) for one in conflicts
    ]


async def described(session: AsyncSession, habilitations: list[Habilitation]) -> list[HabilitationOut]:
    """Habilitations with their organisation, history and conflicts, in the given order."""
    ids, sirens = [one.id for one in habilitations], {one.organisation_siren for one in habilitations}
    owners = (await session.execute(select(Organisation).where(col(Organisation.siren).in_(sirens)))).scalars()
    by_siren = {owner.siren: owner for owner in owners}
    wanted = select(HabilitationEvent).where(col(HabilitationEvent.habilitation_id).in_(ids))
    events = list((await session.execute(wanted.order_by(col(HabilitationEvent.id)))).scalars())
    live = (HabilitationState.REQUESTED, HabilitationState.GRANTED)
    conflicts = await conflicts_of(session, [one for one in habilitations if one.state in live])
    return [
        HabilitationOut.model_validate(
            one.model_dump()
            | {
                "organisation": OwnerOut(siren=one.organisation_siren, name=by_siren[one.organisation_siren].name),
                "conflicts": conflicts_out(conflicts.get(one.id, ())),
                "history": [
                    StepOut(state=event.state, at=event.at) for event in events if event.habilitation_id == one.id
                ],
            }
        )
        for one in habilitations
    ]
