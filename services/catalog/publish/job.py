"""The job `publish_deposit`: claim, work, flip."""

import logging
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from services.catalog.publish.diff import find_difference
from services.catalog.publish.flip import Flip, Outcome, flip
from services.catalog.publish.guard import Guards, judge
from services.catalog.publish.load import load_rows
from services.catalog.publish.snapshot import write_snapshot
from services.catalog.publish.target import Order, Target, find_work
from services.catalog.publish.workshop import WorkTables, opened_workshop
from shared.blobs import Blobs
from shared.db import Sessions, asking
from shared.deposits import PUBLISH, Claim, move, next_in_line, renew
from shared.failpoints import fail_at
from shared.models import DepositState, VersionMode
from shared.queue import Queue
from shared.registry import Registry
from shared.stage import carried_out, take

log = logging.getLogger(__name__)

ANALYSED_ROWS = 50_000
"""Written at once, they change what PostgreSQL should know of a table before its own next look, within a minute."""

HELD_DAYS = 30.0
"""Where the settings say nothing else."""


@dataclass(frozen=True, slots=True)
class PublishTools:
    """What a publication works with; made once per process."""

    engine: AsyncEngine
    sessions: Sessions
    blobs: Blobs
    queue: Queue
    registry: Registry
    guards: Guards = field(default_factory=Guards)
    held_days: float = HELD_DAYS


async def publish_deposit(deposit_id: UUID, tools: PublishTools) -> bool:
    """Publish a validated deposit, if it is free and in turn. May run twice, late or never to its end.

    False: it was not free.
    """
    held = await take(deposit_id, PUBLISH, sessions=tools.sessions)
    if held is None:
        return False
    async with carried_out(held, sessions=tools.sessions):
        await fail_at("publish.claimed")
        while await _attempt(held, tools) is Outcome.BASE_MOVED:
            async with tools.sessions.begin() as session:
                await renew(session, held)
    return True


async def _attempt(held: Claim, tools: PublishTools) -> Outcome:
    target, order, content = await find_work(tools.sessions, held.deposit, registry=tools.registry)
    async with opened_workshop(tools.engine, target.table) as workshop:
        driver, tables = workshop.driver, await workshop.clear_tables(target.table)
        loaded = await load_rows(driver, tables.incoming, blobs=tools.blobs, table=target.table, content=content)
        await fail_at("publish.loaded")
        failure = await _impossible(driver, target, order, tables=tables, doubled=loaded.doubled)
        if failure is not None:
            await _refuse(held, failure, tools)
            await _ended()
            return Outcome.DONE
        difference = await find_difference(driver, target, order, tables=tables, loaded=loaded)
        judgement = judge(difference.losses, tools.guards, confirmed=held.deposit.held_reasons or ())
        changes = not (difference.is_empty and target.base_version is not None)
        writes = changes and not judgement.reasons and not held.deposit.dry_run
        snapshot = (
            await write_snapshot(driver, blobs=tools.blobs, target=target, difference=difference) if writes else None
        )
        await fail_at("publish.snapshot_written")
        await fail_at("publish.before_flip")
        work = Flip(held, target, order, difference, judgement, snapshot, tools.held_days)
        if await flip(workshop.connection, work) is Outcome.BASE_MOVED:
            return Outcome.BASE_MOVED
        await _ended()
        if difference.written >= ANALYSED_ROWS:
            await _ring_on(held, tools)  # first: whoever waits behind owes nothing to what follows
            # Readers would else be served by plans for the table as it was; without the right to, it only warns.
            await driver.execute(f"ANALYZE {target.table.qualified}")
        return Outcome.DONE


async def _impossible(
    driver: asyncpg.Connection, target: Target, order: Order, *, tables: WorkTables, doubled: bool
) -> str | None:
    """Why the order cannot be carried out, in French; None when it can."""
    if order.mode == VersionMode.DELETE and target.base_version is None:
        return "Mode « delete » : ce jeu de données n'a encore rien de publié, il n'y a rien à supprimer."
    if order.mode != VersionMode.UPSERT or not target.table.identity or not doubled:
        return None
    again = await driver.fetchval(f"SELECT count(*) FROM {tables.incoming} WHERE occurrence > 0")  # noqa: S608
    if not again:
        return None
    return (
        f"Mode « upsert » : {again} ligne(s) reprennent l'identité d'une autre ligne du fichier. "
        "Rien n'a été publié ; ne donnez chaque identité qu'une fois."
    )


async def _refuse(held: Claim, failure: str, tools: PublishTools) -> None:
    async with tools.sessions.begin() as session:
        await move(session, held, DepositState.FAILED, failure=failure, detail={"reason": "impossible"})


async def _ended() -> None:
    """After the commit. Whoever waits behind is looked for next: a worker goes on until nothing is left."""
    await fail_at("publish.committed")
    log.info("publication ended")


async def _ring_on(held: Claim, tools: PublishTools) -> None:
    async with asking(tools.sessions) as session:
        following = await next_in_line(session, held.deposit)
    if following is not None:
        await tools.queue.ring(PUBLISH, following)
