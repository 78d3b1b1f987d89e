"""What a data set looks like, without reading its rows."""

from fastapi import APIRouter, Request, Response

from services.catalog.json_answer import json_answer
from services.catalog.profile.bodies import PreviewOut
from services.catalog.profile.show import show_preview
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, open_view
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import CatalogProfile
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Jeux de données"], responses=refusals(ServiceUnavailable))


@router.get(
    "/datasets/{dataset_id}/preview",
    summary="Voir à quoi ressemblent les données",
    response_model=PreviewOut,
    responses=refusals(NotFound, DatasetWithdrawn)
    | {304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."}},
)
async def get_preview(request: Request, dataset_id: str, tools: CatalogTools) -> Response:
    """Les premières lignes et, par colonne, le taux de remplissage, le nombre de valeurs, les extrêmes et les plus
    fréquentes. Mesuré après chaque publication et gardé : rien n'est calculé à la lecture."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        profile = await session.get(CatalogProfile, view.dataset_id)
    return json_answer(request, show_preview(view, profile), cache_control="public, no-cache")
