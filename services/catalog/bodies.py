"""What catalog answers over HTTP."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.catalog.free.said import Contact, Temporal
from shared.freshness import Freshness
from shared.models import VersionMode
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
    changes: str
    atom: str
    preview: str
    openapi: str
    table_schema: str
    schema_: str = Field(alias="schema")

    model_config = ConfigDict(populate_by_name=True)


class OverlapOut(BaseModel):
    """An identity that several organisations publish."""

    identity: dict[str, Any]
    datasets: list[str] = Field(description="Les jeux de données qui l'ont, un par organisme.")


class OverlapsMeta(BaseModel):
    """How many there are."""

    dataset: str
    version: int | None
    count: int | None = Field(description="Null si les lignes n'ont pas d'identité, ou tant que rien n'est compté.")
    counted_version: int | None = Field(description="Version dans laquelle ils ont été comptés.")
    limit: int


class OverlapsOut(BaseModel):
    """A page of identities that several organisations publish."""

    data: list[OverlapOut]
    links: PageLinks
    meta: OverlapsMeta


class OverlapsRef(BaseModel):
    """Identities that several organisations publish: all their rows are kept."""

    count: int
    version: int = Field(description="Version dans laquelle ils ont été comptés.")
    href: str


class DatasetMeta(BaseModel):
    """What to know of the rows."""

    overlaps: OverlapsRef | None = Field(
        description="Null dans une liste, pour un organisme, sans identité, ou tant que rien n'est compté."
    )


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
    frequency: str = Field(description="Fréquence attendue (vocabulaire européen frequency) ; irreg si aucune.")
    freshness: Freshness = Field(
        description="up-to-date ou late si une fréquence est attendue ; sinon l'âge : month, year, older ; ou never."
    )
    formats: list[str] = Field(description="Formats de téléchargement.")
    licence: LicenceOut
    temporal: Temporal | None = Field(description="Jours dont parlent les données, si le producteur l'a dit.")
    spatial: list[str] = Field(description="Codes INSEE ou SIREN des territoires, si le producteur les a dits.")
    contact: Contact | None = Field(description="À qui s'adresser, si le producteur l'a dit.")
    links: DatasetLinks
    meta: DatasetMeta


class SnapshotOut(BaseModel):
    """The CSV file of a version; it never changes."""

    sha256: str
    size_bytes: int


class CountsOut(BaseModel):
    """What became of rows, one by one."""

    inserted: int
    updated: int = Field(description="Lignes dont l'identité était là, avec d'autres valeurs.")
    deleted: int
    unchanged: int = Field(description="Lignes du dépôt qui n'ont rien changé.")


class VersionOut(BaseModel):
    """An immutable published state of an organisation's data set."""

    model_config = ConfigDict(populate_by_name=True)

    dataset: str
    number: int = Field(description="1, 2, 3… au sein du jeu de données.")
    publication: int = Field(description="Numéro de la publication, croissant parmi tous les jeux d'un même schéma.")
    deposit_id: UUID | None = Field(description="Null pour un retour en arrière ou un retrait.")
    mode: VersionMode = Field(description="Ce qui a fait cette version.")
    equals: int | None = Field(description="Pour un retour en arrière : la version dont ce sont les lignes.")
    schema_: SchemaOut = Field(alias="schema")
    slices: list[str] = Field(description="Périodes remplacées ou touchées.")
    counts: CountsOut
    rows: int = Field(description="Lignes du jeu de données dans cette version.")
    rows_inserted: int = Field(description="Lignes écrites : nouvelles, ou nouvel état de celles qui ont changé.")
    rows_closed: int = Field(description="Lignes retirées ou modifiées.")
    published_at: datetime
    purged_at: datetime | None = Field(description="Depuis quand ses lignes et ses fichiers ne sont plus conservés.")
    snapshot: SnapshotOut


class Change(BaseModel):
    """What became of one row."""

    op: Literal["insert", "update", "delete"]
    key: str = Field(description="Le même pour la même ligne, de version en version.")
    identity: dict[str, Any] = Field(description="Valeurs des colonnes d'identité ; vide si le schéma n'en a pas.")
    before: dict[str, Any] | None
    after: dict[str, Any] | None = Field(description="Null pour une ligne retirée.")


class FeedChange(Change):
    """What a publication made of one row."""

    version: int
    at: datetime
    deposit_id: UUID | None
    organisation_siren: str | None = Field(default=None, description="Dans un jeu de toutes les collectivités.")


class DiffMeta(BaseModel):
    """Between which versions, and how much."""

    model_config = ConfigDict(populate_by_name=True)

    dataset: str
    from_: int = Field(alias="from")
    to: int
    inserted: int
    updated: int
    deleted: int
    limit: int


class DiffOut(BaseModel):
    """A page of the difference of two versions."""

    data: list[Change]
    links: PageLinks
    meta: DiffMeta


class ChangesMeta(BaseModel):
    """Until where the feed was read."""

    dataset: str
    version: int | None = Field(description="Version actuelle au moment de la lecture.")
    limit: int


class ChangesOut(BaseModel):
    """A page of the feed. `links.next` always leads on: kept, it gives what changes from here."""

    data: list[FeedChange]
    links: PageLinks
    meta: ChangesMeta


class RollbackIn(BaseModel):
    """To which version."""

    model_config = ConfigDict(extra="forbid")

    to: int = Field(ge=1, le=2**31, examples=[3])


class RecordsMeta(BaseModel):
    """Of which state the rows are."""

    dataset: str
    version: int | None
    publication: int | None
    limit: int
    total: int | None = Field(default=None, description="Lignes qui satisfont les filtres, si count le demande.")
    total_is_estimate: bool | None = None


class RecordsOut(BaseModel):
    """A page of rows. The members of a row are the columns of the data set."""

    data: list[dict[str, Any]]
    ids: list[int] = Field(description="Numéros des lignes, dans l'ordre de data, pour records/{row_id}.")
    links: PageLinks
    meta: RecordsMeta


class RecordMeta(BaseModel):
    """Which version the row is of."""

    dataset: str
    version: int | None
    publication: int | None


class RecordOut(BaseModel):
    """One row."""

    data: dict[str, Any]
    meta: RecordMeta
