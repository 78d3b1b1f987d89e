"""Write what a catalogue holds into the database: new versions at once, changed bytes only after a person's word.

Nothing is ever deleted: what the catalogue no longer lists stays in force here. One transaction, under the lock of
migrations: a new schema gets its row table and its data set in the same breath.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from services.cli.schemas.catalogue import ListedVersion
from services.cli.schemas.fetched import Fetched
from shared.audit import OPERATOR, audit
from shared.imported import read_imported_schemas
from shared.migrate import prepare_schemas
from shared.models import CatalogDataset, ImportedRevision, RevisionState
from shared.reference import slugify
from shared.registry import Registry, load_registry
from shared.rows import MIGRATION_LOCK

log = logging.getLogger(__name__)

NOW = func.clock_timestamp()

LONGEST_ID = 40
"""A data set's identifier names a table, and begins the identifiers of each organisation's data set."""


@dataclass(slots=True)
class Outcome:
    """What a synchronisation did; each (name, version)."""

    added: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    """Known versions whose bytes are no longer those in force: an alarm, until accepted or declined."""
    vanished: list[tuple[str, str]] = field(default_factory=list)
    """In force here, no longer in the catalogue."""
    slow: list[tuple[str, str]] = field(default_factory=list)
    """Among the added, those with patterns that need backtracking."""


async def write(
    connection: AsyncConnection,
    fetched: Sequence[Fetched],
    *,
    listed: Sequence[ListedVersion],
    only: Sequence[str] = (),
) -> Outcome:
    """Compare with what is known and write the difference. `listed`: all that the catalogue lists (of schemas `only`).

    Call in a transaction, as the owner of the database.
    """
    await lock(connection)
    outcome = Outcome()
    async with AsyncSession(connection, expire_on_commit=False) as session:
        ids = _DatasetIds(load_registry(), await _ids_taken(session), await _ids_given(session))
        for one in fetched:
            await _write_one(session, one, outcome, dataset_id=ids.of(one.listed.name))
        await session.flush()
        outcome.vanished = await _vanished(session, {(one.name, one.version) for one in listed}, set(only))
    await prepare(connection)
    return outcome


async def lock(connection: AsyncConnection) -> None:
    """Wait until no one else migrates or synchronises, until the end of the transaction."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


async def prepare(connection: AsyncConnection) -> None:
    """Row tables and data sets of all that is in force."""
    registry = load_registry()
    registry.take_imported(await read_imported_schemas(connection))
    await prepare_schemas(connection, registry)


async def _write_one(session: AsyncSession, one: Fetched, outcome: Outcome, *, dataset_id: str) -> None:
    what = (one.listed.name, one.listed.version)
    known = await revisions(session, *what)
    same = next((each for each in known if each.sha256 == one.sha256), None)
    if same is not None:
        await change(session, same, seen_at=NOW)
    if same is not None and same.state in (RevisionState.IN_FORCE, RevisionState.DECLINED):
        outcome.unchanged.append(what)
    elif known:
        log.warning("the catalogue changed the bytes of %s %s: sha256 %s", *what, one.sha256)
        outcome.changed.append(what)
        await _put_in_wait(session, one, same, known)
    else:
        session.add(_revision(one, dataset_id=dataset_id, number=1, state=RevisionState.IN_FORCE))
        await audit(session, actor=OPERATOR, action="schema.import", subject=f"schema {' '.join(what)}")
        outcome.added.append(what)
        if one.slow_fields:
            outcome.slow.append(what)


async def _put_in_wait(
    session: AsyncSession, one: Fetched, same: ImportedRevision | None, known: Sequence[ImportedRevision]
) -> None:
    if same is None:
        number = 1 + max(each.revision for each in known)
        session.add(_revision(one, dataset_id=known[0].dataset_id, number=number, state=RevisionState.WAITING))
    elif same.state == RevisionState.REPLACED:
        await change(session, same, state=RevisionState.WAITING, changed_at=NOW)


async def change(session: AsyncSession, revision: ImportedRevision, **values: object) -> None:
    """Set columns of a revision."""
    this = (revision.name, revision.version, revision.revision)
    key = tuple_(col(ImportedRevision.name), col(ImportedRevision.version), col(ImportedRevision.revision))
    await session.execute(update(ImportedRevision).where(key == this).values(**values))


async def revisions(session: AsyncSession, name: str, version: str) -> list[ImportedRevision]:
    """Every content met under this name and version, oldest first."""
    wanted = select(ImportedRevision).where(
        col(ImportedRevision.name) == name, col(ImportedRevision.version) == version
    )
    return list((await session.execute(wanted.order_by(col(ImportedRevision.revision)))).scalars())


def _revision(one: Fetched, *, dataset_id: str, number: int, state: RevisionState) -> ImportedRevision:
    listed = one.listed
    return ImportedRevision(
        name=listed.name,
        version=listed.version,
        revision=number,
        sha256=one.sha256,
        document=one.document,
        url=listed.url,
        dataset_id=dataset_id,
        title=listed.title,
        description=listed.description,
        theme=listed.theme,
        slow_fields=list(one.slow_fields),
        state=state,
    )


async def _vanished(session: AsyncSession, listed: set[tuple[str, str]], only: set[str]) -> list[tuple[str, str]]:
    in_force = select(col(ImportedRevision.name), col(ImportedRevision.version)).where(
        col(ImportedRevision.state) == RevisionState.IN_FORCE
    )
    known = [(name, version) for name, version in await session.execute(in_force)]
    return sorted(each for each in known if each not in listed and (not only or each[0] in only))


async def _ids_given(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(select(col(ImportedRevision.name), col(ImportedRevision.dataset_id)))
    return {name: dataset_id for name, dataset_id in rows}


async def _ids_taken(session: AsyncSession) -> set[str]:
    return set((await session.execute(select(col(CatalogDataset.id)))).scalars())


class _DatasetIds:
    """Identifiers of data sets: given once to a schema, never twice."""

    def __init__(self, own: Registry, taken: set[str], given: dict[str, str]) -> None:
        self._given = {**given, **{schema.name: schema.dataset.id for schema in own}}
        self._taken = taken | set(self._given.values())

    def of(self, name: str) -> str:
        """`etalab/schema-lieux-covoiturage` → `lieux-covoiturage`, or `etalab-lieux-covoiturage` if that is taken."""
        if name not in self._given:
            owner, _, last = name.rpartition("/")
            short = slugify(last.removeprefix("schema-"))
            candidates = [short, slugify(f"{owner}-{short}"), *(f"{short}-{number}" for number in range(2, 1_000))]
            free = (one[:LONGEST_ID].strip("-") for one in candidates)
            self._given[name] = next(one for one in free if one and one not in self._taken)
            self._taken.add(self._given[name])
        return self._given[name]
