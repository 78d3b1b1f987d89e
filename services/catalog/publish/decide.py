"""Publications that no deposit makes: going back to an older version, withdrawing a data set, bringing it back."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import col

from services.catalog.publish.diff import Difference, find_difference
from services.catalog.publish.load import Loaded, load_version
from services.catalog.publish.snapshot import write_snapshot
from services.catalog.publish.target import Order, Target, target_of
from services.catalog.publish.version import Change, begin_turn, write_version
from services.catalog.publish.workshop import Workshop, opened_workshop
from shared.audit import Actor, audit
from shared.blobs import Blob, Blobs
from shared.db import Sessions
from shared.errors import NotFound, Refusal
from shared.models import CatalogDataset, CatalogVersion, VersionMode
from shared.registry import Registry


class SameContent(Refusal):
    """The data set already holds exactly the rows of that version."""

    status = 409
    code = "same-content"
    title = "Contenu déjà publié"


class VersionNotKept(Refusal):
    """The rows of that version were given up by the retention policy."""

    status = 410
    code = "version-not-kept"
    title = "Version qui n'est plus conservée"


class AlreadyWithdrawn(Refusal):
    """The data set was withdrawn before; or was not, and is to be brought back."""

    status = 409
    code = "withdrawal-differs"
    title = "Retrait déjà fait, ou pas fait"


@dataclass(frozen=True, slots=True)
class DecideTools:
    """What a decision works with, under catalog's own role."""

    engine: AsyncEngine
    sessions: Sessions
    blobs: Blobs
    registry: Registry


@dataclass(frozen=True, slots=True)
class _Decision:
    actor: Actor
    action: str
    """For the audit trail."""
    target: Target
    order: Order
    publication: int | None
    """Whose rows are published again; None for no rows at all."""
    withdrawn_reason: str | None = None


async def roll_back(
    dataset_id: str, number: int, tools: DecideTools, *, decided_by: Actor, trial_of: UUID | None = None
) -> CatalogVersion:
    """Publish the rows of an older version again, as a new version; `trial_of`: of a trial of that vendor.

    Raises NotFound, AlreadyWithdrawn, VersionNotKept, SameContent.
    """
    while True:
        async with tools.sessions() as session:
            dataset = await find_organisation_dataset(session, dataset_id, trial_of=trial_of)
            _check_withdrawn(dataset, wanted=False)
            decision = await _back_to(session, dataset, number, tools, actor=decided_by, action="dataset.rollback")
        version = await _carry_out(decision, tools)
        if version is not None:
            return version


async def withdraw(dataset_id: str, reason: str, tools: DecideTools, *, decided_by: Actor) -> CatalogVersion:
    """Take a data set away: its rows leave the consolidated table in a publication, its pages say why (`reason`,
    French). Raises NotFound, AlreadyWithdrawn."""
    while True:
        async with tools.sessions() as session:
            dataset = await find_organisation_dataset(session, dataset_id)
            _check_withdrawn(dataset, wanted=False)
            target = await target_of(session, dataset, registry=tools.registry)
        schema_version = tools.registry.get(target.table.schema_name).version
        order = Order(VersionMode.WITHDRAWAL, schema_version, whole=True, decided_by=decided_by.name)
        decision = _Decision(decided_by, "dataset.withdraw", target, order, None, reason)
        version = await _carry_out(decision, tools)
        if version is not None:
            return version


async def restore(dataset_id: str, tools: DecideTools, *, decided_by: Actor) -> CatalogVersion:
    """Bring a withdrawn data set back, as it was. Raises NotFound, AlreadyWithdrawn, VersionNotKept."""
    while True:
        async with tools.sessions() as session:
            dataset = await find_organisation_dataset(session, dataset_id)
            _check_withdrawn(dataset, wanted=True)
            number = (dataset.current_version or 0) - 1
            decision = await _back_to(session, dataset, number, tools, actor=decided_by, action="dataset.restore")
        version = await _carry_out(decision, tools)
        if version is not None:
            return version


