"""What the preview of a data set answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class TopValueOut(BaseModel):
    """A value, and how many rows have it."""

    value: Any = Field(examples=["7.5"])
    count: int = Field(examples=[12])


class ColumnOut(BaseModel):
    """A column in figures."""

    name: str = Field(examples=["DELIB_MATIERE_CODE"])
    title: str = Field(examples=["Code de la matière"])
    type: str = Field(description="Type Table Schema.", examples=["string"])
    filled: int = Field(description="Lignes qui ont une valeur.")
    fill_rate: float | None = Field(description="Leur part, de 0 à 1 ; null sans aucune ligne.", examples=[0.9871])
    distinct: int = Field(description="Valeurs différentes.")
    min: Any = Field(
        description="La plus petite (ordre des caractères pour un texte) ; null si le type n'a pas d'ordre."
    )
    max: Any
    top: list[TopValueOut] = Field(description="Les 10 valeurs les plus fréquentes.")


class PreviewLinks(BaseModel):
    """What shows more."""

    dataset: str
    records: str
    table_schema: str


class PreviewOut(BaseModel):
    """What a data set looks like. Texts are cut at 200 characters in the figures, never in the rows."""

    dataset: str
    version: int | None = Field(
        description="Version mesurée : la version actuelle peut être plus récente de quelques instants. "
        "Null tant que rien n'est mesuré."
    )
    rows: int
    measured_at: datetime | None
    columns: list[ColumnOut] = Field(description="Les colonnes du schéma, dans son ordre.")
    head: list[dict[str, Any]] = Field(description="Les 10 premières lignes, comme /records les donne.")
    links: PreviewLinks
