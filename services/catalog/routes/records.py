"""Read rows: filters, order, pages."""

from fastapi import APIRouter, Request, Response

from services.catalog.bodies import RecordOut, RecordsOut
from services.catalog.exports.described import WHOLE
from services.catalog.exports.formats import FormatNotAvailable, preferred_format
from services.catalog.exports.xlsx import XlsxTooLarge
from services.catalog.query.ask import QueryTooCostly
from services.catalog.query.described import CONDITIONS, RECORDS_PARAMETERS
from services.catalog.reading.respond import Kind, respond
from services.catalog.routes.extracts import answer_extract
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, VersionPurged
from shared.errors import NotFound, ServiceUnavailable
from shared.web import FREE_PARAMETERS, refusals

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))

PAGES = """Les pages suivantes restent sur la version de la première, même si une autre paraît. Un en-tête Accept qui
préfère un autre format (text/csv…) obtient toutes les lignes, comme `records.{format}`."""


@router.get(
    "/datasets/{dataset_id}/records",
    summary="Lire les lignes",
    response_model=RecordsOut,
    openapi_extra=FREE_PARAMETERS | {"parameters": RECORDS_PARAMETERS},
    description=f"{CONDITIONS}\n\n{PAGES}",
    responses=refusals(NotFound, DatasetWithdrawn, VersionPurged, QueryTooCostly, XlsxTooLarge, FormatNotAvailable)
    | {
        200: {"content": {name: one for name, one in WHOLE.items() if name != "application/json"}},
        304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."},
    },
)
async def get_records(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """A page of rows, or all of them in another format."""
    wanted = preferred_format(request.headers.get("accept"))
    if wanted is not None:
        return await answer_extract(dataset_id, wanted, request, tools)
    return await respond(request, Kind.RECORDS, dataset_id, tools.responder)


@router.get(
    "/datasets/{dataset_id}/records/{row_id}",
    summary="Lire une ligne",
    response_model=RecordOut,
    responses=refusals(NotFound, DatasetWithdrawn, VersionPurged, QueryTooCostly)
    | {304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."}},
)
async def get_record(dataset_id: str, row_id: str, request: Request, tools: CatalogTools) -> Response:
    """Par le numéro que `ids` donne dans une page. Une ligne modifiée change de numéro : le sien n'a qu'un contenu."""
    return await respond(request, Kind.RECORD, dataset_id, tools.responder, row_id=row_id)
