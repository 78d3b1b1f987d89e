"""The queue, a doorbell: losing what it carries loses nothing, since the sweep rings again from PostgreSQL."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Retry, Worker, func
from redis.exceptions import RedisError

from shared.deposits import Stage

RING_TIMEOUT_SECONDS = 1.0
POLL_DELAY_SECONDS = 0.025
"""Between two looks of a worker with nothing to do: what a deposit waits for in each stage, half of it on average."""
JOB_TIMEOUT_SECONDS = 900.0
ENOUGH_RINGS = 32
"""More than all workers of a stage answer at once: while so many wait, another would bring nothing, since whoever
answers one goes on until nothing is left."""

COUNTED_SECONDS = 60
"""Older rings are not counted on: whoever answered them may have been killed."""

NotAllDone = Retry
"""Raised by a job that leaves before nothing is left: its ring stays in the queue."""

Job = Callable[[dict[Any, Any], str], Coroutine[Any, Any, None]]


def queue_name(service: str) -> str:
    """One queue per service: a slow one never delays another."""
    return f"socle:{service}"


def redis_settings(queue_url: str) -> RedisSettings:
    """One quick attempt: whoever needs the queue for longer retries on its own terms."""
    settings = RedisSettings.from_dsn(queue_url)
    settings.conn_retries = 0
    settings.conn_timeout = 1
    return settings


AWAY = (RedisError, OSError, TimeoutError)
"""What a server that is away, frozen or not what we think it is looks like from here."""


async def connect(queue_url: str) -> ArqRedis:
    """A pool of connections. Raises one of AWAY."""
    return await create_pool(redis_settings(queue_url), job_serializer=_dump, job_deserializer=json.loads)


class Queue:
    """Rings for workers. Never raises when the server is away: PostgreSQL knows what waits."""

    def __init__(self, queue_url: str) -> None:
        self._url = queue_url
        self._pool: ArqRedis | None = None

    async def ring(self, stage: Stage, deposit_id: UUID | None = None) -> bool:
        """Tell the workers of `stage` that a deposit waits (None: that one may). False: the queue was not told."""

        async def tell(pool: ArqRedis) -> None:
            # No two rings have the same id: one that is being answered never hides a later one.
            if await _lately_rung(pool, stage) < ENOUGH_RINGS:
                await pool.enqueue_job(stage.service, str(deposit_id), _queue_name=queue_name(stage.service))

        return await self._try(tell)

    async def waiting_rings(self, stage: Stage) -> int:
        """How many of the latest rings for `stage` nobody has answered yet; 0 when the server is away."""
        rings = 0

        async def count(pool: ArqRedis) -> None:
            nonlocal rings
            rings = await _lately_rung(pool, stage)

        await self._try(count)
        return rings

    async def is_up(self) -> bool:
        """Whether the server answers."""
        return await self._try(lambda pool: pool.ping())

    async def close(self) -> None:
        """Give the connections back."""
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(*AWAY):
                await pool.aclose(close_connection_pool=True)

    async def _try(self, command: Callable[[ArqRedis], Awaitable[object]]) -> bool:
        try:
            async with asyncio.timeout(RING_TIMEOUT_SECONDS):
                if self._pool is None:
                    self._pool = await connect(self._url)
                await command(self._pool)
        except AWAY:
            await self.close()  # an interrupted connection may hold half an answer
            return False
        return True


async def _lately_rung(pool: ArqRedis, stage: Stage) -> int:
    since_ms = (time.time() - COUNTED_SECONDS) * 1000  # rings are sorted by when they were made
    return int(await pool.zcount(queue_name(stage.service), since_ms, "+inf"))


def make_worker(pool: ArqRedis, stage: Stage, job: Job, *, at_once: int) -> Worker:
    """An arq worker for one stage, with so many jobs at once. PostgreSQL counts the attempts; arq keeps no result and
    retries nothing but rings whose answer was cut short."""
    return Worker(
        functions=[func(cast(WorkerCoroutine, job), name=stage.service, max_tries=1000)],
        queue_name=queue_name(stage.service),
        redis_pool=pool,
        handle_signals=False,
        poll_delay=POLL_DELAY_SECONDS,
        max_jobs=at_once,
        job_timeout=JOB_TIMEOUT_SECONDS,
        keep_result=0,
        log_results=False,
        health_check_interval=10,
        job_serializer=_dump,
        job_deserializer=json.loads,
    )


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode()
