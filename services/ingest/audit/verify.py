"""Verifying: the chain is computed again from its first line, and every line that does not follow is named."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.audit.chain import GENESIS, is_signed, link
from shared.db import Sessions, reading
from shared.models import AuditEntry, AuditHead

LINES_AT_ONCE = 5000

MAX_FAULTS = 100
"""Beyond, one more says nothing more."""


class Wrong(StrEnum):
    """What is wrong at a place of the chain."""

    CHANGED = "changed"
    """The line does not say what it said, or another was put before it."""
    MISSING = "missing"
    INSERTED = "inserted"
    """The line is beyond the end that was signed."""
    REWRITTEN = "rewritten"
    """The chain holds, and does not end as was signed: lines were changed and chained again."""
    UNSIGNED = "unsigned"
    """The end was not signed with this installation's key."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at `position`, up to `until` for what is missing."""

    wrong: Wrong
    position: int
    until: int
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found. `hash` (hexadecimal) is that of the last line."""

    lines: int
    waiting: int
    """Lines not chained yet."""
    hash: str
    faults: tuple[Fault, ...]


async def verify_trail(sessions: Sessions, *, secret: bytes) -> Verified:
    """Read the whole trail, at one instant."""
    async with reading(sessions) as session:
        head: AuditHead = (await session.execute(select(AuditHead))).scalar_one()
        unsealed = select(func.count()).where(col(AuditEntry.position).is_(None))
        waiting = (await session.execute(unsealed)).scalar_one()
        walk = _Walk(head)
        async for entry in _sealed(session):
            walk.meet(entry)
            if len(walk.faults) >= MAX_FAULTS:
                break
        else:
            walk.end(signed=is_signed(head, secret=secret))
    return Verified(walk.met, waiting, walk.digest.hex(), tuple(walk.faults))


class _Walk:
    """Along the chain, one line after the other."""

    def __init__(self, head: AuditHead) -> None:
        self._head = head
        self.met = 0
        self.position = 0
        self.digest = GENESIS
        self.faults: list[Fault] = []

    def meet(self, entry: AuditEntry) -> None:
        """The next line that there is."""
        position, expected = entry.position or 0, self.position + 1
        if position > self._head.position:
            self.faults.append(Fault(Wrong.INSERTED, position, position, entry.id))
            return
        if position > expected:
            self.faults.append(Fault(Wrong.MISSING, expected, position - 1))
        elif entry.hash != link(self.digest, entry, position):
            self.faults.append(Fault(Wrong.CHANGED, position, position, entry.id))
        self.met, self.position, self.digest = self.met + 1, position, entry.hash or b""

    def end(self, *, signed: bool) -> None:
        """There are no more lines."""
        last = self._head.position
        if self.position < last:
            self.faults.append(Fault(Wrong.MISSING, self.position + 1, last))
        elif self.digest != self._head.hash and not self.faults:
            self.faults.append(Fault(Wrong.REWRITTEN, last, last))
        if not signed:
            self.faults.append(Fault(Wrong.UNSIGNED, last, last))


async def _sealed(session: AsyncSession) -> AsyncIterator[AuditEntry]:
    position = 0
    while True:
        after = select(AuditEntry).where(col(AuditEntry.position) > position).order_by(col(AuditEntry.position))
        entries = (await session.execute(after.limit(LINES_AT_ONCE))).scalars().all()
        for entry in entries:
            yield entry
        session.expunge_all()
        if len(entries) < LINES_AT_ONCE:
            return
        position = entries[-1].position or 0