async def find_organisation_dataset(
    session: AsyncSession, dataset_id: str, *, trial_of: UUID | None = None
) -> CatalogDataset:
    """A data set of one organisation that has been published, or a trial of that vendor. Raises NotFound."""
    dataset: CatalogDataset | None = await session.get(CatalogDataset, dataset_id) if "\0" not in dataset_id else None
    if dataset is None or None in (dataset.organisation_siren, dataset.current_version) or dataset.trial_of != trial_of:
        raise NotFound(
            f"Aucun jeu de données d'un organisme ne porte l'identifiant « {dataset_id[:80]} ».",
            action="Vérifiez l'identifiant ; le jeu de toutes les collectivités ne se décide pas, il suit chacune.",
        )
    return dataset


def _check_withdrawn(dataset: CatalogDataset, *, wanted: bool) -> None:
    if (dataset.withdrawn_at is not None) != wanted:
        state = "n'est pas retiré" if wanted else f"a été retiré le {dataset.withdrawn_at:%d/%m/%Y}"
        raise AlreadyWithdrawn(
            f"Le jeu de données « {dataset.id} » {state}.", action="Relisez l'identifiant du jeu de données."
        )


async def _back_to(
    session: AsyncSession, dataset: CatalogDataset, number: int, tools: DecideTools, *, actor: Actor, action: str
) -> _Decision:
    version = await session.get(CatalogVersion, (dataset.id, number))
    if version is None:
        raise NotFound(
            f"« {dataset.id} » n'a pas de version {number}.",
            action=f"Les versions sont listées par GET /v1/datasets/{dataset.id}/versions.",
        )
    if version.publication < (dataset.oldest_publication or 0):
        raise VersionNotKept(
            f"La version {number} n'est plus conservée.",
            action="Choisissez une version plus récente, ou déposez à nouveau le fichier.",
        )
    target = await target_of(session, dataset, registry=tools.registry)
    order = Order(VersionMode.ROLLBACK, version.schema_version, whole=True, equals_number=number, decided_by=actor.name)
    return _Decision(actor, action, target, order, version.publication)


async def _carry_out(decision: _Decision, tools: DecideTools) -> CatalogVersion | None:
    """The new version; None when another publication came between. Raises SameContent."""
    target = decision.target
    async with opened_workshop(tools.engine, target.table) as workshop:
        difference = await _difference(workshop, decision)
        if difference.is_empty and decision.order.mode == VersionMode.ROLLBACK and not _reopens(decision):
            raise SameContent(
                f"« {target.dataset_id} » a déjà le contenu de la version {decision.order.equals_number}.",
                action="Rien n'est à faire.",
            )
        snapshot = await write_snapshot(workshop.driver, blobs=tools.blobs, target=target, difference=difference)
        return await _write(workshop, decision, difference, snapshot)


def _reopens(decision: _Decision) -> bool:
    """Whether this brings a withdrawn data set back, be it one that was empty."""
    return decision.order.equals_number == (decision.target.base_version or 0) - 1 and decision.target.base_rows == 0


async def _difference(workshop: Workshop, decision: _Decision) -> Difference:
    driver, tables = workshop.driver, await workshop.clear_tables(decision.target.table)
    loaded = Loaded(0, ())
    if decision.publication is not None:
        loaded = await load_version(driver, tables.incoming, target=decision.target, publication=decision.publication)
    return await find_difference(driver, decision.target, decision.order, tables=tables, loaded=loaded)


async def _write(
    workshop: Workshop, decision: _Decision, difference: Difference, snapshot: Blob
) -> CatalogVersion | None:
    reason = decision.withdrawn_reason
    async with AsyncSession(bind=workshop.connection, expire_on_commit=False) as session, session.begin():
        dataset = await begin_turn(session, decision.target, snapshot)
        if dataset is None:
            return None
        await write_version(session, Change(decision.target, decision.order, difference, snapshot, None))
        withdrawn_at = None if reason is None else select(func.clock_timestamp()).scalar_subquery()
        statement = update(CatalogDataset).where(col(CatalogDataset.id) == decision.target.dataset_id)
        await session.execute(statement.values(withdrawn_at=withdrawn_at, withdrawn_reason=reason))
        version = await session.get_one(CatalogVersion, (dataset.id, decision.target.next_number))
        await audit(
            session,
            actor=decision.actor,
            action=decision.action,
            subject=f"dataset {decision.target.dataset_id}",
            organisation=None if dataset.trial_of else dataset.organisation_siren,
            detail={"version": version.number, "equals": version.equals_number},
        )
    return version
