"""Whole data sets as files."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.catalog.exports.described import PART, WHOLE
from services.catalog.exports.download import Download, RangeNotSatisfiable, answer_download, wanted_coding
from services.catalog.exports.formats import COMPRESSED_WITHIN, MEDIA_TYPES, Format, FormatNotAvailable
from services.catalog.exports.xlsx import XlsxTooLarge
from services.catalog.headers import REVALIDATED
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import DatasetView, DatasetWithdrawn, open_view
from shared.blobs import Blob
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import CatalogVersion
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))


FileFormat = Annotated[Format, Path(description="GeoJSON : jeux de données qui ont des coordonnées.")]


def file_answers() -> dict[int | str, dict[str, Any]]:
    """What a route that sends a file may answer."""
    return refusals(NotFound, DatasetWithdrawn, RangeNotSatisfiable, FormatNotAvailable, XlsxTooLarge) | {
        200: {"description": "Le fichier entier, compressé si Accept-Encoding le permet.", "content": WHOLE},
        206: {"description": "La plage demandée par Range, dans le fichier non compressé.", "content": PART},
        304: {"description": "Le fichier est celui que nomme If-None-Match."},
    }


@router.get(
    "/datasets/{dataset_id}/exports/{format}",
    summary="Télécharger le fichier entier",
    response_class=Response,
    responses=file_answers(),
)
async def get_export(dataset_id: str, format: FileFormat, request: Request, tools: CatalogTools) -> Response:
    """Toutes les lignes de la version actuelle. Le CSV (UTF-8, virgule, une ligne d'en-tête) précède la version et en
    porte l'empreinte ; les autres formes en sont faites à la première demande, puis conservées. Les nombres sont ceux
    que le producteur a écrits. Pour une partie des lignes ou un CSV pour tableur : `records.{format}`."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        has_file = not view.is_consolidated and view.version is not None
        version = await session.get_one(CatalogVersion, (view.dataset_id, view.version)) if has_file else None
    snapshot = None if version is None else snapshot_of(version)
    return await answer_file(request, view, format, snapshot=snapshot, tools=tools)


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
    cache_control: str = REVALIDATED,
) -> Response:
    """A file of the data set as of the view, under the coding that the request accepts best."""
    blob = await tools.files.find(view, format_, snapshot=snapshot)
    coding = None if format_ in COMPRESSED_WITHIN else wanted_coding(request, blob.size_bytes)
    if coding is not None:
        blob = await tools.files.encoded(view, blob, coding, snapshot=snapshot)
    name = f"{view.dataset_id}-v{view.version or 0}.{format_}"
    download = Download(view, blob, name, MEDIA_TYPES[format_], coding, cache_control)
    return answer_download(request, download, blobs=tools.blobs)
