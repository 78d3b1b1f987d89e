"""Référents, for operators: who speaks for an organisation. Addresses are shown here and nowhere else."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.habilitations.ask import referents_of
from services.ingest.habilitations.operate import ADDRESS, UnknownReferent, add_referent, remove_referent
from services.ingest.operator_auth import AuthenticatedOperator, OperatorKeyMissing
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.tools import IngestTools
from shared.errors import ServiceUnavailable
from shared.models import Referent
from shared.paging import Page, PageLinks
from shared.web import refusals

router = APIRouter(
    prefix="/v1/admin/organisations/{siren}/referents",
    tags=["Exploitation"],
    responses=refusals(OperatorKeyMissing, ServiceUnavailable, UnknownOrganisation),
)

Number = Annotated[str, Path(max_length=40, description="SIREN, SIRET ou code INSEE", examples=["213103955"])]


class ReferentIn(BaseModel):
    """Someone who grants and takes back habilitations for an organisation."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254, pattern=ADDRESS, examples=["mairie@muret.exemple.fr"])
    name: str = Field(default="", max_length=200, description="Vide : inchangé.")
    role: str = Field(default="", max_length=200, description="Vide : inchangée.", examples=["secrétaire de mairie"])


class ReferentOut(BaseModel):
    """A référent of today."""

    id: UUID
    email: str
    name: str
    role: str
    created_at: datetime


@router.get("", summary="Lister les référents d'un organisme")
async def get_referents(
    siren: Number, operator: AuthenticatedOperator, tools: IngestTools, response: Response
) -> Page[ReferentOut]:
    """Ceux d'aujourd'hui ; personne d'autre que les opérateurs ne les voit."""
    async with tools.sessions() as session:
        return await _shown(session, (await find_organisation(session, siren)).siren, response)


@router.post("", summary="Ajouter un référent")
async def post_referent(
    siren: Number, said: ReferentIn, operator: AuthenticatedOperator, tools: IngestTools, response: Response
) -> Page[ReferentOut]:
    """Connu à cette adresse, son nom et sa fonction changent ; renvoyer la même chose ne change rien."""
    async with tools.sessions.begin() as session:
        found = (await find_organisation(session, siren)).siren
        await add_referent(session, siren=found, actor=operator.actor, **said.model_dump())
        return await _shown(session, found, response)


@router.delete("/{referent_id}", status_code=204, summary="Retirer un référent", responses=refusals(UnknownReferent))
async def delete_referent(
    siren: Number, referent_id: UUID, operator: AuthenticatedOperator, tools: IngestTools
) -> None:
    """Ses liens n'ouvrent plus rien."""
    async with tools.sessions.begin() as session:
        found = (await find_organisation(session, siren)).siren
        referent: Referent | None = await session.get(Referent, referent_id)
        if referent is None or referent.organisation_siren != found or referent.removed_at is not None:
            raise UnknownReferent(
                f"L'organisme {found} n'a pas de référent {referent_id}.",
                action="Ses référents sont listés par GET /v1/admin/organisations/{siren}/referents.",
            )
        await remove_referent(session, siren=found, email=referent.email, actor=operator.actor)


async def _shown(session: AsyncSession, siren: str, response: Response) -> Page[ReferentOut]:
    response.headers["Cache-Control"] = "no-store"
    found = [ReferentOut.model_validate(one.model_dump()) for one in await referents_of(session, siren)]
    return Page(data=found, links=PageLinks(next=None), meta={"limit": len(found)})
