"""What describes a data set to programs."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.documents.openapi import dataset_openapi
from services.catalog.documents.table_schema import served_fields, table_schema
from services.catalog.json_answer import json_answer
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import DatasetView, DatasetWithdrawn, open_view
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import CatalogDataset, CatalogVersion
from shared.registry import SchemaVersion
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Jeux de données"], responses=refusals(ServiceUnavailable))

ANSWERS: dict[int | str, dict[str, Any]] = refusals(NotFound, DatasetWithdrawn) | {
    200: {"description": "Le document.", "content": {"application/json": {"schema": {"type": "object"}}}},
    304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."},
}


@router.get(
    "/datasets/{dataset_id}/schema",
    summary="Lire le Table Schema des données",
    response_class=Response,
    responses=ANSWERS,
)
async def get_dataset_schema(request: Request, dataset_id: str, tools: CatalogTools) -> Response:
    """Les colonnes telles que servies et téléchargées, sous la version du schéma de la version actuelle."""
    view, schema, title = await _opened(dataset_id, tools)
    document = table_schema(view, schema, title=title, registry=tools.registry)
    links = document["socle"]["links"]
    headers = {"Link": f'<{links["dataset"]}>; rel="describes", <{links["schema"]}>; rel="via"'}
    return json_answer(request, document, cache_control="public, no-cache", headers=headers)


@router.get(
    "/datasets/{dataset_id}/openapi.json",
    summary="Lire la description OpenAPI des données",
    response_class=Response,
    responses=ANSWERS,
)
async def get_openapi(request: Request, dataset_id: str, tools: CatalogTools) -> Response:
    """Les routes de ce jeu de données, avec ses colonnes comme paramètres et comme membres des lignes."""
    view, schema, title = await _opened(dataset_id, tools)
    document = dataset_openapi(
        request.app.openapi(),
        view,
        title=title,
        fields=served_fields(view, schema, registry=tools.registry),
        server_url=tools.settings.public_url.rstrip("/"),
    )
    return json_answer(request, document, cache_control="public, no-cache")


async def _opened(dataset_id: str, tools: Tools) -> tuple[DatasetView, SchemaVersion, str]:
    """The data set as it is now, the schema of its current version, its title."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        dataset = await session.get_one(CatalogDataset, view.dataset_id)
        version = await _schema_version(session, view)
    return view, tools.registry.get(view.table.schema_name, version), dataset.title


async def _schema_version(session: AsyncSession, view: DatasetView) -> str | None:
    """None for the newest one: no single version was published."""
    if view.is_consolidated or view.version is None:
        return None
    return (await session.get_one(CatalogVersion, (view.dataset_id, view.version))).schema_version
