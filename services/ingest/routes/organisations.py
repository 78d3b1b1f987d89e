"""Organisations, for anybody."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.ingest.onboarding.bodies import OrganisationOut, OrganisationsOut, public_document
from services.ingest.onboarding.directory import Wanted, find_organisations
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.revalidated import revalidated_json
from services.ingest.tools import IngestTools
from shared.db import reading
from shared.errors import ServiceUnavailable
from shared.models.organisation import OrganisationKind
from shared.paging import cursor_secret, decode_cursor, encode_cursor, unreadable_cursor
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Organismes"], responses=refusals(ServiceUnavailable))

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Vous avez déjà cette réponse (If-None-Match)"}}

Departement = Annotated[str | None, Query(pattern="^[0-9AB]{2,3}$", description="Code du département", examples=["31"])]


@router.get(
    "/organisations", summary="Chercher des organismes", response_model=OrganisationsOut, responses=NOT_MODIFIED
)
async def get_organisations(
    request: Request,
    tools: IngestTools,
    q: Annotated[str, Query(max_length=200, description="Débuts de mots du nom, tous exigés", examples=["muret"])] = "",
    kind: Annotated[OrganisationKind | None, Query(description="Sa nature")] = None,
    departement: Departement = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Communes, intercommunalités et autres producteurs, par nom, sans accents ni casse."""
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    asked = {"list": "organisations", "q": q, "kind": kind, "departement": departement}
    after = None
    if cursor is not None:
        said = decode_cursor(cursor, secret=secret)
        if {name: said.get(name) for name in asked} != asked:
            raise unreadable_cursor()
        after = (said["place"], said["siren"])
    wanted = Wanted(q=q.replace("\0", " "), kind=kind, departement=departement)
    async with reading(tools.sessions) as session:
        found = await find_organisations(session, wanted, after=after, limit=limit)
    following = None
    if found.following is not None:
        place = {**asked, "place": found.following[0], "siren": found.following[1]}
        url = request.url.include_query_params(cursor=encode_cursor(place, secret=secret))
        following = f"{url.path}?{url.query}"
    data = [public_document(row) for row in found.rows]
    meta = {"limit": limit, "total": found.total}
    return revalidated_json(request, {"data": data, "links": {"next": following}, "meta": meta})


@router.get(
    "/organisations/{siren}",
    summary="Un organisme",
    response_model=OrganisationOut,
    responses={**NOT_MODIFIED, **refusals(UnknownOrganisation)},
)
async def get_organisation(
    request: Request,
    siren: Annotated[str, Path(max_length=40, description="SIREN, SIRET ou code INSEE", examples=["213103955"])],
    tools: IngestTools,
) -> Response:
    """Qui il est, ce que la loi lui demande, où il en est, et ses jeux de données."""
    async with reading(tools.sessions) as session:
        known = await find_organisation(session, siren)
        found = await find_organisations(session, Wanted(siren=known.siren))
    return revalidated_json(request, public_document(found.rows[0]))
