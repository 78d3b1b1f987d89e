"""What crosses HTTP about groups of rows."""

from typing import Any

from pydantic import BaseModel, Field


class GroupsMeta(BaseModel):
    """Of which state the groups are."""

    dataset: str
    version: int | None
    publication: int | None
    limit: int | None = Field(default=None, description="Groupes au plus ; absent d'une réponse à facets.")
    complete: bool | None = Field(default=None, description="Faux quand il y a plus de groupes que la limite.")


class FacetValue(BaseModel):
    """One value of a column."""

    value: Any = Field(description="null pour les lignes sans valeur.")
    count: int


class Facet(BaseModel):
    """The most frequent values of a column."""

    name: str = Field(description="La colonne, ou la période ou les intervalles, comme demandée.")
    values: list[FacetValue]
    complete: bool = Field(description="Faux quand il y a d'autres valeurs.")


class GroupsOut(BaseModel):
    """`data`: one object per group, its keys then its measures. `facets` instead, when they are asked for."""

    data: list[dict[str, Any]] | None = None
    facets: list[Facet] | None = None
    meta: GroupsMeta
