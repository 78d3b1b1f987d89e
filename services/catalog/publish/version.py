"""What a transaction that publishes writes: rows closed and inserted, the version, the pointers."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Insert, Select, bindparam, exists, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.publish.diff import Difference
from services.catalog.publish.target import Order, Target
from shared.blobs import Blob
from shared.db import changed
from shared.models import CatalogDataset, CatalogVersion, Deposit


class RowsMoved(RuntimeError):
    """The rows to close are not those of the base, though nobody published: a bug."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become a version; `snapshot` is durable."""

    target: Target
    order: Order
    difference: Difference
    snapshot: Blob
    deposit: Deposit | None


async def begin_turn(session: AsyncSession, target: Target, snapshot: Blob | None) -> CatalogDataset | None:
    """Keep other publications of the data set out. None when the base has moved, or when a purge deleted the trial,
    or the file of the new version (which an older one had) while it was written: the work must be done again."""
    found = (await session.execute(_locking(), {"wanted": target.dataset_id})).one_or_none()
    dataset: CatalogDataset | None = None if found is None else found[0]
    if dataset is None or dataset.current_publication != target.base_publication:
        return None
    return None if snapshot is not None and await _was_deleted(session, target, snapshot) else dataset


@cache
def _locking() -> Select[CatalogDataset, str]:
    """The data set, kept from others; from here on, the transaction is as durable as the server is set to be (null)."""
    durable = func.set_config("synchronous_commit", None, True)
    return select(CatalogDataset, durable).where(col(CatalogDataset.id) == bindparam("wanted")).with_for_update()


async def _was_deleted(session: AsyncSession, target: Target, snapshot: Blob) -> bool:
    asked = {"wanted": target.dataset_id, "sha256": snapshot.sha256, "began_at": target.began_at}
    return bool((await session.execute(_looking_for_deleted(), asked)).scalar_one())


@cache
def _looking_for_deleted() -> Select[bool]:
    return select(
        exists().where(
            col(CatalogVersion.dataset_id) == bindparam("wanted"),
            col(CatalogVersion.snapshot_sha256) == bindparam("sha256"),
            col(CatalogVersion.files_deleted_at) >= bindparam("began_at"),
        )
    )


async def write_version(session: AsyncSession, change: Change) -> None:
    """Take the table's turn and write everything but the deposit. The data set is locked by `begin_turn`."""
    publication = await _take_turn(session, change.target)
    await _replace_rows(session, change, publication)
    await session.execute(_inserting(), _values(change, publication))
    await _move_pointers(session, change, publication)


async def _take_turn(session: AsyncSession, target: Target) -> int:
    """Wait for the table's turn and number this publication: numbers are ordered as the commits of the table."""
    return int((await session.execute(_TAKING_TURN, {"table": target.table.qualified})).scalar_one())


_TAKING_TURN = text(
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(:table, 0))) "
    "SELECT nextval('catalog.publication_number') FROM turn"
)


async def _replace_rows(session: AsyncSession, change: Change, publication: int) -> None:
    table, difference = change.target.table, change.difference
    values = {"publication": publication, "number": change.target.number}
    if difference.closed:
        closed = await changed(
            session,
            text(
                f"UPDATE {table.qualified} AS r SET to_publication = :publication "  # noqa: S608 - names of ours
                f"FROM {difference.closing} AS c "
                "WHERE r.dataset_id = :number AND r.row_id = c.row_id AND r.to_publication IS NULL"
            ),
            values,
        )
        if closed != difference.closed:
            raise RowsMoved(f"{closed} rows closed of {difference.closed} in {change.target.dataset_id}")
    if difference.written:
        order = "" if difference.in_order else "ORDER BY line"
        columns = ", ".join(
            ["key_hash", "occurrence", "row_hash", "slice", "extra", *(column.column for column in table.columns)]
        )
        await session.execute(
            text(
                f"INSERT INTO {table.qualified} (dataset_id, from_publication, {columns}) "  # noqa: S608 - names of ours
                f"SELECT :number, :publication, {columns} FROM {difference.coming} {order}"
            ),
            values,
        )


@cache
def _inserting() -> Insert:
    return insert(CatalogVersion)


def _values(change: Change, publication: int) -> dict[str, object]:
    target, order, difference = change.target, change.order, change.difference
    return {
        "dataset_id": target.dataset_id,
        "trial_of": target.trial_of,
        "number": target.next_number,
        "publication": publication,
        "deposit_id": None if change.deposit is None else change.deposit.id,
        "deposit_sequence": None if change.deposit is None else change.deposit.sequence,
        "schema_name": target.table.schema_name,
        "schema_version": order.schema_version,
        "mode": order.mode,
        "whole": order.whole,
        "equals_number": order.equals_number,
        "decided_by": order.decided_by,
        "slices": list(difference.slices),
        "rows_inserted": difference.written,
        "rows_closed": difference.closed,
        "rows_updated": difference.updated,
        "rows_unchanged": difference.unchanged,
        "rows": target.base_rows + difference.written - difference.closed,
        "snapshot_sha256": change.snapshot.sha256,
        "snapshot_bytes": change.snapshot.size_bytes,
    }


async def _move_pointers(session: AsyncSession, change: Change, publication: int) -> None:
    """Of the data set and of the consolidated one, if it is part of one; only forward."""
    target, difference = change.target, change.difference
    values = {
        "dataset": target.dataset_id,
        "moved": [target.dataset_id, *([target.consolidated_id] if target.consolidated_id else [])],
        "number": target.next_number,
        "publication": publication,
        "rows_more": difference.written - difference.closed,
    }
    await session.execute(_MOVING, values)


_MOVING = text(
    """
    UPDATE catalog.dataset
    SET current_version = CASE WHEN id = :dataset THEN CAST(:number AS bigint) ELSE :publication END,
        current_publication = :publication, rows = rows + :rows_more, updated_at = clock_timestamp()
    WHERE id = ANY(:moved) AND (current_publication IS NULL OR current_publication < :publication)
    """
)
