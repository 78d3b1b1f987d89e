"""Find data sets, describe one, list its versions."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request

from services.catalog.bodies import DatasetOut, VersionOut
from services.catalog.datasets import (
    DatasetFilter,
    describe_dataset,
    find_organisation_siren,
    list_datasets,
    list_versions,
    words_of,
)
from services.catalog.describe import dataset_out, version_out
from services.catalog.tools import CatalogTools
from services.catalog.view import DatasetWithdrawn, find_dataset, view_of
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.paging import Page, PageLinks, decode_cursor, encode_cursor, unreadable_cursor
from shared.registry import UnknownSchema
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Jeux de données"], responses=refusals(ServiceUnavailable))

UNREADABLE = refusals(NotFound, DatasetWithdrawn)

T = TypeVar("T", str, int)

Cursor = Annotated[str | None, Query(description="Donné par links.next")]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/datasets", summary="Chercher des jeux de données", responses=refusals(UnknownSchema))
async def get_datasets(
    request: Request,
    tools: CatalogTools,
    q: Annotated[str, Query(max_length=200, description="Mots du titre ou du nom de la collectivité")] = "",
    schema: Annotated[str | None, Query(description="Nom du schéma", examples=["scdl/deliberations"])] = None,
    organisation: Annotated[str | None, Query(description="SIREN, SIRET ou code INSEE")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[DatasetOut]:
    """Par identifiant ; la recherche ne tient compte ni des accents ni de la casse."""
    async with reading(tools.sessions) as session:
        siren = None if organisation is None else await find_organisation_siren(session, organisation)
        wanted = DatasetFilter(
            words=words_of(q),
            schema_name=None if schema is None else tools.registry.get(schema).name,
            organisation_siren=siren,
            after_id=_place(cursor, "datasets", str, tools),
        )
        rows, following = await list_datasets(session, wanted, limit=limit)
    data = [dataset_out(row, registry=tools.registry) for row in rows]
    return Page(data=data, links=_links(request, "datasets", following, tools), meta={"limit": limit})


@router.get(
    "/datasets/{dataset_id}", summary="Décrire un jeu de données", responses=refusals(NotFound, DatasetWithdrawn)
)
async def get_dataset(dataset_id: str, tools: CatalogTools) -> DatasetOut:
    """Ce que c'est, à qui, sous quelle licence, et ce qu'on peut en demander."""
    async with reading(tools.sessions) as session:
        dataset = await find_dataset(session, dataset_id)
        row = await describe_dataset(session, dataset.id)
        overlaps = await tools.overlaps.count(session, view_of(dataset, tables=tools.tables))
    return dataset_out(row, registry=tools.registry, overlaps=overlaps)


@router.get(
    "/datasets/{dataset_id}/versions", summary="Lister les versions", responses=refusals(NotFound, DatasetWithdrawn)
)
async def get_versions(
    request: Request, dataset_id: str, tools: CatalogTools, cursor: Cursor = None, limit: Limit = 20
) -> Page[VersionOut]:
    """La plus récente d'abord ; pour un jeu de toutes les collectivités, les versions de chacune."""
    before = _place(cursor, f"versions {dataset_id}", int, tools)
    async with reading(tools.sessions) as session:
        dataset = await find_dataset(session, dataset_id)
        versions, following = await list_versions(session, dataset, before_publication=before, limit=limit)
    data = [version_out(version, registry=tools.registry) for version in versions]
    return Page(data=data, links=_links(request, f"versions {dataset_id}", following, tools), meta={"limit": limit})


def _place(cursor: str | None, kind: str, type_: type[T], tools: CatalogTools) -> T | None:
    if cursor is None:
        return None
    said = decode_cursor(cursor, secret=tools.cursor_secret)
    place = said.get("at")
    if said.get("list") != kind or not isinstance(place, type_):
        raise unreadable_cursor()
    return place


def _links(request: Request, kind: str, following: str | int | None, tools: CatalogTools) -> PageLinks:
    if following is None:
        return PageLinks(next=None)
    cursor = encode_cursor({"list": kind, "at": following}, secret=tools.cursor_secret)
    url = request.url.include_query_params(cursor=cursor)
    return PageLinks(next=f"{url.path}?{url.query}")
