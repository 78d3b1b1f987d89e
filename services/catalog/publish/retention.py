"""Gives up versions that are older than the retention policy: their rows, then their files. Never the current one.

The record of a version stays, and says that it was purged.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.blobs import Blobs
from shared.db import Sessions, changed
from shared.imported import know_schema
from shared.models import CatalogDataset, CatalogVersion
from shared.registry import Registry
from shared.rows import row_table

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """A version is given up when both allow it; 0 has no say, and with both at 0 all versions are kept."""

    versions: int = 0
    """How many stay at least, the current one included."""
    days: float = 0.0
    """How long a version stays at least once another has replaced it."""

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is ever given up."""
        return self.versions == 0 and self.days == 0


async def purge(sessions: Sessions, blobs: Blobs, *, registry: Registry, policy: Policy) -> int:
    """One pass over all data sets; how many versions were given up."""
    if policy.keeps_all:
        return 0
    async with sessions() as session:
        statement = select(col(CatalogDataset.id)).where(
            col(CatalogDataset.organisation_siren).is_not(None), col(CatalogDataset.trial_of).is_(None)
        )
        ids = list((await session.execute(statement)).scalars())
    purged = 0
    for dataset_id in ids:
        purged += await _purge_rows(sessions, dataset_id, registry=registry, policy=policy)
        await _delete_files(sessions, dataset_id, blobs=blobs)
    return purged


async def _purge_rows(sessions: Sessions, dataset_id: str, *, registry: Registry, policy: Policy) -> int:
    async with sessions.begin() as session:
        dataset = await _locked(session, dataset_id)
        horizon = None if dataset is None else await _horizon(session, dataset, policy)
        if dataset is None or horizon is None:
            return 0
        await know_schema(registry, session, dataset.schema_name, dataset.schema_version)
        table = row_table(registry, dataset.schema_name)
        await session.execute(
            text(f"DELETE FROM {table.qualified} WHERE dataset_id = :number AND to_publication <= :horizon"),  # noqa: S608
            {"number": dataset.number, "horizon": horizon},
        )
        versions = await changed(
            session,
            update(CatalogVersion)
            .where(
                col(CatalogVersion.dataset_id) == dataset_id,
                col(CatalogVersion.publication) < horizon,
                col(CatalogVersion.purged_at).is_(None),
            )
            .values(purged_at=func.clock_timestamp()),
        )
        await _move_oldest(session, (dataset_id, registry.get(dataset.schema_name).dataset.id), horizon)
    log.info("versions purged", extra={"dataset": dataset_id, "versions": versions})
    return versions


async def _locked(session: AsyncSession, dataset_id: str) -> CatalogDataset | None:
    """None while a publication holds it: the next pass will do."""
    statement = select(CatalogDataset).where(col(CatalogDataset.id) == dataset_id).with_for_update(skip_locked=True)
    dataset: CatalogDataset | None = (await session.execute(statement)).scalar_one_or_none()
    return dataset


async def _horizon(session: AsyncSession, dataset: CatalogDataset, policy: Policy) -> int | None:
    """The oldest publication to keep; None when nothing is to be given up."""
    newest = (
        select(col(CatalogVersion.publication), col(CatalogVersion.published_at))
        .where(col(CatalogVersion.dataset_id) == dataset.id)
        .order_by(col(CatalogVersion.publication).desc())
    )
    rank = max(policy.versions, 1) - 1
    by_number = (await session.execute(newest.offset(rank).limit(1))).first()
    if by_number is None:
        return None
    horizon: int = by_number.publication
    if policy.days:
        limit = func.clock_timestamp() - timedelta(days=policy.days)
        # The one in force at the limit is still needed: it was replaced later.
        by_age = (await session.execute(newest.where(col(CatalogVersion.published_at) <= limit).limit(1))).first()
        if by_age is None:
            return None
        horizon = min(horizon, by_age.publication)
    oldest = select(func.min(col(CatalogVersion.publication))).where(
        col(CatalogVersion.dataset_id) == dataset.id, col(CatalogVersion.purged_at).is_(None)
    )
    kept: int = (await session.execute(oldest)).scalar_one()
    return horizon if kept < horizon else None


async def _move_oldest(session: AsyncSession, dataset_ids: tuple[str, str], horizon: int) -> None:
    moved = func.greatest(func.coalesce(col(CatalogDataset.oldest_publication), 0), horizon)
    statement = update(CatalogDataset).where(col(CatalogDataset.id).in_(dataset_ids)).values(oldest_publication=moved)
    await session.execute(statement.execution_options(synchronize_session=False))


async def _delete_files(sessions: Sessions, dataset_id: str, *, blobs: Blobs) -> None:
    """The files of purged versions, unless a kept version has the same: while the data set is locked, so that no
    version can be published with a file that goes away (see `publish.version`)."""
    async with sessions.begin() as session:
        if await _locked(session, dataset_id) is None:
            return
        own = col(CatalogVersion.dataset_id) == dataset_id
        due = select(CatalogVersion).where(
            own, col(CatalogVersion.purged_at).is_not(None), col(CatalogVersion.files_deleted_at).is_(None)
        )
        versions = list((await session.execute(due)).scalars())
        kept = select(col(CatalogVersion.snapshot_sha256)).where(own, col(CatalogVersion.purged_at).is_(None))
        needed = set((await session.execute(kept)).scalars())
        for sha256 in {version.snapshot_sha256 for version in versions} - needed:
            folder = f"snapshots/{dataset_id}/{sha256}"
            for name in [*await blobs.names(folder), f"{folder}.csv"]:
                await blobs.delete(name)
        for version in versions:
            version.files_deleted_at = func.clock_timestamp()  # type: ignore[assignment]
