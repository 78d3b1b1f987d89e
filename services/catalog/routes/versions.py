"""Versions: describe one, download it, compare two."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.catalog.bodies import DiffOut, VersionOut
from services.catalog.describe import version_out
from services.catalog.feeds.diff import Span, count_differences, list_differences
from services.catalog.headers import NEVER_CHANGES, REVALIDATED
from services.catalog.json_answer import json_answer
from services.catalog.routes.exports import FileFormat, answer_file, file_answers, snapshot_of
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, VersionPurged, check_kept, open_view, view_of_version
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.paging import decode_cursor, encode_cursor, unreadable_cursor
from shared.web import refusals

router = APIRouter(
    prefix="/v1", tags=["Versions"], responses=refusals(ServiceUnavailable, NotFound, DatasetWithdrawn, VersionPurged)
)

Number = Annotated[int, Path(ge=1, le=2**53, description="Numéro de version ; pour le jeu de toutes, la publication")]


@router.get(
    "/datasets/{dataset_id}/versions/{number}",
    summary="Décrire une version",
    response_model=VersionOut,
    responses={304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."}},
)
async def get_version(dataset_id: str, number: Number, request: Request, tools: CatalogTools) -> Response:
    """Le dépôt qui l'a faite, ce qu'il a changé, et l'empreinte du fichier. Reste là une fois la version purgée."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        _, version = await view_of_version(session, view, number)
    said = version_out(version, registry=tools.registry)
    return json_answer(request, said.model_dump(mode="json", by_alias=True), cache_control=REVALIDATED)


@router.get(
    "/datasets/{dataset_id}/versions/{number}/exports/{format}",
    summary="Télécharger une version",
    response_class=Response,
    responses=file_answers(),
)
async def get_version_file(
    dataset_id: str, number: Number, format: FileFormat, request: Request, tools: CatalogTools
) -> Response:
    """Même version, mêmes octets. Fait à la première demande puis conservé, sauf le CSV, qui précède la version."""
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        view, version = await view_of_version(session, view, number)
    snapshot = None if check_kept(view).is_consolidated else snapshot_of(version)
    return await answer_file(request, view, format, snapshot=snapshot, tools=tools, cache_control=NEVER_CHANGES)


@router.get("/datasets/{dataset_id}/diff", summary="Comparer deux versions", response_model=DiffOut)
async def get_diff(
    request: Request,
    dataset_id: str,
    tools: CatalogTools,
    start: Annotated[int, Query(alias="from", ge=1, le=2**53, description="Version de départ")],
    end: Annotated[int, Query(alias="to", ge=1, le=2**53, description="Version d'arrivée")],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
) -> Response:
    """Lignes ajoutées, modifiées ou retirées de l'une à l'autre, quoi qu'il se soit passé entre les deux."""
    name = f"diff {dataset_id} {start} {end}"
    said = decode_cursor(cursor, secret=tools.cursor_secret) if cursor else None
    if said is not None and said.get("list") != name:
        raise unreadable_cursor()
    async with reading(tools.sessions) as session:
        view = await open_view(session, dataset_id, tables=tools.tables)
        views = [check_kept((await view_of_version(session, view, number))[0]) for number in (start, end)]
        span = Span(view, views[0].publication, views[1].publication)
        counts = await count_differences(session, span)
        after = None if said is None else (said["k"], said["s"], said["o"], said["d"])
        data, place = await list_differences(session, span, after=after, limit=limit)
    following = None
    if place is not None:
        at = dict(zip("ksod", place, strict=True))
        url = request.url.include_query_params(cursor=encode_cursor({"list": name, **at}, secret=tools.cursor_secret))
        following = f"{url.path}?{url.query}"
    meta = {"dataset": view.dataset_id, "from": start, "to": end, **counts, "limit": limit}
    return json_answer(request, {"data": data, "links": {"next": following}, "meta": meta}, cache_control=NEVER_CHANGES)
