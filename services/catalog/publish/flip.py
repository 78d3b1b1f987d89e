"""The one short transaction of a publication: close, insert, version, pointer, deposit, event."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import CursorResult, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from services.catalog.publish.diff import CLOSING, INSERTING, Difference
from services.catalog.publish.target import Target
from shared.blobs import Blob
from shared.deposits import Claim, change_state, move, write_end_event
from shared.failpoints import fail_at
from shared.models import CatalogDataset, CatalogVersion, Deposit, DepositState, ValidationReport

TURN_TIMEOUT = "120s"
"""How long a publication waits for the row table: the first one of a million rows may be before it."""


class Outcome(Enum):
    """How a flip ended."""

    DONE = auto()
    """The deposit has ended: published, unchanged or superseded."""
    BASE_MOVED = auto()
    """Another publication of the data set came between: nothing was written, the difference must be made again."""


class RowsMoved(RuntimeError):
    """The rows to close are not those of the base, though nobody published: a bug."""


@dataclass(frozen=True, slots=True)
class Flip:
    """What is to become a version. `snapshot` is durable; it is None only when the difference is empty."""

    held: Claim
    target: Target
    difference: Difference
    snapshot: Blob | None


async def flip(connection: AsyncConnection, work: Flip) -> Outcome:
    """Publish, in one transaction on the connection that holds the work tables.

    Raises StaleClaim when the claim was lost: then nothing of this is in the database.
    """
    target, held = work.target, work.held
    async with AsyncSession(bind=connection, expire_on_commit=False) as session, session.begin():
        await session.execute(text(f"SET LOCAL lock_timeout = '{TURN_TIMEOUT}'"))
        if await _lock_dataset(session, target) != target.base_publication:
            return Outcome.BASE_MOVED
        if await _is_superseded(session, held.deposit, work):
            await move(session, held, DepositState.SUPERSEDED, dataset_id=target.dataset_id)
            return Outcome.DONE
        if work.snapshot is None:
            version = {"dataset_id": target.dataset_id, "dataset_version": target.base_version}
            await move(session, held, DepositState.UNCHANGED, detail=_shown(version), **version)
            return Outcome.DONE
        publication = await _take_turn(session, target)
        await _replace_rows(session, work, publication)
        await _add_version(session, work, work.snapshot, publication)
        await _move_pointers(session, work, publication)
        version = {"dataset_id": target.dataset_id, "dataset_version": (target.base_version or 0) + 1}
        await change_state(session, held, DepositState.PUBLISHED, **version)
        await fail_at("publish.after_flip")
        counts = {"inserted": work.difference.inserted, "closed": work.difference.closed}
        await write_end_event(session, held, DepositState.PUBLISHED, _shown(version) | counts)
    return Outcome.DONE


def _shown(version: Mapping[str, object]) -> dict[str, object]:
    return {"dataset": version["dataset_id"], "version": version["dataset_version"]}


async def _lock_dataset(session: AsyncSession, target: Target) -> int | None:
    """Keep other publications of the data set out; returns its present publication."""
    statement = select(col(CatalogDataset.current_publication)).where(col(CatalogDataset.id) == target.dataset_id)
    publication: int | None = (await session.execute(statement.with_for_update())).scalar_one()
    return publication


async def _is_superseded(session: AsyncSession, deposit: Deposit, work: Flip) -> bool:
    """Whether a deposit accepted later has already replaced some of the same slices (or found them right)."""
    slices = list(work.difference.slices)
    later_version = exists().where(
        col(CatalogVersion.dataset_id) == work.target.dataset_id,
        col(CatalogVersion.deposit_sequence) > deposit.sequence,
        col(CatalogVersion.slices).overlap(slices),  # type: ignore[attr-defined]
    )
    later_unchanged = exists().where(
        col(Deposit.sequence) > deposit.sequence,
        col(Deposit.dataset_id) == work.target.dataset_id,
        col(Deposit.state) == DepositState.UNCHANGED,
        col(ValidationReport.deposit_id) == col(Deposit.id),
        col(ValidationReport.slices).overlap(slices),  # type: ignore[attr-defined]
    )
    return bool((await session.execute(select(or_(later_version, later_unchanged)))).scalar_one())


async def _take_turn(session: AsyncSession, target: Target) -> int:
    """Wait for the table's turn and number this publication: numbers are ordered as the commits of the table."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:table, 0))"), {"table": target.table.qualified}
    )
    return int((await session.execute(text("SELECT nextval('catalog.publication_number')"))).scalar_one())


async def _replace_rows(session: AsyncSession, work: Flip, publication: int) -> None:
    table, number = work.target.table, work.target.number
    closing: CursorResult[object] = await session.execute(  # type: ignore[assignment]
        text(
            f"UPDATE {table.qualified} AS r SET to_publication = :publication FROM {CLOSING} AS c "  # noqa: S608
            "WHERE r.dataset_id = :number AND r.row_id = c.row_id AND r.to_publication IS NULL"
        ),
        {"publication": publication, "number": number},
    )
    if closing.rowcount != work.difference.closed:
        raise RowsMoved(f"{closing.rowcount} rows closed of {work.difference.closed} in {work.target.dataset_id}")
    columns = ", ".join(
        ["key_hash", "occurrence", "row_hash", "slice", "extra", *(column.column for column in table.columns)]
    )
    await session.execute(
        text(
            f"INSERT INTO {table.qualified} (dataset_id, from_publication, {columns}) "  # noqa: S608 - names of ours
            f"SELECT :number, :publication, {columns} FROM {INSERTING} ORDER BY line"
        ),
        {"publication": publication, "number": number},
    )


async def _add_version(session: AsyncSession, work: Flip, snapshot: Blob, publication: int) -> None:
    target, difference, deposit = work.target, work.difference, work.held.deposit
    session.add(
        CatalogVersion(
            dataset_id=target.dataset_id,
            number=(target.base_version or 0) + 1,
            publication=publication,
            deposit_id=deposit.id,
            deposit_sequence=deposit.sequence,
            schema_name=target.schema.name,
            schema_version=target.schema.version,
            slices=list(difference.slices),
            rows_inserted=difference.inserted,
            rows_closed=difference.closed,
            rows=target.base_rows + difference.inserted - difference.closed,
            snapshot_sha256=snapshot.sha256,
            snapshot_bytes=snapshot.size_bytes,
        )
    )
    await session.flush()


async def _move_pointers(session: AsyncSession, work: Flip, publication: int) -> None:
    """Of the data set and of the consolidated one; only forward."""
    target = work.target
    change = work.difference.inserted - work.difference.closed
    pointers = {target.dataset_id: (target.base_version or 0) + 1, target.consolidated_id: publication}
    for dataset_id, version in pointers.items():
        forward = or_(
            col(CatalogDataset.current_publication).is_(None), col(CatalogDataset.current_publication) < publication
        )
        await session.execute(
            update(CatalogDataset)
            .where(col(CatalogDataset.id) == dataset_id, forward)
            .values(
                current_version=version,
                current_publication=publication,
                rows=CatalogDataset.rows + change,
                updated_at=func.clock_timestamp(),
            )
            .execution_options(synchronize_session=False)
        )
