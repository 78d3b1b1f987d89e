"""The pages of référents: no key, a link and a code that came by letter."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse

from services.ingest.habilitations.consent import (
    Decision,
    LinkOver,
    WrongCode,
    decide_consent,
    open_consent,
    send_access,
)
from services.ingest.habilitations.page import HEADERS, access_page, consent_page, done_page
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.readable import ReadableRoute, readable_refusals
from services.ingest.routes.habilitations import links_of
from services.ingest.tools import IngestTools
from shared.errors import InvalidParameter, NotFound, ServiceUnavailable
from shared.web.problems import InvalidRequest

PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "Une page, sans script.", "content": {"text/html": {"schema": {"type": "string"}}}}
}

router = APIRouter(
    prefix="/v1",
    tags=["Consentement"],
    route_class=ReadableRoute,
    default_response_class=HTMLResponse,
    responses=readable_refusals(InvalidParameter, InvalidRequest, ServiceUnavailable) | PAGE,
)

Token = Annotated[str, Path(description="Reçu par courriel", max_length=100)]


@router.get("/consents", summary="Demander un lien de référent", responses=readable_refusals(NotFound))
async def get_access() -> HTMLResponse:
    """La page où un référent demande à voir les éditeurs habilités par son organisme."""
    return HTMLResponse(access_page(), headers=HEADERS)


@router.post("/consents", summary="Envoyer un lien à un référent", responses=readable_refusals(UnknownOrganisation))
async def post_access(
    organisation: Annotated[str, Form(max_length=20)], email: Annotated[str, Form(max_length=254)], tools: IngestTools
) -> HTMLResponse:
    """La réponse est la même que l'adresse soit ou non celle d'un référent.
    Les demandes en attente lui sont renvoyées."""
    async with tools.sessions() as session:
        found = await find_organisation(session, organisation)
    await send_access(tools.sessions, found, email, links_of(tools))
    return HTMLResponse(access_page(is_sent=True), headers=HEADERS)


@router.get(
    "/consents/{token}", summary="Voir une demande d'habilitation", responses=readable_refusals(NotFound, LinkOver)
)
async def get_consent(token: Token, tools: IngestTools) -> HTMLResponse:
    """Qui demande quoi ; ou qui est habilité, et ce qui a été fait pour l'organisme. Regarder ne décide de rien."""
    async with tools.sessions() as session:
        consent = await open_consent(session, token, links_of(tools))
    return HTMLResponse(consent_page(consent), headers=HEADERS)


@router.post("/consents/{token}", summary="Répondre à une demande", responses=readable_refusals(NotFound, LinkOver))
async def post_consent(
    token: Token,
    tools: IngestTools,
    code: Annotated[str, Form(max_length=20)],
    decision: Annotated[Decision, Form()],
    remove: Annotated[list[UUID] | None, Form(max_length=1000)] = None,
) -> HTMLResponse:
    """Avec le code du message : accepter, refuser, retirer. Un code inexact montre de nouveau la page."""
    links = links_of(tools)
    decided = await decide_consent(tools.sessions, token, code, decision, remove or (), links)
    if not isinstance(decided, WrongCode):
        return HTMLResponse(done_page(), headers=HEADERS)
    async with tools.sessions() as session:
        consent = await open_consent(session, token, links)
    return HTMLResponse(consent_page(consent, decided), headers=HEADERS)
