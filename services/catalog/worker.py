"""Catalog's worker process: publishes what the validator let through."""

import asyncio
import logging
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from services.catalog.profile.keep import ProfileTools, keep_profiles
from services.catalog.publish import PublishTools, publish_deposit
from services.catalog.publish.guard import Guards
from services.catalog.publish.retention import Policy, purge
from services.catalog.settings import CatalogSettings
from services.catalog.trials.forget import forget_trials
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.deposits import PUBLISH
from shared.imported import following
from shared.queue import Queue
from shared.registry import load_registry
from shared.rows import RowTables
from shared.turns import Turns
from shared.worker import keep_working

log = logging.getLogger(__name__)

PUBLICATIONS_AT_ONCE = 3
"""One writes into its table while the others prepare what they will write."""


async def run_worker(settings: CatalogSettings) -> None:
    """Until SIGTERM or SIGINT."""
    engine = make_engine(settings.database_url, "socle_catalog", pool_size=settings.database_pool_size)
    queue = Queue(settings.queue_url)
    sessions, registry = make_sessions(engine), load_registry()
    turns = Turns(PUBLISH, sessions)
    tools = PublishTools(
        engine=engine,
        sessions=sessions,
        blobs=open_blobs(settings.blobs_url),
        queue=queue,
        registry=registry,
        guards=Guards(settings.guard_held_share, settings.guard_warned_share),
        held_days=settings.held_days,
    )
    try:
        async with following(registry, sessions):
            profiling = ProfileTools(engine, registry, RowTables(registry))
            beside = {
                asyncio.create_task(_purge_for_ever(tools, settings), name="purge"),
                asyncio.create_task(keep_profiles(profiling, turns.is_busy), name="profiles"),
            }
            try:
                answer = partial(turns.serve, partial(publish_deposit, tools=tools))
                await keep_working(settings.queue_url, PUBLISH, answer, at_once=PUBLICATIONS_AT_ONCE)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.wait(beside)
    finally:
        await queue.close()
        await engine.dispose()


async def _purge_for_ever(tools: PublishTools, settings: CatalogSettings) -> None:
    """Every now and then; several workers may do it. Trouble around us waits for the next pass."""
    policy = Policy(settings.retention_versions, settings.retention_days)
    while True:
        try:
            await purge(tools.sessions, tools.blobs, registry=tools.registry, policy=policy)
            await forget_trials(tools.sessions, tools.blobs, registry=tools.registry, days=settings.trial_days)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the purge was cut short: %s", type(error).__name__)
        await asyncio.sleep(settings.purge_seconds)
