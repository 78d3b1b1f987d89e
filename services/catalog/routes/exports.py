"""Whole data sets as files."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.catalog.exports.derive import MEDIA_TYPES, Format
from services.catalog.exports.download import Download, RangeNotSatisfiable, answer_download, wanted_coding
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import DatasetView, DatasetWithdrawn, open_view
from shared.blobs import Blob
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import CatalogVersion
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))


def file_answers(*formats: Format) -> dict[int | str, dict[str, Any]]:
    """What a route that sends a file may answer."""
    content = {
        MEDIA_TYPES[one].partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for one in formats
    }
    return refusals(NotFound, DatasetWithdrawn, RangeNotSatisfiable) | {
        200: {"description": "Le fichier entier, compressé si Accept-Encoding le permet.", "content": content},
        206: {"description": "La plage demandée par Range, dans le fichier non compressé.", "content": content},
        304: {"description": "Le fichier est celui que nomme If-None-Match."},
    }


@router.get(
    "/datasets/{dataset_id}/exports/csv",
    summary="Télécharger en CSV",
    response_class=Response,
    responses=file_answers(Format.CSV),
)
async def get_csv(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """UTF-8, virgule, une ligne d'en-tête. Les nombres ont la forme que le producteur leur a donnée."""
    return await _answer(dataset_id, Format.CSV, request, tools)


@router.head(
    "/datasets/{dataset_id}/exports/csv",
    summary="Taille et empreinte du CSV",
    response_class=Response,
    responses={**file_answers(Format.CSV), 200: {"description": "Les en-têtes du fichier."}},
)
async def head_csv(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """Les en-têtes de la même requête GET."""
    return await _answer(dataset_id, Format.CSV, request, tools)


@router.get(
    "/datasets/{dataset_id}/exports/ndjson",
    summary="Télécharger en NDJSON",
    response_class=Response,
    responses=file_answers(Format.NDJSON),
)
async def get_ndjson(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """Un objet JSON par ligne, dans l'ordre du CSV."""
    return await _answer(dataset_id, Format.NDJSON, request, tools)


@router.get(
    "/datasets/{dataset_id}/exports/parquet",
    summary="Télécharger en Parquet",
    response_class=Response,
    responses=file_answers(Format.PARQUET),
)
async def get_parquet(dataset_id: str, request: Request, tools: CatalogTools) -> Response:
    """Colonnes typées, dans l'ordre du CSV."""
    return await _answer(dataset_id, Format.PARQUET, request, tools)


async def _answer(dataset_id: str, format_: Format, request: Request, tools: Tools) -> Response:
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        version = (
            None if view.is_consolidated else await session.get_one(CatalogVersion, (view.dataset_id, view.version))
        )
    snapshot = None if version is None else snapshot_of(version)
    return await answer_file(request, view, format_, snapshot=snapshot, tools=tools)


def snapshot_of(version: CatalogVersion) -> Blob:
    """The CSV file of a version."""
    name = f"snapshots/{version.dataset_id}/{version.snapshot_sha256}.csv"
    return Blob(name=name, sha256=version.snapshot_sha256, size_bytes=version.snapshot_bytes)


async def answer_file(
    request: Request,
    view: DatasetView,
    format_: Format,
    *,
    snapshot: Blob | None,
    tools: Tools,
    cache_control: str = "public, no-cache",
) -> Response:
    """A file of the data set as of the view, under the coding that the request accepts best."""
    blob = await tools.files.find(view, format_, snapshot=snapshot)
    # Parquet is compressed within.
    coding = None if format_ is Format.PARQUET else wanted_coding(request, blob.size_bytes)
    if coding is not None:
        blob = await tools.files.encoded(view, blob, coding, snapshot=snapshot)
    name = f"{view.dataset_id}-v{view.version or 0}.{format_}"
    return answer_download(
        request, Download(blob, name, MEDIA_TYPES[format_], coding, cache_control), blobs=tools.blobs
    )
