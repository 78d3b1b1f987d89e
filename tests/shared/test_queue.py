"""The doorbell: rings reach a worker; a queue that is away, frozen or garbled harms nobody."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from redis.asyncio import Redis

from services.cli.embedded import start_valkey
from shared.deposits import PUBLISH, VALIDATE
from shared.ids import uuid7
from shared.queue import Queue, queue_name
from shared.worker import keep_working


class Takings:
    """What a worker was rung for."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self.changed = asyncio.Condition()

    async def take(self, deposit_id: UUID) -> None:
        async with self.changed:
            self.ids.append(deposit_id)
            self.changed.notify_all()

    async def wait_for(self, deposit_id: UUID) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: deposit_id in self.ids)


@asynccontextmanager
async def at_work(queue_url: str, takings: Takings) -> AsyncIterator[None]:
    working = asyncio.create_task(keep_working(queue_url, VALIDATE, takings.take))
    try:
        yield
    finally:
        await asyncio.sleep(0.05)  # the worker has had the time to put its signal handlers in place
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(working, 10)


async def test_a_ring_reaches_a_worker_of_its_stage_only(queue_url: str) -> None:
    queue, takings = Queue(queue_url), Takings()
    async with at_work(queue_url, takings):
        other, mine = uuid7(), uuid7()
        assert await queue.ring(PUBLISH, other)
        assert await queue.ring(VALIDATE, mine)
        await takings.wait_for(mine)
        assert takings.ids == [mine]
    await queue.close()


async def test_a_queue_that_is_away_is_not_an_error(tmp_path: Path) -> None:
    queue = Queue(f"unix://{tmp_path}/nothing.sock")
    assert await queue.ring(VALIDATE, uuid7()) is False
    assert await queue.is_up() is False


async def test_a_frozen_queue_delays_a_ring_by_a_second_at_most(tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path)
    assert valkey.pid is not None
    queue = Queue(valkey.url)
    assert await queue.ring(VALIDATE, uuid7())
    os.kill(valkey.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert await queue.ring(VALIDATE, uuid7()) is False
    assert time.monotonic() - began < 3
    os.kill(valkey.pid, signal.SIGCONT)
    await queue.close()
    valkey.stop()


async def test_a_worker_comes_back_when_its_queue_does(tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path)
    queue, takings = Queue(valkey.url), Takings()
    async with at_work(valkey.url, takings):
        before, after = uuid7(), uuid7()
        await queue.ring(VALIDATE, before)
        await takings.wait_for(before)
        valkey.stop()
        await asyncio.sleep(1.5)
        valkey = start_valkey(tmp_path)
        await queue.ring(VALIDATE, after)
        await takings.wait_for(after)
    await queue.close()
    valkey.stop()


@pytest.mark.parametrize("kind", ["wrong type", "garbage job"])
async def test_a_worker_survives_what_does_not_belong_in_its_queue(queue_url: str, kind: str) -> None:
    redis = Redis.from_url(queue_url)
    if kind == "wrong type":
        await redis.set(queue_name(VALIDATE.service), "not a sorted set")
    else:
        await redis.set("arq:job:garbage", b"\x80\x04cposix\nsystem\n")
        await redis.zadd(queue_name(VALIDATE.service), {"garbage": 1})
    queue, takings = Queue(queue_url), Takings()
    async with at_work(queue_url, takings):
        await asyncio.sleep(1)
        if kind == "wrong type":
            await redis.delete(queue_name(VALIDATE.service))
        deposit_id = uuid7()
        await queue.ring(VALIDATE, deposit_id)
        await takings.wait_for(deposit_id)
    await queue.close()
    await redis.aclose()
