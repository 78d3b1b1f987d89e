"""A data set as it is read: which rows, as of which publication."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.bodies import LICENCE_OUVERTE
from services.catalog.free.licences import licence_of
from shared.errors import NotFound, Refusal
from shared.imported import know_schema
from shared.models import CatalogDataset, CatalogVersion
from shared.rows import RowTable, RowTables
from shared.trials import LOOKING_AT

ORIGIN_FIELDS = ("organisation_siren", "organisation_nom", "deposit_id", "version")
"""What each row of a consolidated data set also tells: whose it is, and which deposit and version of theirs brought it
(no deposit: a rollback did)."""


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One data set at one instant; everything read through it is that instant's."""

    dataset_id: str
    number: int | None
    """What row tables call it; None for a consolidated data set, which is the whole table."""
    table: RowTable
    publication: int
    """Rows are those as of this publication; 0 before the first one."""
    oldest_publication: int
    """The first one that can still be read; 0 while all can."""
    version: int | None
    """None before the first one. For a consolidated data set, the publication."""
    licence_url: str = LICENCE_OUVERTE.url
    fills_table: bool = False
    """Nearly all rows of the table are this data set's, as of this publication: one plan finds any value in them."""
    field_names: tuple[str, ...] = field(init=False, compare=False)
    """Names that may be asked for, in the order of answers."""

    def __post_init__(self) -> None:
        origin = ORIGIN_FIELDS if self.is_consolidated else ()
        names = (*origin, *(column.field_name for column in self.table.columns))
        object.__setattr__(self, "field_names", names)

    @property
    def is_consolidated(self) -> bool:
        """Whether the rows of all organisations are read."""
        return self.number is None

    def at(self, publication: int, version: int | None) -> "DatasetView":
        """The same data set as of a publication."""
        fills_table = self.fills_table and publication == self.publication
        return replace(self, publication=publication, version=version, fills_table=fills_table)


class DatasetWithdrawn(Refusal):
    """The data set existed; it was withdrawn, and says why and when."""

    status = 410
    code = "dataset-withdrawn"
    title = "Jeu de données retiré"


class VersionPurged(Refusal):
    """The version existed; its rows and files were given up by the retention policy."""

    status = 410
    code = "version-purged"
    title = "Version trop ancienne"


def version_purged(view: DatasetView) -> VersionPurged:
    """The refusal to read before `oldest_publication`, with where to start again."""
    return VersionPurged(
        "Cette version n'est plus conservée : seules les plus récentes le sont.",
        action="Repartez de l'état actuel (`restart`) ; les versions encore lisibles sont listées par `versions`.",
        restart=f"/v1/datasets/{view.dataset_id}/records",
        versions=f"/v1/datasets/{view.dataset_id}/versions",
    )


async def open_view(session: AsyncSession, dataset_id: str, *, tables: RowTables) -> DatasetView:
    """The data set as it is now. Raises NotFound, DatasetWithdrawn."""
    dataset = await find_dataset(session, dataset_id)
    await know_schema(tables.registry, session, dataset.schema_name, dataset.schema_version)
    return view_of(dataset, tables=tables)


def view_of(dataset: CatalogDataset, *, tables: Mapping[str, RowTable]) -> DatasetView:
    """The view of a data set just read."""
    table = tables[dataset.schema_name]
    return DatasetView(
        dataset_id=dataset.id,
        number=None if dataset.organisation_siren is None else dataset.number,
        table=table.for_trials if dataset.trial_of else table,
        publication=dataset.current_publication or 0,
        oldest_publication=dataset.oldest_publication or 0,
        version=dataset.current_version,
        licence_url=licence_of(dataset).url,
    )


async def view_as_of(session: AsyncSession, view: DatasetView, publication: int) -> DatasetView:
    """The same data set as it was at an earlier publication of it. Raises VersionPurged."""
    if publication == view.publication:
        return view
    check_kept(replace(view, publication=publication))
    if view.is_consolidated:
        return view.at(publication, publication or None)
    statement = select(col(CatalogVersion.number)).where(
        col(CatalogVersion.dataset_id) == view.dataset_id, col(CatalogVersion.publication) == publication
    )
    version = (await session.execute(statement)).scalar_one_or_none()
    return view.at(publication, version)


async def view_of_version(session: AsyncSession, view: DatasetView, number: int) -> tuple[DatasetView, CatalogVersion]:
    """The data set as one of its versions, kept or not; of a consolidated one, versions are publications.

    Raises NotFound.
    """
    if view.is_consolidated:
        where = (
            col(CatalogVersion.schema_name) == view.table.schema_name,
            col(CatalogVersion.publication) == number,
        )
    else:
        where = (col(CatalogVersion.dataset_id) == view.dataset_id, col(CatalogVersion.number) == number)
    version: CatalogVersion | None = (await session.execute(select(CatalogVersion).where(*where))).scalar_one_or_none()
    if version is None:
        raise NotFound(
            f"« {view.dataset_id} » n'a pas de version {number}.",
            action=f"Les versions sont listées par GET /v1/datasets/{view.dataset_id}/versions.",
        )
    return view.at(version.publication, number), version


def check_kept(view: DatasetView) -> DatasetView:
    """The same view, if its rows and files are still kept. Raises VersionPurged."""
    if view.publication < view.oldest_publication:
        raise version_purged(view)
    return view


async def find_dataset(session: AsyncSession, dataset_id: str) -> CatalogDataset:
    """A data set that readers may know of: an organisation's exists from its first version on, a free one at once, a
    trial for its vendor only.

    Raises NotFound, DatasetWithdrawn.
    """
    dataset = await session.get(CatalogDataset, dataset_id) if "\0" not in dataset_id else None
    if dataset is None or not _is_known(dataset):
        raise NotFound(
            f"Aucun jeu de données ne porte l'identifiant « {dataset_id[:80]} ».",
            action="Vérifiez l'identifiant ; les jeux de données sont listés par GET /v1/datasets.",
        )
    if dataset.withdrawn_at is not None:
        raise DatasetWithdrawn(
            f"« {dataset.title} » a été retiré le {dataset.withdrawn_at:%d/%m/%Y} : {dataset.withdrawn_reason}",
            action="Les autres jeux de données sont listés par GET /v1/datasets.",
            title_of_dataset=dataset.title,
            withdrawn_at=dataset.withdrawn_at.isoformat(),
            reason=dataset.withdrawn_reason,
        )
    return dataset


def _is_known(dataset: CatalogDataset) -> bool:
    is_begun = not dataset.organisation_siren or dataset.about is not None or dataset.current_version is not None
    return is_begun and dataset.trial_of in (None, LOOKING_AT.get())
