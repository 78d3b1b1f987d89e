"""A person's word on bytes that changed under a known version: they come into force, or they never will."""

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.cli.schemas.refusal import SchemasRefused
from services.cli.schemas.sync import NOW, change, lock, prepare, revisions
from shared.audit import OPERATOR, audit
from shared.models import ImportedRevision, RevisionState


class NothingWaiting(SchemasRefused):
    """No changed content waits under that name and version."""


async def accept(connection: AsyncConnection, name: str, version: str) -> int:
    """The newest content that waits comes into force; its revision number. Raises NothingWaiting.

    Call in a transaction, as the owner of the database. Deposits judged before keep the verdict and the SHA-256 they
    were judged with.
    """
    await lock(connection)
    async with AsyncSession(connection, expire_on_commit=False) as session:
        known = await revisions(session, name, version)
        chosen = _newest_waiting(known, name, version)
        for each in known:
            if each.state == RevisionState.IN_FORCE or (each.state == RevisionState.WAITING and each is not chosen):
                await change(session, each, state=RevisionState.REPLACED, changed_at=NOW)
        await change(session, chosen, state=RevisionState.IN_FORCE, changed_at=NOW)
        await _note(session, chosen, "schema.accept")
    await prepare(connection)
    return chosen.revision


async def decline(connection: AsyncConnection, name: str, version: str) -> list[int]:
    """What waits never comes into force, and is no alarm any more; revision numbers. Raises NothingWaiting."""
    await lock(connection)
    async with AsyncSession(connection, expire_on_commit=False) as session:
        known = await revisions(session, name, version)
        _newest_waiting(known, name, version)
        waiting = [each for each in known if each.state == RevisionState.WAITING]
        for each in waiting:
            await change(session, each, state=RevisionState.DECLINED, changed_at=NOW)
            await _note(session, each, "schema.decline")
    return [each.revision for each in waiting]


async def _note(session: AsyncSession, revision: ImportedRevision, action: str) -> None:
    subject, detail = f"schema {revision.name} {revision.version}", {"revision": revision.revision}
    await audit(session, actor=OPERATOR, action=action, subject=subject, detail=detail)


def _newest_waiting(known: list[ImportedRevision], name: str, version: str) -> ImportedRevision:
    waiting = [each for each in known if each.state == RevisionState.WAITING]
    if not waiting:
        raise NothingWaiting(f"Aucun contenu nouveau n’attend pour {name} {version}.")
    return waiting[-1]
