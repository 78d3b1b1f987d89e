"""The queue, a doorbell: losing what it carries loses nothing, since the sweep rings again from PostgreSQL."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from typing import Any, cast
from uuid import UUID

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.exceptions import RedisError

from shared.deposits import Stage

RING_TIMEOUT_SECONDS = 1.0
POLL_DELAY_SECONDS = 0.01
JOB_TIMEOUT_SECONDS = 900.0
MAX_JOBS_PER_WORKER = 2

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


class Queue:
    """Rings for workers. Never raises when the server is away: PostgreSQL knows what waits."""

    def __init__(self, queue_url: str) -> None:
        self._settings = redis_settings(queue_url)
        self._pool: ArqRedis | None = None

    async def _connected(self) -> ArqRedis:
        if self._pool is None:
            self._pool = await create_pool(self._settings, job_serializer=_dump, job_deserializer=json.loads)
        return self._pool

    async def ring(self, stage: Stage, deposit_id: UUID) -> bool:
        """Tell the workers of `stage` that a deposit waits. False when the queue could not be told."""
        # The id of the job changes every few seconds, so that a forgotten key can never block a later ring.
        bucket = int(time.time()) // 3
        try:
            async with asyncio.timeout(RING_TIMEOUT_SECONDS):
                pool = await self._connected()
                await pool.enqueue_job(
                    stage.service,
                    str(deposit_id),
                    _job_id=f"{stage.service}:{deposit_id}:{bucket}",
                    _queue_name=queue_name(stage.service),
                )
        except (RedisError, OSError, TimeoutError):
            return False
        return True

    async def is_up(self) -> bool:
        """Whether the server answers."""
        try:
            async with asyncio.timeout(RING_TIMEOUT_SECONDS):
                return bool(await (await self._connected()).ping())
        except (RedisError, OSError, TimeoutError):
            return False

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.aclose()


def make_worker(queue_url: str, stage: Stage, job: Job, *, context: dict[str, Any]) -> Worker:
    """An arq worker for one stage. PostgreSQL counts the attempts; arq keeps no result and retries nothing."""
    return Worker(
        functions=[func(cast(WorkerCoroutine, job), name=stage.service, max_tries=1000)],
        queue_name=queue_name(stage.service),
        redis_settings=redis_settings(queue_url),
        ctx=context,
        handle_signals=False,
        poll_delay=POLL_DELAY_SECONDS,
        max_jobs=MAX_JOBS_PER_WORKER,
        job_timeout=JOB_TIMEOUT_SECONDS,
        keep_result=0,
        log_results=False,
        health_check_interval=10,
        job_serializer=_dump,
        job_deserializer=json.loads,
    )


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode()
