"""The feed of changes of a data set, as JSON and as Atom."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.bodies import ChangesOut
from services.catalog.exports.download import matches
from services.catalog.feeds.atom import ENTRIES, MEDIA_TYPE, Feed, Publication, write_atom
from services.catalog.feeds.changes import Place, read_changes
from services.catalog.headers import NEVER_CHANGES, REVALIDATED
from services.catalog.json_answer import json_answer
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import (
    DatasetView,
    DatasetWithdrawn,
    VersionPurged,
    open_view,
    version_purged,
    view_of_version,
)
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import CatalogDataset, CatalogVersion
from shared.paging import decode_cursor, encode_cursor, unreadable_cursor
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Changements"], responses=refusals(ServiceUnavailable))

ATOM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Un flux Atom.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}


@router.get(
    "/datasets/{dataset_id}/changes",
    summary="Suivre les changements, ligne par ligne",
    response_model=ChangesOut,
    responses=refusals(NotFound, DatasetWithdrawn, VersionPurged),
)
async def get_changes(
    request: Request,
    dataset_id: str,
    tools: CatalogTools,
    since: Annotated[
        str, Query(max_length=2000, description="Une version déjà connue (0 : depuis le début), ou le curseur de next")
    ] = "0",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Appliqués dans l'ordre à une table vide, les changements la reconstruisent : `key` désigne la ligne, `after`
    est son nouvel état, `delete` la retire. Une page pleine ne change plus jamais."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        place = await _place(session, view, since, tools)
        page = await read_changes(session, view, place, limit=limit)
    cursor = _cursor(view, page.following, tools)
    url = request.url.include_query_params(since=cursor)
    meta = {"dataset": view.dataset_id, "version": None if page.closed else view.version, "limit": limit}
    document = {"data": page.entries, "links": {"next": f"{url.path}?{url.query}"}, "meta": meta}
    return json_answer(request, document, cache_control=NEVER_CHANGES if page.closed else REVALIDATED)


async def _place(session: AsyncSession, view: DatasetView, since: str, tools: Tools) -> Place:
    place = Place(0)
    if since.isascii() and since.isdecimal() and len(since) <= 15:
        if int(since):
            place = Place((await view_of_version(session, view, int(since)))[0].publication)
    else:
        said = decode_cursor(since, secret=tools.cursor_secret)
        if said.get("list") != f"changes {view.dataset_id}":
            raise unreadable_cursor()
        place = Place(said["p"], said["w"], said["k"], said["r"], said["whole"])
    # What an older publication took away may be gone: the feed would have holes.
    if place.publication < view.oldest_publication:
        raise version_purged(view)
    return place


def _cursor(view: DatasetView, place: Place, tools: Tools) -> str:
    values = {
        "list": f"changes {view.dataset_id}",
        "p": place.publication,
        "w": place.written,
        "k": place.key_hash,
        "r": place.row_id,
        "whole": place.whole,
    }
    return encode_cursor(values, secret=tools.cursor_secret)


@router.get(
    "/datasets/{dataset_id}/changes.atom",
    summary="Suivre les versions d'un jeu de données (Atom)",
    response_class=Response,
    responses=refusals(NotFound, DatasetWithdrawn) | ATOM,
)
async def get_dataset_atom(request: Request, dataset_id: str, tools: CatalogTools) -> Response:
    """Les dernières publications, la plus récente d'abord."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        dataset = await session.get_one(CatalogDataset, view.dataset_id)
        publications = await _publications(session, view)
    page_path = f"/v1/datasets/{dataset.id}"
    feed = Feed(dataset.title, f"{page_path}/changes.atom", page_path, tools.settings.public_url.rstrip("/"))
    return _atom(request, feed, publications)


@router.get(
    "/changes.atom",
    summary="Suivre toutes les publications (Atom)",
    response_class=Response,
    responses=ATOM,
)
async def get_atom(request: Request, tools: CatalogTools) -> Response:
    """Les dernières publications de tous les jeux de données, la plus récente d'abord."""
    async with reading(tools.sessions) as session:
        publications = await _publications(session, None)
    feed = Feed("Toutes les publications", "/v1/changes.atom", "/v1/datasets", tools.settings.public_url.rstrip("/"))
    return _atom(request, feed, publications)


async def _publications(session: AsyncSession, view: DatasetView | None) -> Sequence[Publication]:
    statement = select(CatalogVersion, CatalogDataset).join(
        CatalogDataset, col(CatalogDataset.id) == col(CatalogVersion.dataset_id)
    )
    if view is not None and view.is_consolidated:
        statement = statement.where(col(CatalogVersion.schema_name) == view.table.schema_name)
    elif view is not None:
        statement = statement.where(col(CatalogVersion.dataset_id) == view.dataset_id)
    rows = await session.execute(statement.order_by(col(CatalogVersion.publication).desc()).limit(ENTRIES))
    return [(version, dataset) for version, dataset in rows]


def _atom(request: Request, feed: Feed, publications: Sequence[Publication]) -> Response:
    newest = publications[0][0].publication if publications else 0
    headers = {"ETag": f'"{newest}-{len(publications)}"', "Cache-Control": "public, no-cache"}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(write_atom(feed, publications), media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)
