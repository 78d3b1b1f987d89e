"""What an installation holds, in a few figures for the terminal."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from shared.db import Sessions, reading
from shared.models import CatalogDataset, Deposit


@dataclass(frozen=True, slots=True)
class Consolidated:
    """A département-wide data set that has rows."""

    id: str
    title: str
    organisations: int
    rows: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """At one instant."""

    deposits: int
    consolidated: tuple[Consolidated, ...]


async def read_holdings(sessions: Sessions) -> Holdings:
    """Deposits ever received but for tests, and the consolidated data sets with their rows, by id."""
    own = (
        select(col(CatalogDataset.schema_name), func.count().label("number"))
        .where(col(CatalogDataset.organisation_siren).is_not(None), col(CatalogDataset.current_version).is_not(None))
        .where(col(CatalogDataset.trial_of).is_(None))
        .group_by(col(CatalogDataset.schema_name))
        .subquery()
    )
    datasets = (
        select(col(CatalogDataset.id), col(CatalogDataset.title), own.c.number, col(CatalogDataset.rows))
        .join(own, own.c.schema_name == col(CatalogDataset.schema_name))
        .where(col(CatalogDataset.organisation_siren).is_(None))
        .order_by(col(CatalogDataset.id))
    )
    async with reading(sessions) as session:
        deposits = (await session.execute(select(func.count()).where(col(Deposit.trial_of).is_(None)))).scalar_one()
        rows = (await session.execute(datasets)).all()
    return Holdings(deposits=deposits, consolidated=tuple(Consolidated(*row) for row in rows))
