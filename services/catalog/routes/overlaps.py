"""List what several organisations publish alike."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.catalog.bodies import OverlapsOut
from services.catalog.json_answer import json_answer
from services.catalog.overlaps import known_overlaps, list_overlaps
from services.catalog.query.ask import QueryTooCostly
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, open_view
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.paging import decode_cursor, encode_cursor, unreadable_cursor
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Jeux de données"], responses=refusals(ServiceUnavailable))


@router.get(
    "/datasets/{dataset_id}/overlaps",
    summary="Lister ce que plusieurs organismes publient",
    response_model=OverlapsOut,
    responses=refusals(NotFound, DatasetWithdrawn, QueryTooCostly),
)
async def get_overlaps(
    request: Request,
    dataset_id: str,
    tools: CatalogTools,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
) -> Response:
    """Les identités présentes chez plusieurs organismes, par exemple une commune et son intercommunalité.

    Les lignes de chacun sont gardées.
    """
    name = f"overlaps {dataset_id}"
    said = decode_cursor(cursor, secret=tools.cursor_secret) if cursor else None
    if said is not None and said.get("list") != name:
        raise unreadable_cursor()
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        known = await known_overlaps(session, view.dataset_id)
        after = None if said is None else (said["k"], said["s"])
        asked = known is not None and known.count > 0
        data, place = await list_overlaps(session, view, after=after, limit=limit) if asked else ([], None)
    following = None
    if place is not None:
        at = encode_cursor({"list": name, "k": place[0], "s": place[1]}, secret=tools.cursor_secret)
        url = request.url.include_query_params(cursor=at)
        following = f"{url.path}?{url.query}"
    meta = {
        "dataset": view.dataset_id,
        "version": view.version,
        "count": None if known is None else known.count,
        "counted_version": None if known is None else known.version,
        "limit": limit,
    }
    document = {"data": data, "links": {"next": following}, "meta": meta}
    return json_answer(request, document, cache_control="public, no-cache")
