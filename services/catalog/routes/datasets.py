"""Find data sets, describe one, list its versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.bodies import LICENCE_OUVERTE, DatasetOut, VersionOut
from services.catalog.datasets import (
    describe_dataset,
    find_organisation_siren,
    list_versions,
    organisation_names,
    read_datasets,
)
from services.catalog.describe import dataset_headers, dataset_out, version_out
from services.catalog.discover.bodies import DatasetsMeta, DatasetsOut, facets_out
from services.catalog.discover.question import DatasetFacet, Place, Question, Sort
from services.catalog.discover.search import find
from services.catalog.discover.words import words_of
from services.catalog.exports.formats import Format
from services.catalog.free.said import Theme
from services.catalog.headers import REVALIDATED
from services.catalog.json_answer import json_answer
from services.catalog.overlaps import known_overlaps
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import DatasetWithdrawn, find_dataset
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.freshness import Freshness, freshness_of
from shared.imported import know_schema
from shared.paging import Page, PageLinks, decode_cursor, encode_cursor, unreadable_cursor
from shared.registry import UnknownSchema
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Jeux de données"], responses=refusals(ServiceUnavailable))

UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Rien n'a changé depuis la réponse que nomme If-None-Match."}
}

Cursor = Annotated[str | None, Query(description="Donné par links.next")]
Limit = Annotated[int, Query(ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the list, one for each facet; the values of one are alternatives."""

    theme: Annotated[list[Theme], Query(default_factory=list, description="Thème européen", examples=[["GOVE"]])]
    organisation: Annotated[list[str], Query(default_factory=list, description="SIREN, SIRET ou code INSEE")]
    schema: Annotated[
        list[str], Query(default_factory=list, description="Nom du schéma", examples=[["scdl/deliberations"]])
    ]
    licence: Annotated[list[str], Query(default_factory=list, description="Licence", examples=[["etalab-2.0"]])]
    format: Annotated[list[Format], Query(default_factory=list, description="Format de téléchargement")]
    freshness: Annotated[list[Freshness], Query(default_factory=list, description="Fraîcheur")]


@router.get(
    "/datasets",
    summary="Chercher des jeux de données",
    response_model=DatasetsOut,
    responses=refusals(UnknownSchema) | UNCHANGED,
)
async def get_datasets(
    request: Request,
    tools: CatalogTools,
    filters: Annotated[Filters, Depends()],
    q: Annotated[
        str, Query(max_length=200, description="Mots cherchés, tous exigés", examples=["délibérations muret"])
    ] = "",
    sort: Annotated[Sort, Query(description="« - » devant : ordre inverse")] = Sort.RELEVANCE,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """Les mots de `q` sont cherchés, sans accents ni casse, dans le titre, puis le nom de l'organisme, celui du schéma,
    sa description et ses colonnes : c'est l'ordre de pertinence. Un filtre répété (`theme=GOVE&theme=REGI`) accepte
    chacune de ses valeurs ; des filtres différents s'ajoutent."""
    async with reading(tools.sessions) as session:
        question = Question(words_of(q), await _wanted(session, filters, tools), sort)
        after = _place_after(cursor, question, tools)
        page = await find(
            session,
            question,
            known=tools.known.facts(question.words),
            licence=LICENCE_OUVERTE.id,
            after=after,
            facets=() if after else DatasetFacet,
            limit=limit,
        )
        rows = await read_datasets(session, page.ids)
        names = await organisation_names(session, [one.value for one in page.facets.get(DatasetFacet.ORGANISATION, [])])
    data = [dataset_out(row, registry=tools.registry, freshness=Freshness(page.freshness[row[0].id])) for row in rows]
    facets = None if after else facets_out(page.facets, names=names, registry=tools.registry)
    meta = DatasetsMeta(limit=limit, total=page.total, sort=sort, facets=facets)
    said = DatasetsOut(data=data, links=_next(request, _position(question, page.following), tools), meta=meta)
    return _answer(request, said)


async def _wanted(session: AsyncSession, filters: Filters, tools: Tools) -> dict[DatasetFacet, list[str]]:
    wanted = {facet: [str(one) for one in getattr(filters, facet)] for facet in DatasetFacet}
    wanted[DatasetFacet.SCHEMA] = [tools.registry.get(one).name for one in filters.schema]
    wanted[DatasetFacet.ORGANISATION] = [await find_organisation_siren(session, one) for one in filters.organisation]
    return wanted


def _place_after(cursor: str | None, question: Question, tools: Tools) -> Place | None:
    if cursor is None:
        return None
    said = decode_cursor(cursor, secret=tools.cursor_secret)
    if said.get("list") != "datasets" or said.get("q") != question.fingerprint:
        raise unreadable_cursor()
    return Place(said["by"], said["id"])


def _position(question: Question, place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    return {"list": "datasets", "q": question.fingerprint, "by": place.value, "id": place.id}


@router.get(
    "/datasets/{dataset_id}",
    summary="Décrire un jeu de données",
    response_model=DatasetOut,
    responses=refusals(NotFound, DatasetWithdrawn) | UNCHANGED,
)
async def get_dataset(request: Request, dataset_id: str, tools: CatalogTools) -> Response:
    """Ce que c'est, à qui, sous quelle licence, et ce qu'on peut en demander."""
    async with reading(tools.sessions) as session:
        dataset = await find_dataset(session, dataset_id)
        await know_schema(tools.registry, session, dataset.schema_name, dataset.schema_version)
        row = await describe_dataset(session, dataset.id)
        overlaps = await known_overlaps(session, dataset.id)
        frequency = tools.registry.get(dataset.schema_name).frequency
        freshness = await freshness_of(session, dataset.updated_at, frequency)
    described = dataset_out(row, registry=tools.registry, freshness=freshness, overlaps=overlaps)
    return _answer(request, described, dataset_headers(described))


@router.get(
    "/datasets/{dataset_id}/versions",
    summary="Lister les versions",
    response_model=Page[VersionOut],
    responses=refusals(NotFound, DatasetWithdrawn) | UNCHANGED,
)
async def get_versions(
    request: Request, dataset_id: str, tools: CatalogTools, cursor: Cursor = None, limit: Limit = 20
) -> Response:
    """La plus récente d'abord ; pour un jeu de toutes les collectivités, les versions de chacune."""
    kind = f"versions {dataset_id}"
    before = _version_before(cursor, kind, tools)
    async with reading(tools.sessions) as session:
        dataset = await find_dataset(session, dataset_id)
        await know_schema(tools.registry, session, dataset.schema_name, dataset.schema_version)
        versions, following = await list_versions(session, dataset, before_publication=before, limit=limit)
    data = [version_out(version, registry=tools.registry) for version in versions]
    position = None if following is None else {"list": kind, "at": following}
    return _answer(request, Page(data=data, links=_next(request, position, tools), meta={"limit": limit}))


def _answer(request: Request, said: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    document = said.model_dump(mode="json", by_alias=True)
    return json_answer(request, document, cache_control=REVALIDATED, headers=headers)


def _version_before(cursor: str | None, kind: str, tools: Tools) -> int | None:
    if cursor is None:
        return None
    said = decode_cursor(cursor, secret=tools.cursor_secret)
    place = said.get("at")
    if said.get("list") != kind or not isinstance(place, int):
        raise unreadable_cursor()
    return place


def _next(request: Request, position: Mapping[str, object] | None, tools: Tools) -> PageLinks:
    if position is None:
        return PageLinks(next=None)
    url = request.url.include_query_params(cursor=encode_cursor(position, secret=tools.cursor_secret))
    return PageLinks(next=f"{url.path}?{url.query}")
