"""All the rows of a question, in any format."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.exports.csv_columns import read_csv_header
from services.catalog.exports.csv_options import FOR_DERIVING, PARAMETERS, CsvOptions, read_csv_options
from services.catalog.exports.described import WHOLE
from services.catalog.exports.download import matches
from services.catalog.exports.extracts import Asked
from services.catalog.exports.formats import COMPRESSED_WITHIN, Format, FormatNotAvailable, columns_of
from services.catalog.exports.rows import Extract
from services.catalog.exports.xlsx import MAX_ROWS, XlsxTooLarge
from services.catalog.query.ask import QueryTooCostly
from services.catalog.query.moments import view_at
from services.catalog.query.native import read_query_string
from services.catalog.routes.exports import snapshot_of
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import DatasetView, DatasetWithdrawn, VersionPurged, open_view
from shared.blobs import CHUNK_BYTES
from shared.db import reading
from shared.errors import InvalidParameter, NotFound, ServiceUnavailable
from shared.models import CatalogVersion
from shared.web import FREE_PARAMETERS, refusals, wants_no_body

router = APIRouter(prefix="/v1", tags=["Données"], responses=refusals(ServiceUnavailable))

ANSWERS: dict[int | str, dict[str, Any]] = refusals(
    NotFound, DatasetWithdrawn, VersionPurged, QueryTooCostly, XlsxTooLarge, FormatNotAvailable
) | {
    200: {"description": "Toutes les lignes.", "content": WHOLE},
    304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."},
}

LIMIT = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": 1000},
    "description": "Les premières lignes seulement ; toutes, sans ce paramètre.",
}


@router.get(
    "/datasets/{dataset_id}/records.{format}",
    summary="Télécharger les lignes d'une question",
    response_class=Response,
    openapi_extra=FREE_PARAMETERS | {"parameters": [LIMIT, *PARAMETERS]},
    responses=ANSWERS,
)
async def get_extract(
    dataset_id: str, format: Annotated[Format, Path()], request: Request, tools: CatalogTools
) -> Response:
    """Mêmes filtres, tri et colonnes que `records`, sans limite de nombre ni pages : toutes les lignes, d'une seule
    version. Le fichier entier d'un jeu de données se télécharge mieux par `exports/{format}`."""
    return await answer_extract(dataset_id, format, request, tools)


async def answer_extract(dataset_id: str, format_: Format, request: Request, tools: Tools) -> Response:
    """All the rows that the request's query string asks for. Raises what the route's `responses` tell."""
    condition = request.headers.get("if-none-match")

    async def ask(session: AsyncSession) -> Asked:
        return await _ask(session, dataset_id, format_, request, tools)

    if condition is not None or wants_no_body(request):
        async with reading(tools.sessions) as session:
            headers = (await ask(session)).headers
        if matches(condition, headers["ETag"]):
            kept = ("ETag", "Cache-Control", "Vary", "Link")
            return Response(status_code=304, headers={name: headers[name] for name in kept})
        if wants_no_body(request):
            return Response(headers=headers)
    return await tools.extracts.answer(request, ask)


async def _ask(session: AsyncSession, dataset_id: str, format_: Format, request: Request, tools: Tools) -> Asked:
    view = await open_view(session, dataset_id, tables=tools.tables)
    parameters = request.query_params.multi_items()
    options = CsvOptions()
    if format_ is Format.CSV:
        options, parameters = read_csv_options(parameters)
    elif format_ in COMPRESSED_WITHIN:
        options = FOR_DERIVING
    asked = read_query_string(parameters, view)
    if asked.cursor is not None:
        raise InvalidParameter(
            "cursor", "Un fichier n'a pas de pages.", action="Retirez « cursor » : toutes les lignes sont données."
        )
    view = await view_at(session, view, asked.query.as_of)
    extract = Extract(
        view=view,
        query=asked.query,
        format=format_,
        extra_names=() if asked.query.select else await _extra_names(session, view, tools),
        limit=_limit(format_, asked.query.limit if "limit" in dict(parameters) else None),
        escapes_formulas=options.escapes_formulas,
    )
    return Asked(extract, columns_of(view, format_), options)


def _limit(format_: Format, limit: int | None) -> int | None:
    """One row more than a sheet holds is enough to refuse."""
    return MAX_ROWS + 1 if limit is None and format_ is Format.XLSX else limit


async def _extra_names(session: AsyncSession, view: DatasetView, tools: Tools) -> tuple[str, ...]:
    """Columns that the vendor added to the schema's: those that the file of the version has."""
    if view.is_consolidated or not view.version:
        return ()
    version = await session.get_one(CatalogVersion, (view.dataset_id, view.version))
    beginning = b""
    async for chunk in tools.blobs.read(snapshot_of(version).name, length=min(CHUNK_BYTES, version.snapshot_bytes)):
        beginning += chunk
    return tuple(read_csv_header(beginning)[len(view.field_names) :])
