"""What a search for data sets answers."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from services.catalog.bodies import DatasetOut
from services.catalog.discover.question import DatasetFacet, Sort
from services.catalog.discover.search import FacetValue
from services.catalog.free.licences import LICENCES
from services.catalog.free.said import Theme
from shared import freshness
from shared.freshness import Freshness
from shared.paging import PageLinks
from shared.registry import Registry

THEME_TITLES: Mapping[str, str] = {
    Theme.AGRI: "Agriculture, pêche, forêts et alimentation",
    Theme.ECON: "Économie et finances",
    Theme.EDUC: "Éducation, culture et sport",
    Theme.ENER: "Énergie",
    Theme.ENVI: "Environnement",
    Theme.GOVE: "Gouvernement et secteur public",
    Theme.HEAL: "Santé",
    Theme.INTR: "Questions internationales",
    Theme.JUST: "Justice et sécurité publique",
    Theme.REGI: "Régions et villes",
    Theme.SOCI: "Population et société",
    Theme.TECH: "Science et technologie",
    Theme.TRAN: "Transports",
    Theme.OP_DATPRO: "Données provisoires",
}


class FacetValueOut(BaseModel):
    """A value, and how many data sets choosing it gives."""

    value: str = Field(description="À donner au paramètre du même nom que la facette.", examples=["GOVE"])
    title: str = Field(examples=["Gouvernement et secteur public"])
    count: int = Field(examples=[4])


class DatasetsMeta(BaseModel):
    """How many data sets there are, in all and by facet."""

    limit: int
    total: int = Field(description="Jeux de données trouvés, toutes pages confondues.")
    sort: Sort
    facets: dict[DatasetFacet, list[FacetValueOut]] | None = Field(
        description="Par facette, les valeurs les plus fréquentes d'abord (100 au plus). Le compte d'une valeur tient "
        "compte de la recherche et des filtres des autres facettes. Null après la première page."
    )


class DatasetsOut(BaseModel):
    """A page of data sets."""

    data: list[DatasetOut]
    links: PageLinks
    meta: DatasetsMeta


def facets_out(
    facets: Mapping[DatasetFacet, list[FacetValue]], *, names: Mapping[str, str], registry: Registry
) -> dict[DatasetFacet, list[FacetValueOut]]:
    """Facets with titles. `names`: of organisations, by SIREN."""
    return {
        facet: [
            FacetValueOut(value=one.value, title=_title(facet, one.value, names, registry), count=one.count)
            for one in values
        ]
        for facet, values in facets.items()
    }


def _title(facet: DatasetFacet, value: str, names: Mapping[str, str], registry: Registry) -> str:
    match facet:
        case DatasetFacet.THEME:
            return THEME_TITLES.get(value, value)
        case DatasetFacet.SCHEMA:
            return registry.get(value).title
        case DatasetFacet.ORGANISATION:
            return names.get(value, value)
        case DatasetFacet.LICENCE:
            return LICENCES[value].title if value in LICENCES else value
        case DatasetFacet.FRESHNESS:
            return freshness.TITLES[Freshness(value)]
        case DatasetFacet.FORMAT:
            return value.upper()
