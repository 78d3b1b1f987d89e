"""Validator's worker process: judges deposits that the queue rings for."""

from functools import partial

from services.validator.jobs import ValidateTools, validate_deposit
from services.validator.sandbox import Limits, Sandbox
from services.validator.settings import ValidatorSettings
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.deposits import VALIDATE
from shared.imported import following
from shared.queue import Queue
from shared.registry import load_registry
from shared.turns import Turns
from shared.worker import keep_working


def limits_of(settings: ValidatorSettings) -> Limits:
    """The limits of one examination."""
    return Limits(
        wall_seconds=settings.wall_seconds,
        cpu_seconds=settings.cpu_seconds,
        resident_bytes=settings.resident_bytes,
    )


async def run_worker(settings: ValidatorSettings) -> None:
    """Until SIGTERM or SIGINT."""
    engine = make_engine(settings.database_url, "socle_validator", pool_size=settings.database_pool_size)
    queue = Queue(settings.queue_url)
    try:
        sessions, registry = make_sessions(engine), load_registry()
        turns = Turns(VALIDATE, sessions)
        async with (
            following(registry, sessions),
            Sandbox(size=settings.worker_children, limits=limits_of(settings), registry=registry) as sandbox,
        ):
            tools = ValidateTools(
                sessions=sessions,
                blobs=open_blobs(settings.blobs_url),
                queue=queue,
                sandbox=sandbox,
                registry=registry,
            )
            answer = partial(turns.serve, partial(validate_deposit, tools=tools))
            # One more than there are children: what surrounds an examination waits for disks.
            await keep_working(settings.queue_url, VALIDATE, answer, at_once=settings.worker_children + 1)
    finally:
        await queue.close()
        await engine.dispose()
