"""Whole data sets as files."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.exports.download import Download, RangeNotSatisfiable, answer_download
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetView, open_view
from shared.blobs import Blob
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import CatalogVersion
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))

CSV = {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}

ANSWERS = refusals(NotFound, RangeNotSatisfiable) | {
    200: {"description": "Le fichier entier.", **CSV},
    206: {"description": "La plage demandée par Range.", **CSV},
    304: {"description": "Le fichier est celui que nomme If-None-Match."},
}


@router.get(
    "/datasets/{dataset_id}/exports/csv",
    summary="Télécharger en CSV",
    response_class=Response,
    responses=ANSWERS,
)
async def get_csv(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """UTF-8, virgule, une ligne d'en-tête. Les nombres ont la forme que le producteur leur a donnée."""
    return await _csv(dataset_id, request, tools)


@router.head(
    "/datasets/{dataset_id}/exports/csv",
    summary="Taille et empreinte du CSV",
    response_class=Response,
    responses={**ANSWERS, 200: {"description": "Les en-têtes du fichier."}},
)
async def head_csv(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """Les en-têtes de la même requête GET."""
    return await _csv(dataset_id, request, tools)


async def _csv(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        snapshot = None if view.is_consolidated else await _snapshot(session, view)
    blob = snapshot or await tools.consolidated_files.csv(view)
    download = Download(blob, f"{view.dataset_id}-v{view.version or 0}.csv", "text/csv; charset=utf-8; header=present")
    return answer_download(request, download, blobs=tools.blobs)


async def _snapshot(session: AsyncSession, view: DatasetView) -> Blob:
    version = await session.get_one(CatalogVersion, (view.dataset_id, view.version))
    name = f"snapshots/{view.dataset_id}/{version.snapshot_sha256}.csv"
    return Blob(name=name, sha256=version.snapshot_sha256, size_bytes=version.snapshot_bytes)
