"""What is published into, and from which state of it; and what is to be done there."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.trials.make import ensure_table, trial_dataset
from shared.db import Sessions, asking
from shared.imported import know_schema
from shared.models import CatalogDataset, Deposit, DepositScope, Organisation, ValidationReport, VersionMode
from shared.places import place_of
from shared.registry import Registry, SchemaVersion
from shared.rows import RowTable, row_table


@dataclass(frozen=True, slots=True)
class Target:
    """A data set of an organisation, as it was when the work began."""

    dataset_id: str
    number: int
    """What row tables call the data set (`dataset_id`)."""
    consolidated_id: str | None
    """None for a trial, which is part of nothing."""
    trial_of: UUID | None
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

    table_name: str
    """Blob with the canonical table."""
    schema: SchemaVersion
    """The version of the schema under which the deposit was judged."""


class NothingToPublish(Exception):
    """The deposit has no canonical table: it should never have come here."""


async def find_work(sessions: Sessions, deposit: Deposit, *, registry: Registry) -> tuple[Target, Order, Content]:
    """What a deposit asks for; its data set is made at the first deposit of an organisation under a schema."""
    siren, trial_of = deposit.organisation_siren, deposit.trial_of
    async with asking(sessions) as session:
        asked = {"deposit": deposit.id, "schema": deposit.schema_name, "siren": siren, "trial_of": trial_of}
        report, dataset, began_at = (await session.execute(_looking_for_work(), asked)).one_or_none() or (None,) * 3
        if report is None or report.table_sha256 is None:
            raise NothingToPublish(str(deposit.id))
        await know_schema(registry, session, report.schema_name, report.schema_version)
        schema = registry.get(report.schema_name, report.schema_version)
        dataset = dataset or await _make_dataset(session, deposit, schema)
        target = await target_of(session, dataset, registry=registry, began_at=began_at)
    if target.trial_of is not None:
        async with sessions.begin() as session:
            await ensure_table(session, target.table)
    order = Order(
        mode=VersionMode(deposit.mode),
        schema_version=schema.version,
        slices=tuple(report.slices or ()),
        whole=deposit.scope == DepositScope.ALL,
    )
    return target, order, Content(place_of("tables", deposit).name(report.table_sha256), schema)


@cache
def _looking_for_work() -> Select[ValidationReport, CatalogDataset, datetime]:
    """The verdict, the data set if there is one, and the time, at one instant."""
    report, dataset = col(ValidationReport.deposit_id), CatalogDataset
    wanted = and_(
        col(dataset.schema_name) == bindparam("schema"),
        col(dataset.organisation_siren) == bindparam("siren"),
        col(dataset.trial_of).is_not_distinct_from(bindparam("trial_of", type_=Uuid)),
    )
    return (
        select(ValidationReport, CatalogDataset, func.clock_timestamp())
        .outerjoin(CatalogDataset, wanted)
        .where(report == bindparam("deposit"))
    )


async def target_of(
    session: AsyncSession, dataset: CatalogDataset, *, registry: Registry, began_at: datetime | None = None
) -> Target:
    """The data set as it is now; `began_at` (by the database clock) unless it is to be asked for."""
    await know_schema(registry, session, dataset.schema_name, dataset.schema_version)
    table = row_table(registry, dataset.schema_name)
    return Target(
        dataset_id=dataset.id,
        number=dataset.number,
        consolidated_id=None if dataset.trial_of else registry.get(dataset.schema_name).dataset.id,
        trial_of=dataset.trial_of,
        base_publication=dataset.current_publication,
        base_version=dataset.current_version,
        base_rows=dataset.rows,
        table=table.for_trials if dataset.trial_of else table,
        began_at=began_at or (await session.execute(select(func.clock_timestamp()))).scalar_one(),
    )


async def _make_dataset(session: AsyncSession, deposit: Deposit, schema: SchemaVersion) -> CatalogDataset:
    siren = deposit.organisation_siren
    organisation = (await session.execute(select(Organisation).where(col(Organisation.siren) == siren))).scalar_one()
    new = trial_dataset(deposit, organisation, schema) if deposit.trial_of else _dataset(organisation, schema)
    await session.execute(insert(CatalogDataset).values(**new).on_conflict_do_nothing())
    found = select(CatalogDataset).where(
        col(CatalogDataset.schema_name) == schema.name,
        col(CatalogDataset.organisation_siren) == siren,
        col(CatalogDataset.trial_of).is_not_distinct_from(deposit.trial_of),
    )
    made: CatalogDataset = (await session.execute(found)).scalar_one()
    return made


def _dataset(organisation: Organisation, schema: SchemaVersion) -> dict[str, object]:
    return {
        "id": f"{schema.dataset.id}-{organisation.slug}",
        "schema_name": schema.name,
        "organisation_siren": organisation.siren,
        "title": f"{schema.dataset.title} — {organisation.name}",
        "rows": 0,
    }
