"""The job `publish_deposit`: claim, work, flip, then ring for whoever waited behind."""

import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from services.catalog.publish.diff import find_difference
from services.catalog.publish.flip import Flip, Outcome, flip
from services.catalog.publish.load import load_rows
from services.catalog.publish.snapshot import write_snapshot
from services.catalog.publish.target import find_target
from services.catalog.publish.workshop import Workshop, opened_workshop
from shared.blobs import Blobs
from shared.db import Sessions
from shared.deposits import PUBLISH, Claim, next_in_line, renew
from shared.failpoints import fail_at
from shared.queue import Queue
from shared.registry import Registry
from shared.stage import carried_out, take

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PublishTools:
    """What a publication works with; made once per process."""

    engine: AsyncEngine
    sessions: Sessions
    blobs: Blobs
    queue: Queue
    registry: Registry


async def publish_deposit(deposit_id: UUID, tools: PublishTools) -> None:
    """Publish a validated deposit, if it is free and in turn. May run twice, late or never to its end."""
    held = await take(deposit_id, PUBLISH, sessions=tools.sessions)
    if held is None:
        return
    async with carried_out(held, sessions=tools.sessions):
        await fail_at("publish.claimed")
        await _publish(held, tools)
        await fail_at("publish.committed")
        log.info("publication ended")
        await _ring_for_next(held, tools)


async def _publish(held: Claim, tools: PublishTools) -> None:
    async with opened_workshop(tools.engine) as workshop:
        while await _attempt(workshop, held, tools) is Outcome.BASE_MOVED:
            async with tools.sessions.begin() as session:
                await renew(session, held)


async def _attempt(workshop: Workshop, held: Claim, tools: PublishTools) -> Outcome:
    driver = workshop.driver
    target = await find_target(tools.sessions, held.deposit, registry=tools.registry)
    await load_rows(driver, blobs=tools.blobs, target=target)
    await fail_at("publish.loaded")
    difference = await find_difference(driver, target)
    unchanged = difference.is_empty and target.base_version is not None
    snapshot = None if unchanged else await write_snapshot(driver, blobs=tools.blobs, target=target)
    await fail_at("publish.snapshot_written")
    await fail_at("publish.before_flip")
    return await flip(workshop.connection, Flip(held, target, difference, snapshot))


async def _ring_for_next(held: Claim, tools: PublishTools) -> None:
    async with tools.sessions() as session:
        following = await next_in_line(session, held.deposit)
    if following is not None:
        await tools.queue.ring(PUBLISH, following)
