"""Keeps a claim alive while its work goes on, and stops the work when the claim is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from shared.db import Sessions
from shared.deposits import LEASE_SECONDS, Claim, StaleClaim, renew
from shared.models import Deposit

log = logging.getLogger(__name__)

BEAT_SECONDS = LEASE_SECONDS / 3
"""Two renewals may fail before the lease runs out."""


@asynccontextmanager
async def kept_alive(sessions: Sessions, held: Claim, *, beat_seconds: float = BEAT_SECONDS) -> AsyncIterator[None]:
    """Renew the claim until the block ends. Raises StaleClaim out of the block as soon as the claim is known lost.

    A database that does not answer is not a lost claim: the work goes on, its last transaction is fenced.
    """
    work = asyncio.current_task()
    lost = False

    async def beat() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(beat_seconds)
            try:
                lost = await _is_lost(sessions, held)
            except (SQLAlchemyError, OSError) as error:
                log.warning("the claim could not be renewed", exc_info=error)
            if lost and work is not None:
                work.cancel()
                return

    beating = asyncio.create_task(beat())
    try:
        yield
    except asyncio.CancelledError:
        if lost and work is not None and work.uncancel() == 0:
            raise StaleClaim(str(held.deposit.id)) from None
        raise
    finally:
        beating.cancel()
        await asyncio.wait({beating})


async def _is_lost(sessions: Sessions, held: Claim) -> bool:
    """Renew; false also when the work itself has just ended the stage (nobody else took an attempt)."""
    try:
        async with sessions.begin() as session:
            await renew(session, held)
    except StaleClaim:
        async with sessions() as session:
            attempt = await session.scalar(select(col(Deposit.attempt)).where(col(Deposit.id) == held.deposit.id))
        return attempt != held.attempt
    return False
