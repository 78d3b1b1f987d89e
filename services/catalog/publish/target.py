"""What is published into, and from which state of it; and what is to be done there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import Sessions
from shared.imported import know_schema
from shared.models import CatalogDataset, Deposit, DepositScope, Organisation, ValidationReport, VersionMode
from shared.registry import Registry, SchemaVersion
from shared.rows import RowTable, row_table


@dataclass(frozen=True, slots=True)
class Target:
    """A data set of an organisation, as it was when the work began."""

    dataset_id: str
    number: int
    """What row tables call the data set (`dataset_id`)."""
    consolidated_id: str
    base_publication: int | None
    """The publication the difference is made against; None before the first one."""
    base_version: int | None
    base_rows: int
    table: RowTable
    began_at: datetime
    """By the database clock: before any file of the new version is written."""

    @property
    def next_number(self) -> int:
        """Of the version to come."""
        return (self.base_version or 0) + 1


@dataclass(frozen=True, slots=True)
class Order:
    """What is to become of the rows of the data set."""

    mode: VersionMode
    schema_version: str
    slices: tuple[str, ...] = ()
    """Slices that the deposit has rows of."""
    whole: bool = False
    """Every slice is replaced, those without rows included."""
    equals_number: int | None = None
    """For a rollback: the version published again."""
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Where the rows of a deposit are."""

    table_sha256: str
    """Blob `tables/<sha256>.parquet`."""
    schema: SchemaVersion
    """The version of the schema under which the deposit was judged."""


class NothingToPublish(Exception):
    """The deposit has no canonical table: it should never have come here."""


async def find_work(sessions: Sessions, deposit: Deposit, *, registry: Registry) -> tuple[Target, Order, Content]:
    """What a deposit asks for; its data set is made at the first deposit of an organisation under a schema."""
    async with sessions.begin() as session:
        report = await session.get(ValidationReport, deposit.id)
        if report is None or report.table_sha256 is None:
            raise NothingToPublish(str(deposit.id))
        await know_schema(registry, session, report.schema_name, report.schema_version)
        schema = registry.get(report.schema_name, report.schema_version)
        dataset = await _dataset_of(session, deposit.organisation_siren, schema)
        target = await target_of(session, dataset, registry=registry)
    order = Order(
        mode=VersionMode(deposit.mode),
        schema_version=schema.version,
        slices=tuple(report.slices or ()),
        whole=deposit.scope == DepositScope.ALL,
    )
    return target, order, Content(report.table_sha256, schema)


async def target_of(session: AsyncSession, dataset: CatalogDataset, *, registry: Registry) -> Target:
    """The data set as it is now."""
    await know_schema(registry, session, dataset.schema_name, dataset.schema_version)
    return Target(
        dataset_id=dataset.id,
        number=dataset.number,
        consolidated_id=registry.get(dataset.schema_name).dataset.id,
        base_publication=dataset.current_publication,
        base_version=dataset.current_version,
        base_rows=dataset.rows,
        table=row_table(registry, dataset.schema_name),
        began_at=(await session.execute(select(func.clock_timestamp()))).scalar_one(),
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
