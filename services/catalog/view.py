"""A data set as it is read: which rows, as of which publication."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.errors import NotFound
from shared.models import CatalogDataset, CatalogVersion
from shared.rows import RowTable

ORIGIN_FIELDS = ("organisation_siren", "organisation_nom", "version")
"""What each row of a consolidated data set also tells: whose it is, and which version of theirs brought it."""


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One data set at one instant; everything read through it is that instant's."""

    dataset_id: str
    number: int | None
    """What row tables call it; None for a consolidated data set, which is the whole table."""
    table: RowTable
    publication: int
    """Rows are those as of this publication; 0 before the first one."""
    version: int | None
    """None before the first one. For a consolidated data set, the publication."""

    @property
    def is_consolidated(self) -> bool:
        """Whether the rows of all organisations are read."""
        return self.number is None

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names that may be asked for, in the order of answers."""
        origin = ORIGIN_FIELDS if self.is_consolidated else ()
        return (*origin, *(column.field_name for column in self.table.columns))


async def open_view(session: AsyncSession, dataset_id: str, *, tables: Mapping[str, RowTable]) -> DatasetView:
    """The data set as it is now. Raises NotFound."""
    return view_of(await find_dataset(session, dataset_id), tables=tables)


def view_of(dataset: CatalogDataset, *, tables: Mapping[str, RowTable]) -> DatasetView:
    """The view of a data set just read."""
    return DatasetView(
        dataset_id=dataset.id,
        number=None if dataset.organisation_siren is None else dataset.number,
        table=tables[dataset.schema_name],
        publication=dataset.current_publication or 0,
        version=dataset.current_version,
    )


async def view_as_of(session: AsyncSession, view: DatasetView, publication: int) -> DatasetView:
    """The same data set as it was at an earlier publication of it."""
    if publication == view.publication:
        return view
    if view.is_consolidated:
        return replace(view, publication=publication, version=publication or None)
    statement = select(col(CatalogVersion.number)).where(
        col(CatalogVersion.dataset_id) == view.dataset_id, col(CatalogVersion.publication) == publication
    )
    version = (await session.execute(statement)).scalar_one_or_none()
    return replace(view, publication=publication, version=version)


async def find_dataset(session: AsyncSession, dataset_id: str) -> CatalogDataset:
    """A data set that readers may know of: an organisation's exists from its first version on. Raises NotFound."""
    dataset = await session.get(CatalogDataset, dataset_id) if "\0" not in dataset_id else None
    if dataset is None or (dataset.organisation_siren is not None and dataset.current_version is None):
        raise NotFound(
            f"Aucun jeu de données ne porte l'identifiant « {dataset_id[:80]} ».",
            action="Vérifiez l'identifiant ; les jeux de données sont listés par GET /v1/datasets.",
        )
    return dataset
