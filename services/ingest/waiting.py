"""`Prefer: wait=N` (RFC 7240): the end of a deposit in the answer to its push, when it comes soon enough.

One look at the database serves everybody who waits in this process, and only while somebody does: a waiting request
holds neither a connection to the database nor an upload slot.
"""

import asyncio
import logging
import re
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from shared.db import Sessions
from shared.deposits import ENDS
from shared.models import Deposit, DepositState

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.05
MAX_WAITING = 500
"""Requests that wait at once in a process; beyond, they are answered as if they had not asked."""

RESTS = tuple(ENDS | {DepositState.HELD})
"""States in which waiting longer is of no use."""

_WAIT = re.compile(r"""wait\s*=\s*(?:"([0-9]{1,9})"|([0-9]{1,9}))\s*(?:;.*)?""", re.IGNORECASE)


def wished_wait(prefer: str | None, *, most_seconds: int) -> int:
    """Seconds that a Prefer header asks to wait, `most_seconds` at most; 0 for not at all, or in no way we know."""
    for preference in (prefer or "").split(","):
        wait = _WAIT.fullmatch(preference.strip())
        if wait is not None:
            return min(int(wait[1] or wait[2]), most_seconds)
    return 0


class Endings:
    """Who waits in this process for which deposit."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def came(self, deposit_id: UUID, sessions: Sessions, *, seconds: float) -> bool:
        """Wait; whether the deposit has ended, or is held, within `seconds`."""
        if seconds <= 0 or len(self._waiting) >= MAX_WAITING:
            return False
        event = asyncio.Event()
        self._waiting.setdefault(deposit_id, set()).add(event)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(sessions))
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            self._leave(deposit_id, event)
        return True

    def _leave(self, deposit_id: UUID, event: asyncio.Event) -> None:
        events = self._waiting[deposit_id]
        events.discard(event)
        if not events:
            del self._waiting[deposit_id]

    async def _look(self, sessions: Sessions) -> None:
        """Until nobody waits any more. An outage of the database is waited out."""
        while self._waiting:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            rest = select(col(Deposit.id)).where(
                col(Deposit.id).in_(list(self._waiting)), col(Deposit.state).in_(RESTS)
            )
            try:
                async with sessions() as session:
                    resting = (await session.execute(rest)).scalars().all()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the ends of deposits could not be looked for: %s", type(error).__name__)
                continue
            for deposit_id in resting:
                for event in self._waiting.get(deposit_id, ()):
                    event.set()
