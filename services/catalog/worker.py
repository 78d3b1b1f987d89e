"""Catalog's worker process: publishes what the validator let through."""

from functools import partial

from services.catalog.publish import PublishTools, publish_deposit
from services.catalog.publish.guard import Guards
from services.catalog.settings import CatalogSettings
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.deposits import PUBLISH
from shared.imported import following
from shared.queue import Queue
from shared.registry import load_registry
from shared.worker import keep_working


async def run_worker(settings: CatalogSettings) -> None:
    """Until SIGTERM or SIGINT."""
    engine = make_engine(settings.database_url, "socle_catalog", pool_size=settings.database_pool_size)
    queue = Queue(settings.queue_url)
    sessions, registry = make_sessions(engine), load_registry()
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
            await keep_working(settings.queue_url, PUBLISH, partial(publish_deposit, tools=tools))
    finally:
        await queue.close()
        await engine.dispose()
