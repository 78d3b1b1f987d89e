"""Count, sum and group rows."""

from fastapi import APIRouter, Request, Response

from services.catalog.groups_bodies import GroupsOut
from services.catalog.query.ask import QueryTooCostly
from services.catalog.query.described import AGGREGATE_PARAMETERS, CONDITIONS
from services.catalog.reading.respond import Kind, respond
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, VersionPurged
from shared.errors import NotFound, ServiceUnavailable
from shared.web import FREE_PARAMETERS, refusals

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))


@router.get(
    "/datasets/{dataset_id}/aggregate",
    summary="Compter et grouper les lignes",
    response_model=GroupsOut,
    response_model_exclude_none=True,
    openapi_extra=FREE_PARAMETERS | {"parameters": AGGREGATE_PARAMETERS},
    description=f"Sans paramètre : le nombre de lignes. Toute la réponse est d'une seule version. {CONDITIONS}",
    responses=refusals(NotFound, DatasetWithdrawn, VersionPurged, QueryTooCostly)
    | {304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."}},
)
async def get_aggregate(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """Groups of rows, or the most frequent values of several columns."""
    return await respond(request, Kind.AGGREGATE, dataset_id, tools.responder)
