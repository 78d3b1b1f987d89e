"""What catalog answers over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.paging import PageLinks


class LicenceOut(BaseModel):
    """Under which terms the data may be reused."""

    id: str = Field(description="Identifiant SPDX.")
    title: str
    url: str


LICENCE_OUVERTE = LicenceOut(
    id="etalab-2.0",
    title="Licence Ouverte 2.0",
    url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
)


class SchemaOut(BaseModel):
    """The schema that the rows follow."""

    name: str
    version: str | None = Field(description="Version sous laquelle ceci a été publié ; null si plusieurs.")
    title: str
    href: str


class OrganisationOut(BaseModel):
    """Whose data it is."""

    siren: str
    name: str


class DatasetLinks(BaseModel):
    """What can be asked of a data set."""

    self: str
    records: str
    csv: str
    versions: str
    schema_: str = Field(alias="schema")

    model_config = ConfigDict(populate_by_name=True)


class DatasetOut(BaseModel):
    """A data set, in its current version."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    title: str
    description: str
    theme: str = Field(description="Thème de données européen (vocabulaire data-theme).")
    schema_: SchemaOut = Field(alias="schema")
    organisation: OrganisationOut | None = Field(description="Null pour le jeu de données de toutes les collectivités.")
    version: int | None = Field(description="Version actuelle ; null avant la première publication.")
    rows: int
    created_at: datetime
    updated_at: datetime | None = Field(description="Date de la dernière publication.")
    licence: LicenceOut
    links: DatasetLinks


class SnapshotOut(BaseModel):
    """The CSV file of a version; it never changes."""

    sha256: str
    size_bytes: int


class VersionOut(BaseModel):
    """An immutable published state of an organisation's data set."""

    model_config = ConfigDict(populate_by_name=True)

    dataset: str
    number: int = Field(description="1, 2, 3… au sein du jeu de données.")
    publication: int = Field(description="Numéro de la publication, croissant parmi tous les jeux d'un même schéma.")
    deposit_id: UUID
    schema_: SchemaOut = Field(alias="schema")
    slices: list[str] = Field(description="Périodes remplacées.")
    rows: int = Field(description="Lignes du jeu de données dans cette version.")
    rows_inserted: int
    rows_closed: int = Field(description="Lignes retirées ou modifiées.")
    published_at: datetime
    snapshot: SnapshotOut


class RecordsMeta(BaseModel):
    """Of which state the rows are."""

    dataset: str
    version: int | None
    publication: int | None
    limit: int


class RecordsOut(BaseModel):
    """A page of rows. The members of a row are the columns of the data set."""

    data: list[dict[str, Any]]
    links: PageLinks
    meta: RecordsMeta
