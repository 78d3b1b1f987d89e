"""Whose turn it is: the vendors that wait are served one after the other, however many deposits each has.

A ring says that something waits, not what: whoever is rung takes the oldest free deposit of the vendor it served the
longest ago. PostgreSQL knows what waits; the order of service is a memory of each process, and losing it harms nobody.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from shared.db import Sessions, asking
from shared.deposits import MAX_STAGE_ATTEMPTS, Stage, is_free
from shared.models import Deposit, Vendor

Job = Callable[[UUID], Awaitable[bool]]
"""Takes a deposit through a stage. False: somebody else was faster, nothing was done."""

TRIES = 8
"""How often a worker asks again when others were faster: each time, one of them got on."""


class Turns:
    """The turns of one worker process in one stage."""

    def __init__(self, stage: Stage, sessions: Sessions) -> None:
        self._choosing = _choosing(stage)
        self._sessions = sessions
        self._served: list[UUID] = []
        """Vendors, the one served last at the end."""
        self._under_way = 0

    async def choose(self) -> UUID | None:
        """The deposit whose turn it is, None when none is free. Its vendor counts as served."""
        async with asking(self._sessions) as session:
            found = (await session.execute(self._choosing, {"served": self._served})).one_or_none()
        if found is None:
            return None
        vendor_id: UUID = found[1]
        if vendor_id in self._served:
            self._served.remove(vendor_id)
        self._served.append(vendor_id)
        deposit_id: UUID = found[0]
        return deposit_id

    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._under_way > 0

    async def serve(self, job: Job) -> bool:
        """Do the job for the deposit whose turn it is, if there is one. False: there was nothing to do."""
        for _ in range(TRIES):
            deposit_id = await self.choose()
            if deposit_id is None:
                return False
            self._under_way += 1
            try:
                if await job(deposit_id):
                    return True
            finally:
                self._under_way -= 1
        return False


@cache
def _choosing(stage: Stage) -> Select[UUID, UUID]:
    """One look per vendor at the index of those that wait in the stage, whatever their number."""
    # Written out, so that the database sees that the partial index of the stage holds all that is asked for.
    here = col(Deposit.state).in_((literal_column(f"'{stage.waiting}'"), literal_column(f"'{stage.running}'")))
    oldest = (
        select(col(Deposit.id).label("deposit_id"), col(Deposit.sequence).label("sequence"))
        .where(col(Deposit.vendor_id) == col(Vendor.id), here, is_free(stage))
        .where(col(Deposit.stage_attempts) < MAX_STAGE_ATTEMPTS)
        .order_by(col(Deposit.sequence))
        .limit(1)
        .correlate(Vendor)
        .lateral("oldest")
    )
    place = func.array_position(bindparam("served", type_=ARRAY(Uuid)), col(Vendor.id))
    return (
        select(oldest.c.deposit_id, col(Vendor.id))
        .join_from(Vendor, oldest, true())
        .order_by(place.nulls_first(), oldest.c.sequence)
        .limit(1)
    )
