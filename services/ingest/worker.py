"""Ingest's worker process: the sweep, the webhooks, the mail."""

import asyncio
import ssl
from dataclasses import replace

from services.ingest.mail.carry import make_carrier
from services.ingest.mail.outbox import carry_until
from services.ingest.settings import IngestSettings
from services.ingest.sweep import sweep_until
from services.ingest.webhooks.courier import Courier, deliver_until, webhook_door
from shared.db import make_engine, make_sessions
from shared.queue import Queue
from shared.worker import stop_requested


async def run_worker(settings: IngestSettings) -> None:
    """Until SIGTERM or SIGINT."""
    engine = make_engine(settings.database_url, "socle_ingest", pool_size=2)
    couriers = make_engine(settings.database_url, "socle_ingest", pool_size=4)
    queue, stopping = Queue(settings.queue_url), stop_requested()
    courier = Courier(
        sessions=make_sessions(couriers),
        door=replace(webhook_door(local=settings.webhook_local), tls=ssl.create_default_context()),
        pepper=settings.key_pepper.get_secret_value(),
    )
    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    carrier = make_carrier(smtp_url=smtp_url, folder=settings.mail_folder, sender=settings.mail_from)
    try:
        await asyncio.gather(
            sweep_until(stopping, sessions=make_sessions(engine), queue=queue, settings=settings),
            deliver_until(stopping, courier, pause_seconds=settings.sweep_seconds),
            carry_until(stopping, make_sessions(engine), carrier, pause_seconds=settings.sweep_seconds),
        )
    finally:
        await couriers.dispose()
        await queue.close()
        await engine.dispose()
