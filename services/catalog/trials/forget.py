"""Trials do not last: a data set goes away whole some days after it was made, a deposit some days after it came in.

First the data sets, with their rows and files, then the deposits that no version names, with their blobs. The audit
trail gets one line per vendor and pass; the lines about each deposit stay, which hold nothing of what was in it.
"""

import logging
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from shared.audit import CLOCK, audit
from shared.blobs import Blobs
from shared.db import Sessions, changed
from shared.deposits import DATABASE_NOW, ENDS
from shared.imported import know_schema
from shared.models import CatalogDataset, CatalogProfile, CatalogVersion, Deposit, ValidationReport
from shared.places import place_of
from shared.registry import Registry
from shared.rows import row_table

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Deposits in one transaction."""

Forgotten = dict[UUID, Counter[str]]
"""Vendor → how many `datasets`, `rows`, `deposits`."""


async def forget_trials(sessions: Sessions, blobs: Blobs, *, registry: Registry, days: float) -> Forgotten:
    """One pass; several processes may do it at once. `days`: how long a trial lasts."""
    forgotten: Forgotten = defaultdict(Counter)
    async with sessions() as session:
        old = select(col(CatalogDataset.id)).where(
            col(CatalogDataset.trial_of).is_not(None), _is_over(col(CatalogDataset.created_at), days)
        )
        ids = list((await session.execute(old)).scalars())
    for dataset_id in ids:
        async with sessions.begin() as session:
            await _forget_dataset(session, dataset_id, blobs, registry, forgotten)
    while True:
        async with sessions.begin() as session:
            if not await _forget_deposits(session, blobs, days, forgotten):
                break
    if forgotten:
        async with sessions.begin() as session:
            for vendor_id, counts in forgotten.items():
                detail = dict(counts)
                await audit(
                    session, actor=CLOCK, action="trial.purge", subject="trials", vendor_id=vendor_id, detail=detail
                )
                log.info("trials forgotten", extra={"vendor_id": str(vendor_id), **detail})
    return dict(forgotten)


def _is_over(moment: Mapped[Any], days: float) -> ColumnElement[bool]:
    return moment < DATABASE_NOW - timedelta(days=days)


async def _forget_dataset(
    session: AsyncSession, dataset_id: str, blobs: Blobs, registry: Registry, forgotten: Forgotten
) -> None:
    """Nothing while a publication holds it: the next pass will do. Who publishes next begins a new data set."""
    locked = select(CatalogDataset).where(col(CatalogDataset.id) == dataset_id).with_for_update(skip_locked=True)
    dataset: CatalogDataset | None = (await session.execute(locked)).scalar_one_or_none()
    if dataset is None or dataset.trial_of is None:
        return
    await know_schema(registry, session, dataset.schema_name, dataset.schema_version)
    table = row_table(registry, dataset.schema_name).for_trials
    rows = await changed(
        session,
        text(f"DELETE FROM {table.qualified} WHERE dataset_id = :number"),  # noqa: S608 - a table of ours
        {"number": dataset.number},
    )
    for model in (CatalogProfile, CatalogVersion):
        await session.execute(delete(model).where(col(model.dataset_id) == dataset_id))
    for name in await blobs.names(f"snapshots/{dataset_id}"):
        await blobs.delete(name)
    await session.execute(delete(CatalogDataset).where(col(CatalogDataset.id) == dataset_id))
    forgotten[dataset.trial_of].update(datasets=1, rows=rows)


async def _forget_deposits(session: AsyncSession, blobs: Blobs, days: float, forgotten: Forgotten) -> int:
    """Their blobs first: a pass that is cut short finds the records again."""
    due = (
        select(Deposit, ValidationReport)
        .outerjoin(ValidationReport, col(ValidationReport.deposit_id) == col(Deposit.id))
        .where(
            col(Deposit.trial_of).is_not(None),
            col(Deposit.state).in_(ENDS),
            _is_over(col(Deposit.received_at), days),
            ~exists().where(col(CatalogVersion.deposit_id) == col(Deposit.id)),
        )
        .order_by(col(Deposit.received_at))
        .limit(AT_ONCE)
        .with_for_update(of=Deposit, skip_locked=True)
    )
    found: list[tuple[Deposit, ValidationReport | None]] = [(one, report) for one, report in await session.execute(due)]
    for deposit, report in found:
        for name in _blobs_of(deposit, report):
            await blobs.delete(name)
    ids = [deposit.id for deposit, _ in found]
    if ids:
        await session.execute(select(func.ingest.forget_trials(ids)))
    for deposit, _ in found:
        forgotten[deposit.vendor_id].update(deposits=1)
    return len(ids)


def _blobs_of(deposit: Deposit, report: ValidationReport | None) -> list[str]:
    names = [place_of("raw", deposit).name(deposit.sha256)]
    if report is not None:
        names.append(place_of("reports", deposit).name(report.report_sha256))
        if report.table_sha256 is not None:
            names.append(place_of("tables", deposit).name(report.table_sha256))
        if report.corrected_sha256 is not None:
            names.append(place_of("corrected", deposit).name(report.corrected_sha256))
    return names
