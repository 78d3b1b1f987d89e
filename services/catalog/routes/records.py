"""Read rows: filters, order, pages."""

from fastapi import APIRouter, Request, Response

from services.catalog.bodies import RecordsOut
from services.catalog.exports.download import matches
from services.catalog.query.ask import QueryTooCostly
from services.catalog.query.moments import view_at
from services.catalog.query.native import DEFAULT_LIMIT, MAX_LIMIT, read_query_string
from services.catalog.query.records import entity_tag, find_place, read_page
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, VersionPurged, open_view
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.web import FREE_PARAMETERS, refusals

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))

PARAMETERS = {
    "parameters": [
        {"name": "select", "in": "query", "schema": {"type": "string"}, "description": "Colonnes, par des virgules."},
        {
            "name": "sort",
            "in": "query",
            "schema": {"type": "string"},
            "description": "Colonnes, par des virgules ; « - » devant une colonne pour l'ordre décroissant. "
            "Les lignes sans valeur viennent en dernier.",
        },
        {
            "name": "limit",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            "description": "Lignes par page.",
        },
        {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "Donné par links.next."},
    ]
}


@router.get(
    "/datasets/{dataset_id}/records",
    summary="Lire les lignes",
    response_model=RecordsOut,
    openapi_extra=FREE_PARAMETERS | PARAMETERS,
    responses=refusals(NotFound, DatasetWithdrawn, VersionPurged, QueryTooCostly)
    | {304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."}},
)
async def get_records(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """Filtres : `COLONNE=valeur` (égal), `COLONNE__greater=` (≥), `COLONNE__less=` (≤), `COLONNE__strictly_greater=`,
    `COLONNE__strictly_less=`. Les pages suivantes restent sur la version de la première, même si une autre paraît."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        asked = read_query_string(request.query_params.multi_items(), view)
        view = await view_at(session, view, asked.query.as_of)
        place = await find_place(session, view, asked, secret=tools.cursor_secret)
        headers = {"ETag": entity_tag(place, asked), "Cache-Control": "public, no-cache"}
        if matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        page = await read_page(session, place, asked, path=request.url.path, secret=tools.cursor_secret)
    return Response(page, media_type="application/json", headers=headers)
