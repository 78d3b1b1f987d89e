"""The one short transaction that ends a deposit in catalog: published, unchanged, superseded, outdated, held or
refused; and, of a dry run, says which of these it would have been."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import cache

from sqlalchemy import Select, Text, bindparam, exists, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from services.catalog.publish.diff import Difference
from services.catalog.publish.guard import Judgement
from services.catalog.publish.rival import rival_warnings
from services.catalog.publish.target import Order, Target
from services.catalog.publish.version import Change, begin_turn, write_version
from shared.blobs import Blob
from shared.deposits import Claim, hold, move
from shared.failpoints import fail_at
from shared.models import CatalogDataset, CatalogVersion, Deposit, DepositScope, DepositState, ValidationReport


class Outcome(Enum):
    """How a flip ended."""

    DONE = auto()
    """The deposit has ended, or is held."""
    BASE_MOVED = auto()
    """Another publication of the data set came between: nothing was written, the difference must be made again."""


@dataclass(frozen=True, slots=True)
class Flip:
    """What is to become a version. `snapshot` is durable; None when nothing changes or the deposit is to be held."""

    held: Claim
    target: Target
    order: Order
    difference: Difference
    judgement: Judgement
    snapshot: Blob | None
    held_days: float

    @property
    def changes_nothing(self) -> bool:
        """Whether the published version already is what the deposit asks for."""
        return self.difference.is_empty and self.target.base_version is not None


async def flip(connection: AsyncConnection, work: Flip) -> Outcome:
    """Publish, in one transaction on the connection that holds the work tables.

    Raises StaleClaim when the claim was lost: then nothing of this is in the database.
    """
    async with AsyncSession(bind=connection, expire_on_commit=False) as session, session.begin():
        dataset = await begin_turn(session, work.target, work.snapshot)
        if dataset is None:
            return Outcome.BASE_MOVED
        if dataset.withdrawn_at is not None:
            failure = _withdrawn(dataset, dataset.withdrawn_at)
            await move(session, work.held, DepositState.FAILED, failure=failure, detail={"reason": "withdrawn"})
            return Outcome.DONE
        end = await _end_of(session, work)
        if work.held.deposit.dry_run:
            told = _foreseen(work, end) | await _warned(session, work)
            await move(session, work.held, DepositState.CHECKED, detail=told)
        elif end is DepositState.PUBLISHED and work.snapshot is not None:
            await _publish(session, work, work.snapshot)
        else:
            await _end_unpublished(session, work, end)
    return Outcome.DONE


async def _end_of(session: AsyncSession, work: Flip) -> DepositState:
    """How the deposit is to end, now that nobody else publishes into its data set."""
    if work.held.deposit.base_version not in (None, work.target.base_version or 0):
        return DepositState.OUTDATED
    if await _is_superseded(session, work.held.deposit, work):
        return DepositState.SUPERSEDED
    if work.judgement.reasons:
        return DepositState.HELD
    return DepositState.UNCHANGED if work.changes_nothing else DepositState.PUBLISHED


async def _end_unpublished(session: AsyncSession, work: Flip, end: DepositState) -> None:
    held, target = work.held, work.target
    if end is DepositState.HELD:
        await hold(session, held, work.judgement.reasons, until_days=work.held_days)
    elif end is DepositState.UNCHANGED:
        version = {"dataset_id": target.dataset_id, "dataset_version": target.base_version}
        await move(session, held, end, detail=_shown(version) | work.difference.counts, **version)
    elif end is DepositState.OUTDATED:
        detail = {"base_version": held.deposit.base_version, "version": target.base_version}
        await move(session, held, end, detail=detail, failure=_outdated(work), dataset_id=target.dataset_id)
    else:
        await move(session, held, end, dataset_id=target.dataset_id)


def _foreseen(work: Flip, end: DepositState) -> dict[str, object]:
    """What a dry run tells: how the deposit would have ended, and what it would have changed."""
    detail: dict[str, object] = {"foreseen": end} | work.difference.counts
    if end is DepositState.HELD:
        detail["reasons"] = [dict(one) for one in work.judgement.reasons]
    return detail


async def _warned(session: AsyncSession, work: Flip) -> dict[str, object]:
    """What was let through and should be looked at; empty when there is nothing."""
    rivals = await rival_warnings(session, work.held.deposit, work.target, work.order, work.difference)
    warnings = [dict(one) for one in work.judgement.warnings] + rivals
    return {"warnings": warnings} if warnings else {}


async def _publish(session: AsyncSession, work: Flip, snapshot: Blob) -> None:
    warned = await _warned(session, work)
    await write_version(session, Change(work.target, work.order, work.difference, snapshot, work.held.deposit))
    await fail_at("publish.after_flip")
    version = {"dataset_id": work.target.dataset_id, "dataset_version": work.target.next_number}
    detail = _shown(version) | work.difference.counts | warned
    await move(session, work.held, DepositState.PUBLISHED, detail=detail, **version)


def _shown(version: Mapping[str, object]) -> dict[str, object]:
    return {"dataset": version["dataset_id"], "version": version["dataset_version"]}


def _outdated(work: Flip) -> str:
    return (
        f"Ce dépôt part de la version {work.held.deposit.base_version} du jeu de données « {work.target.dataset_id} », "
        f"qui est à la version {work.target.base_version or 0}. Rien n'a été publié ; relisez la version actuelle, "
        "puis déposez de nouveau à partir d'elle."
    )


def _withdrawn(dataset: CatalogDataset, at: datetime) -> str:
    return (
        f"Le jeu de données « {dataset.title} » a été retiré le {at:%d/%m/%Y} : {dataset.withdrawn_reason} "
        "Rien n'a été publié ; adressez-vous au service qui l'a retiré."
    )


async def _is_superseded(session: AsyncSession, deposit: Deposit, work: Flip) -> bool:
    """Whether a deposit accepted later has already published some of the same slices (or found them right).

    Whatever their modes: what came later was right about those slices, and is never undone without a word.
    """
    asked = {"dataset": work.target.dataset_id, "sequence": deposit.sequence, "slices": list(work.difference.slices)}
    return bool((await session.execute(_looking_for_later(work.order.whole), asked)).scalar_one())


@cache
def _looking_for_later(whole: bool) -> Select[bool]:
    slices = bindparam("slices", type_=ARRAY(Text))
    in_version, in_report = col(CatalogVersion.slices).overlap(slices), col(ValidationReport.slices).overlap(slices)  # type: ignore[attr-defined]
    later_version = exists().where(
        col(CatalogVersion.dataset_id) == bindparam("dataset"),
        col(CatalogVersion.deposit_sequence) > bindparam("sequence"),
        true() if whole else or_(col(CatalogVersion.whole), in_version),
    )
    later_unchanged = exists().where(
        col(Deposit.sequence) > bindparam("sequence"),
        col(Deposit.dataset_id) == bindparam("dataset"),
        col(Deposit.state) == DepositState.UNCHANGED,
        col(ValidationReport.deposit_id) == col(Deposit.id),
        true() if whole else or_(col(Deposit.scope) == DepositScope.ALL, in_report),
    )
    return select(or_(later_version, later_unchanged))
