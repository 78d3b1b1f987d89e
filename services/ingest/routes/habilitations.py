"""Ask for habilitations and follow them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlmodel import col

from services.ingest.auth import KEY_REFUSALS, Asker, CurrentVendor, NotHabilitated
from services.ingest.habilitations.ask import (
    AlreadyAsked,
    Asked,
    NotWaiting,
    TooManyLetters,
    ask_habilitation,
    find_habilitation,
    remind,
)
from services.ingest.habilitations.bodies import AskedOut, HabilitationIn, HabilitationOut, described
from services.ingest.habilitations.links import Links
from services.ingest.once import ONCE
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.tools import IngestTools, Tools
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.idempotency import IDEMPOTENCY_REFUSALS
from shared.imported import know_schema
from shared.models import Habilitation, HabilitationState
from shared.once import OnceRoute
from shared.paging import Page, PageLinks, cursor_secret, decode_cursor, encode_cursor
from shared.registry import UnknownSchema
from shared.web import refusals

router = APIRouter(
    prefix="/v1", tags=["Habilitations"], route_class=OnceRoute, responses=refusals(*KEY_REFUSALS, ServiceUnavailable)
)


def links_of(tools: Tools) -> Links:
    """Makes and checks the links of this installation."""
    return Links(tools.settings.key_pepper.get_secret_value(), tools.settings.public_url)


@router.post(
    "/habilitations",
    status_code=201,
    summary="Demander une habilitation",
    dependencies=ONCE,
    responses=refusals(
        *KEY_REFUSALS,
        NotHabilitated,
        UnknownOrganisation,
        UnknownSchema,
        *IDEMPOTENCY_REFUSALS,
        AlreadyAsked,
        TooManyLetters,
    ),
)
async def post_habilitation(body: HabilitationIn, asker: Asker, tools: IngestTools, response: Response) -> AskedOut:
    """Les référents de l'organisme reçoivent un lien et un code : c'est l'organisme qui accorde, ou non."""
    async with tools.sessions() as session:
        for name in body.schemas or ():
            await know_schema(tools.registry, session, name, None)
        organisation = await find_organisation(session, body.organisation)
    schemas = None if body.schemas is None else sorted({tools.registry.get(name).name for name in body.schemas})
    _check_covered(asker, organisation.siren, schemas)
    asked = await ask_habilitation(
        tools.sessions, asker, organisation, schemas=schemas, message=body.message, links=links_of(tools)
    )
    response.headers["Location"] = f"/v1/habilitations/{asked.habilitation.id}"
    return await _answer(asked, tools)


@router.get("/habilitations", summary="Lister ses habilitations")
async def get_habilitations(
    asker: Asker,
    tools: IngestTools,
    request: Request,
    state: HabilitationState | None = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[HabilitationOut]:
    """Les plus récentes d'abord ; `conflicts` nomme les autres éditeurs habilités pour les mêmes données."""
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    statement = select(Habilitation).where(col(Habilitation.vendor_id) == asker.id)
    if asker.organisations is not None:
        statement = statement.where(col(Habilitation.organisation_siren).in_(asker.organisations))
    if state is not None:
        statement = statement.where(col(Habilitation.state) == state)
    if cursor is not None:
        before = UUID(decode_cursor(cursor, secret=secret)["habilitation"])
        statement = statement.where(col(Habilitation.id) < before)
    async with reading(tools.sessions) as session:
        ordered = statement.order_by(col(Habilitation.id).desc()).limit(limit + 1)
        found = list((await session.execute(ordered)).scalars())
        data = await described(session, found[:limit])
    link = None
    if len(found) > limit:
        following = encode_cursor({"habilitation": str(data[-1].id)}, secret=secret)
        link = str(request.url.include_query_params(cursor=following).replace(scheme="", netloc=""))
    return Page(data=data, links=PageLinks(next=link), meta={"limit": limit})


@router.get("/habilitations/{habilitation_id}", summary="Suivre une habilitation", responses=refusals(NotFound))
async def get_habilitation(habilitation_id: UUID, asker: Asker, tools: IngestTools) -> HabilitationOut:
    """Son état, son histoire, et les autres éditeurs habilités pour les mêmes données."""
    async with reading(tools.sessions) as session:
        return (await described(session, [await find_habilitation(session, asker, habilitation_id)]))[0]


@router.post(
    "/habilitations/{habilitation_id}/reminder",
    summary="Relancer une demande",
    dependencies=ONCE,
    responses=refusals(NotFound, *IDEMPOTENCY_REFUSALS, NotWaiting, TooManyLetters),
)
async def post_reminder(habilitation_id: UUID, asker: Asker, tools: IngestTools) -> AskedOut:
    """Les référents reçoivent un nouveau lien et un nouveau code : ceux d'avant durent 24 heures."""
    return await _answer(await remind(tools.sessions, asker, habilitation_id, links_of(tools)), tools)


async def _answer(asked: Asked, tools: Tools) -> AskedOut:
    async with tools.sessions() as session:
        shown = (await described(session, [asked.habilitation]))[0]
    return AskedOut.model_validate(shown.model_dump() | {"referents_told": asked.referents_told})


def _check_covered(asker: CurrentVendor, siren: str, schemas: list[str] | None) -> None:
    organisation = asker.organisations is None or siren in asker.organisations
    wanted = asker.schemas is None or (schemas is not None and asker.schemas.issuperset(schemas))
    if not (organisation and wanted):
        raise NotHabilitated(
            f"La clé « {asker.key_prefix} » ne couvre pas cette demande pour l'organisme {siren}.",
            action="Utilisez une clé qui couvre cet organisme et ces schémas.",
            organisation=siren,
        )
