"""The follow-up of publications, for anybody."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.ingest.follow_up.bodies import FollowUpOut, csv_lines, line_out, totals_out
from services.ingest.follow_up.history import read_history
from services.ingest.follow_up.lines import CORE_SCHEMAS, FollowUpFilter, Place, read_lines
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.revalidated import revalidated, revalidated_json
from services.ingest.routes.organisations import NOT_MODIFIED, Departement
from services.ingest.tools import IngestTools
from shared.db import reading
from shared.errors import ServiceUnavailable
from shared.paging import cursor_secret, decode_cursor, encode_cursor, unreadable_cursor
from shared.registry import UnknownSchema
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Suivi"], responses=refusals(ServiceUnavailable))


class Form(StrEnum):
    """Of the answer."""

    JSON = "json"
    CSV = "csv"


@router.get(
    "/follow-up",
    summary="Tableau de bord de suivi",
    response_model=FollowUpOut,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **NOT_MODIFIED,
        **refusals(UnknownOrganisation, UnknownSchema),
    },
)
async def get_follow_up(
    request: Request,
    tools: IngestTools,
    organisation: Annotated[str | None, Query(max_length=40, description="SIREN, SIRET ou code INSEE")] = None,
    schema: Annotated[
        list[str] | None, Query(max_length=20, description="Sans lui, les six schémas du socle commun. Répétable")
    ] = None,
    departement: Departement = None,
    format: Annotated[Form, Query(description="En `csv`, toutes les lignes d'un coup")] = Form.JSON,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5_000,
) -> Response:
    """Chaque organisme sous chaque schéma : obligation, étape, dernière publication, fraîcheur, conformité du dernier
    dépôt, éditeur ; les totaux, et ce qui s'est passé mois par mois."""
    schemas = [tools.registry.get(name) for name in dict.fromkeys(schema or CORE_SCHEMAS)]
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    async with reading(tools.sessions) as session:
        siren = (await find_organisation(session, organisation)).siren if organisation else None
        wanted = FollowUpFilter(schemas, organisation=siren, departement=departement)
        if format is Form.CSV:
            found = await read_lines(session, wanted)
            return _csv(request, csv_lines(found.lines))
        asked = {"list": "follow-up", "o": siren, "s": [one.name for one in schemas], "d": departement}
        after = _place(cursor, asked, secret)
        found = await read_lines(session, wanted, after=after, limit=limit)
        history = None if after else await read_history(session, wanted)
    following = None
    if (place := found.following) is not None:
        position = {**asked, "at": [place.name, place.siren, place.rank]}
        url = request.url.include_query_params(cursor=encode_cursor(position, secret=secret))
        following = f"{url.path}?{url.query}"
    totals = None if after else totals_out(found, [one.name for one in schemas])
    meta = {"limit": limit, "total": found.total, "totals": totals, "history": history}
    data = [line_out(line) for line in found.lines]
    return revalidated_json(request, {"data": data, "links": {"next": following}, "meta": meta})


def _place(cursor: str | None, asked: Mapping[str, object], secret: bytes) -> Place | None:
    if cursor is None:
        return None
    said = decode_cursor(cursor, secret=secret)
    at = said.pop("at", None)
    if said != asked or at is None:
        raise unreadable_cursor()
    return Place(*at)


def _csv(request: Request, body: bytes) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="suivi.csv"'}
    return revalidated(request, body, media_type="text/csv; charset=utf-8", headers=headers)
