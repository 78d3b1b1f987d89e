"""Sealing: new lines of the trail get their place in the chain, in the order in which they became visible.

One transaction at a time holds the head of the chain; writers of lines never wait for it.
"""

import logging

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.audit.chain import is_signed, link, signature_of
from shared.db import Sessions
from shared.deposits import DATABASE_NOW
from shared.models import AuditEntry, AuditHead

log = logging.getLogger(__name__)

LINES_PER_SEAL = 1000


class HeadNotOurs(RuntimeError):
    """The end of the chain was not signed with this installation's key: nothing is chained to it."""


async def seal_all(sessions: Sessions, *, secret: bytes) -> int:
    """Seal every line there is; how many they were. Raises HeadNotOurs."""
    sealed = 0
    while True:
        async with sessions.begin() as session:
            lines = await seal(session, secret=secret)
        sealed += lines
        if lines < LINES_PER_SEAL:
            return sealed


async def seal(session: AsyncSession, *, secret: bytes) -> int:
    """Seal the oldest lines that are not, LINES_PER_SEAL at most; how many they were. Raises HeadNotOurs."""
    unsealed = select(AuditEntry).where(col(AuditEntry.position).is_(None)).order_by(col(AuditEntry.id))
    if (await session.execute(unsealed.limit(1))).first() is None:
        return 0
    head: AuditHead = (await session.execute(select(AuditHead).with_for_update())).scalar_one()
    if not is_signed(head, secret=secret):
        raise HeadNotOurs(f"position {head.position}")
    entries = (await session.execute(unsealed.limit(LINES_PER_SEAL))).scalars().all()
    position, digest, links = head.position, head.hash, []
    for entry in entries:
        position += 1
        digest = link(digest, entry, position)
        links.append({"line": entry.id, "place": position, "digest": digest})
    if links:
        await _write(session, links, signature_of(position, digest, secret=secret))
        log.info("audit trail sealed", extra={"position": position, "hash": digest.hex()})
    return len(links)


async def _write(session: AsyncSession, links: list[dict[str, bytes | int | None]], signature: bytes) -> None:
    table = AuditEntry.__table__  # type: ignore[attr-defined] # SQLModel does not declare it
    chained = update(table).where(table.c.id == bindparam("line"))
    connection = await session.connection()
    await connection.execute(chained.values(position=bindparam("place"), hash=bindparam("digest")), links)
    last = links[-1]
    await session.execute(
        update(AuditHead).values(
            position=last["place"], hash=last["digest"], signature=signature, sealed_at=DATABASE_NOW
        )
    )
