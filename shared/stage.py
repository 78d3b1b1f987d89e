"""One stage of a deposit's journey, as every worker runs it: claim, keep alive, work, or give back."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from shared.db import Sessions, asking
from shared.deposits import Claim, Stage, StaleClaim, claim, release
from shared.heartbeat import kept_alive
from shared.logs import logged_with
from shared.outages import is_outage

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
"""Pause after trouble around us, or a bug of ours, before the deposit is offered again."""


async def take(deposit_id: UUID, stage: Stage, *, sessions: Sessions) -> Claim | None:
    """The deposit, if it is free for this stage. A job may run twice, late or never to its end."""
    async with asking(sessions) as session:  # one statement is its own transaction
        return await claim(session, deposit_id, stage)


@asynccontextmanager
async def carried_out(held: Claim, *, sessions: Sessions) -> AsyncIterator[None]:
    """The work on a claimed deposit. Nothing that goes wrong inside leaves the block: the deposit is given back,
    and whatever follows the work in the block is passed over."""
    deposit = held.deposit
    with logged_with(deposit_id=str(deposit.id), request_id=deposit.request_id):
        try:
            async with kept_alive(sessions, held):
                yield
        except StaleClaim:
            log.warning("the claim was lost; nothing was written")
        except Exception as error:  # noqa: BLE001 - the edge of the job: whatever happened, the deposit goes on
            await _give_back(held, sessions, error)


async def _give_back(held: Claim, sessions: Sessions, error: Exception) -> None:
    """A crash or a bug of ours counts towards putting the deposit aside; trouble around us does not."""
    outage = is_outage(error)
    log.error("%s given back: %s", held.stage.running, "outage" if outage else "bug", exc_info=error)
    try:
        async with sessions.begin() as session:
            await release(session, held, after_seconds=RETRY_SECONDS, counted=not outage)
    except StaleClaim:
        log.warning("the deposit is no longer ours: ended after all, or taken over")
    except Exception as second:
        if not is_outage(second):
            raise
        log.warning("the deposit could not be given back; its lease will run out")
