"""Ingest's worker process: the sweep."""

from services.ingest.settings import IngestSettings
from services.ingest.sweep import sweep_until
from shared.db import make_engine, make_sessions
from shared.queue import Queue
from shared.worker import stop_requested


async def run_worker(settings: IngestSettings) -> None:
    """Until SIGTERM or SIGINT."""
    engine = make_engine(settings.database_url, "socle_ingest", pool_size=2)
    queue = Queue(settings.queue_url)
    try:
        await sweep_until(stop_requested(), sessions=make_sessions(engine), queue=queue, settings=settings)
    finally:
        await queue.close()
        await engine.dispose()
