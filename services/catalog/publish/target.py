"""What a deposit is published into, and from which state of it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import Sessions
from shared.models import CatalogDataset, Deposit, Organisation, ValidationReport
from shared.registry import Registry, SchemaVersion
from shared.rows import RowTable, row_table


@dataclass(frozen=True, slots=True)
class Target:
    """The data set of the deposit's organisation, as it was when the work began."""

    dataset_id: str
    number: int
    """What row tables call the data set (`dataset_id`)."""
    consolidated_id: str
    base_publication: int | None
    """The publication the difference is made against; None before the first one."""
    base_version: int | None
    base_rows: int
    table: RowTable
    schema: SchemaVersion
    """The version of the schema under which the deposit was judged."""
    table_sha256: str
    """Blob `tables/<sha256>.parquet`."""
    slices: tuple[str, ...]
    """Slices the deposit replaces."""


class NothingToPublish(Exception):
    """The deposit has no canonical table: it should never have come here."""


async def find_target(sessions: Sessions, deposit: Deposit, *, registry: Registry) -> Target:
    """The data set to publish into; made at the first deposit of an organisation under a schema."""
    async with sessions.begin() as session:
        report = await session.get(ValidationReport, deposit.id)
        if report is None or report.table_sha256 is None:
            raise NothingToPublish(str(deposit.id))
        schema = registry.get(report.schema_name, report.schema_version)
        dataset = await _dataset_of(session, deposit.organisation_siren, schema)
        return Target(
            dataset_id=dataset.id,
            number=dataset.number,
            consolidated_id=schema.dataset.id,
            base_publication=dataset.current_publication,
            base_version=dataset.current_version,
            base_rows=dataset.rows,
            table=row_table(registry, schema.name),
            schema=schema,
            table_sha256=report.table_sha256,
            slices=tuple(report.slices or ()),
        )


async def _dataset_of(session: AsyncSession, siren: str, schema: SchemaVersion) -> CatalogDataset:
    found = select(CatalogDataset).where(
        col(CatalogDataset.schema_name) == schema.name, col(CatalogDataset.organisation_siren) == siren
    )
    dataset: CatalogDataset | None = (await session.execute(found)).scalar_one_or_none()
    if dataset is not None:
        return dataset
    organisation = (await session.execute(select(Organisation).where(col(Organisation.siren) == siren))).scalar_one()
    new = insert(CatalogDataset).values(
        id=f"{schema.dataset.id}-{organisation.slug}",
        schema_name=schema.name,
        organisation_siren=siren,
        title=f"{schema.dataset.title} — {organisation.name}",
        rows=0,
    )
    await session.execute(new.on_conflict_do_nothing())
    made: CatalogDataset = (await session.execute(found)).scalar_one()
    return made
