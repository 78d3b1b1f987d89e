"""The doorbell: rings reach a worker; a queue that is away, frozen or garbled harms nobody."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.cli.embedded import start_valkey
from shared.deposits import PUBLISH, VALIDATE
from shared.ids import uuid7
from shared.queue import COUNTED_SECONDS, ENOUGH_RINGS, Queue, queue_name
from shared.worker import keep_working


class Rings:
    """How often a worker was rung."""

    def __init__(self, left: int = 0) -> None:
        self.heard = 0
        self.left = left
        """How many answers find something to do."""
        self.changed = asyncio.Condition()

    async def answer(self) -> bool:
        async with self.changed:
            self.heard += 1
            self.changed.notify_all()
            self.left -= 1
        return self.left >= 0

    async def wait_for(self, number: int) -> None:
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: self.heard >= number)


@asynccontextmanager
async def at_work(queue_url: str, rings: Rings) -> AsyncIterator[None]:
    working = asyncio.create_task(keep_working(queue_url, VALIDATE, rings.answer, at_once=2))
    try:
        yield
    finally:
        await asyncio.sleep(0.05)  # the worker has had the time to put its signal handlers in place
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(working, 60)


async def test_a_ring_reaches_a_worker_of_its_stage_only(queue_url: str) -> None:
    queue, rings = Queue(queue_url), Rings()
    async with at_work(queue_url, rings):
        assert await queue.ring(PUBLISH, uuid7())
        assert await queue.ring(VALIDATE, uuid7())
        await rings.wait_for(1)
        await asyncio.sleep(0.2)
        assert rings.heard == 1
        assert (await queue.waiting_rings(VALIDATE), await queue.waiting_rings(PUBLISH)) == (0, 1)
    await queue.close()


async def test_who_answers_a_ring_goes_on_until_nothing_is_left(queue_url: str) -> None:
    queue, rings = Queue(queue_url), Rings(left=5)
    async with at_work(queue_url, rings):
        await queue.ring(VALIDATE)
        await rings.wait_for(6)
        await asyncio.sleep(0.2)
        assert (rings.heard, await queue.waiting_rings(VALIDATE)) == (6, 0)
    await queue.close()


async def test_who_is_asked_to_stop_before_that_leaves_a_ring_to_the_next(queue_url: str) -> None:
    queue, rings = Queue(queue_url), Rings(left=10**9)
    async with at_work(queue_url, rings):
        await queue.ring(VALIDATE)
        await rings.wait_for(3)
    assert await queue.waiting_rings(VALIDATE) >= 1
    await queue.close()


async def test_more_rings_than_enough_are_not_made_but_old_ones_are_not_counted_on(queue_url: str) -> None:
    queue, redis = Queue(queue_url), Redis.from_url(queue_url)
    for _ in range(ENOUGH_RINGS + 3):
        assert await queue.ring(VALIDATE)
    assert await queue.waiting_rings(VALIDATE) == ENOUGH_RINGS
    for ring in await redis.zrange(queue_name(VALIDATE.service), 0, -1):
        await redis.zincrby(queue_name(VALIDATE.service), -1000 * (COUNTED_SECONDS + 1), ring)
    assert await queue.waiting_rings(VALIDATE) == 0
    assert await queue.ring(VALIDATE)
    assert await queue.waiting_rings(VALIDATE) == 1
    await queue.close()
    await redis.aclose()


async def test_a_queue_that_is_away_is_not_an_error(tmp_path: Path) -> None:
    queue = Queue(f"unix://{tmp_path}/nothing.sock")
    assert await queue.ring(VALIDATE, uuid7()) is False
    assert await queue.is_up() is False
    assert await queue.waiting_rings(VALIDATE) == 0


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
    queue, rings = Queue(valkey.url), Rings()
    async with at_work(valkey.url, rings):
        await queue.ring(VALIDATE, uuid7())
        await rings.wait_for(1)
        valkey.stop()
        await asyncio.sleep(1.5)
        valkey = start_valkey(tmp_path)
        await queue.ring(VALIDATE, uuid7())
        await rings.wait_for(2)
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
    queue, rings = Queue(queue_url), Rings()
    async with at_work(queue_url, rings):
        await asyncio.sleep(1)
        if kind == "wrong type":
            await redis.delete(queue_name(VALIDATE.service))
        await queue.ring(VALIDATE, uuid7())
        await rings.wait_for(1)
    await queue.close()
    await redis.aclose()
