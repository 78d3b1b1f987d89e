"""Organisations, for operators: create producers, record onboarding."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.ingest.admin import AlreadyThere, create_organisation
from services.ingest.onboarding.administer import change_agents, change_step, show_organisation
from services.ingest.onboarding.bodies import (
    AdministeredOut,
    ImportedOut,
    NewOrganisationIn,
    OrganisationChange,
    StepIn,
)
from services.ingest.onboarding.imported import ImportRefused, import_onboarding
from services.ingest.onboarding.record import InvalidOnboarding, StepWish
from services.ingest.operator_auth import AuthenticatedOperator, OperatorKeyMissing
from services.ingest.organisations import UnknownOrganisation
from services.ingest.tools import IngestTools
from shared.errors import ServiceUnavailable
from shared.web import refusals

router = APIRouter(
    prefix="/v1/admin", tags=["Exploitation"], responses=refusals(OperatorKeyMissing, ServiceUnavailable)
)

Number = Annotated[str, Path(max_length=40, description="SIREN, SIRET ou code INSEE", examples=["213103955"])]

TABLE = {
    "requestBody": {
        "required": True,
        "description": "CSV en UTF-8, avec les colonnes `siren`, `name`, `departement`, `step`, `date`, `agents`, "
        "`convention_sha256`, `referent_email`, `referent_name`, `referent_role` : celles qu'il faut. À chaque ligne "
        "`siren`, et une étape datée, un nombre d'agents, un référent, ou le nom d'un producteur à ajouter.",
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": "siren,step,date\n213103955,contacted,2026-01-15\n"}
        },
    }
}


@router.post("/organisations", status_code=201, summary="Ajouter un producteur", responses=refusals(AlreadyThere))
async def post_organisation(
    said: NewOrganisationIn, operator: AuthenticatedOperator, tools: IngestTools, response: Response
) -> AdministeredOut:
    """Archives départementales, musée, laboratoire… : communes et intercommunalités viennent du référentiel."""
    made = await create_organisation(
        tools.sessions, siren=said.siren, name=said.name, departement=said.departement, actor=operator.actor
    )
    response.headers["Location"] = f"/v1/organisations/{made.siren}"
    return await show_organisation(tools.sessions, made.siren)


@router.post(
    "/organisations/import",
    summary="Importer des organismes, des étapes, des agents, des référents",
    responses=refusals(ImportRefused),
    openapi_extra=TABLE,
)
async def post_import(
    request: Request,
    operator: AuthenticatedOperator,
    tools: IngestTools,
    dry_run: Annotated[bool, Query(description="Vérifie seulement")] = False,
) -> ImportedOut:
    """Toutes les lignes, ou aucune. La même table importée deux fois ne note rien de plus."""
    done = await import_onboarding(tools.sessions, await request.body(), actor=operator.actor, dry_run=dry_run)
    return ImportedOut(dry_run=dry_run, **asdict(done))


@router.get("/organisations/{siren}", summary="Un organisme et son histoire", responses=refusals(UnknownOrganisation))
async def get_administered(siren: Number, operator: AuthenticatedOperator, tools: IngestTools) -> AdministeredOut:
    """Ce que chacun en sait, et ce qui a été noté par les opérateurs."""
    return await show_organisation(tools.sessions, siren)


@router.patch(
    "/organisations/{siren}",
    summary="Dire combien d'agents a un organisme",
    responses=refusals(UnknownOrganisation, InvalidOnboarding),
)
async def patch_organisation(
    siren: Number, said: OrganisationChange, operator: AuthenticatedOperator, tools: IngestTools
) -> AdministeredOut:
    """Son obligation de publier en dépend."""
    return await change_agents(tools.sessions, siren, said.agents, actor=operator.actor)


@router.post(
    "/organisations/{siren}/onboarding",
    summary="Noter une étape",
    responses=refusals(UnknownOrganisation, InvalidOnboarding),
)
async def post_step(
    siren: Number, said: StepIn, operator: AuthenticatedOperator, tools: IngestTools
) -> AdministeredOut:
    """Dans l'ordre ou non, le jour même ou plus tard ; rien de ce qui a été noté ne se perd. Renvoyer la même étape
    ne change rien."""
    wish = StepWish(said.step, said.date, said.document_sha256, said.note)
    return await change_step(tools.sessions, siren, wish, actor=operator.actor)
