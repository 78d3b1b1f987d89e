"""The sweep: makes the queue match the database. What a ring lost, it rings again; what cannot end, it ends."""

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from services.ingest.audit.chain import audit_secret
from services.ingest.audit.seal import HeadNotOurs, seal_all
from services.ingest.decide import cancel_expired
from services.ingest.habilitations.record import end_what_expired
from services.ingest.idempotency import forget_old_keys
from services.ingest.settings import IngestSettings
from services.ingest.webhooks.journal import forget_old_events
from shared.db import Sessions
from shared.deposits import STAGES, overdue, put_aside
from shared.queue import ENOUGH_RINGS, Queue

log = logging.getLogger(__name__)

KEYS_EVERY_SWEEPS = 600


async def sweep_until(stopping: asyncio.Event, *, sessions: Sessions, queue: Queue, settings: IngestSettings) -> None:
    """Sweep again and again; an outage of the database is waited out."""
    sweeps = 0
    while not stopping.is_set():
        try:
            await sweep(sessions=sessions, queue=queue, settings=settings)
            await _seal(sessions, settings)
            if sweeps % KEYS_EVERY_SWEEPS == 0:
                async with sessions.begin() as session:
                    await forget_old_keys(session, days=settings.idempotency_days)
                    await forget_old_events(session, days=settings.webhook_days)
            sweeps += 1
        except (SQLAlchemyError, OSError) as error:
            log.warning("the sweep could not reach the database: %s", type(error).__name__)
        await _pause(stopping, settings.sweep_seconds)


async def sweep(*, sessions: Sessions, queue: Queue, settings: IngestSettings) -> int:
    """One pass; how many deposits were rung for."""
    async with sessions.begin() as session:
        failed = await put_aside(session, time_limit=timedelta(hours=settings.deposit_time_limit_hours))
    for deposit_id in failed:
        log.error("deposit put aside as failed: look at it", extra={"deposit_id": str(deposit_id), "alarm": True})
    async with sessions.begin() as session:
        expired = await cancel_expired(session)
    async with sessions.begin() as session:
        for habilitation_id in await end_what_expired(session):
            log.info("habilitation over: its time ran out", extra={"habilitation_id": str(habilitation_id)})
    for deposit_id in expired:
        log.info("deposit cancelled: nobody confirmed it in time", extra={"deposit_id": str(deposit_id)})
    rung = 0
    for stage in STAGES:
        limit = ENOUGH_RINGS - await queue.waiting_rings(stage)
        if limit <= 0:
            continue
        async with sessions.begin() as session:
            ids = await overdue(session, stage, ring_again_seconds=settings.ring_again_seconds, limit=limit)
        for deposit_id in ids:
            rung += await queue.ring(stage, deposit_id)
    return rung


async def _seal(sessions: Sessions, settings: IngestSettings) -> None:
    try:
        await seal_all(sessions, secret=audit_secret(settings.key_pepper.get_secret_value()))
    except HeadNotOurs as error:
        # Once per sweep, until somebody looks: lines keep coming in, and wait.
        log.critical("the audit trail does not end as we signed it: %s", error, extra={"alarm": True})


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
