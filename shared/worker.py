"""A worker process: takes what the queue rings for, for as long as it runs.

arq's worker leaves when its server goes away; the loop here brings it back, so a queue that was restarted or
away for a while needs nobody. What it forgot meanwhile, the sweep rings again.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from shared.deposits import Stage
from shared.queue import AWAY, Job, NotAllDone, Queue, connect, make_worker

log = logging.getLogger(__name__)

RETURN_DELAY_SECONDS = 0.5
"""Pause before looking for a queue that went away."""

DRAIN_SECONDS = 20.0
"""How long jobs under way may go on after a request to stop."""

ANSWER_SECONDS = 60.0
"""After so long, whoever answers a ring leaves the rest to the next one: well within the time that a job may take."""


async def keep_working(
    queue_url: str, stage: Stage, answer: Callable[[], Coroutine[Any, Any, bool]], *, at_once: int
) -> None:
    """At each ring for `stage`, run `answer` until there was nothing to do for it (False), so many side by side; until
    SIGTERM or SIGINT, then let what is under way end."""
    stopping = stop_requested()
    running: set[asyncio.Task[bool]] = set()

    async def take(_context: dict[Any, Any], _rung: str) -> None:
        until = time.monotonic() + ANSWER_SECONDS
        while not stopping.is_set() and time.monotonic() < until:
            # Shielded: when the queue goes away, arq cancels what it started, but the work itself needs no queue.
            task = asyncio.create_task(answer())
            running.add(task)
            task.add_done_callback(running.discard)
            if not await asyncio.shield(task):
                return
        raise NotAllDone

    while not stopping.is_set():
        await _serve(queue_url, stage, take, stopping, at_once)
        if not stopping.is_set():
            log.warning("the queue went away; looking for it again")
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RETURN_DELAY_SECONDS)
    if running:
        await asyncio.wait(running, timeout=DRAIN_SECONDS)
        queue = Queue(queue_url)
        await queue.ring(stage)  # others looked before this ended: something may have waited for it
        await queue.close()


async def _serve(queue_url: str, stage: Stage, job: Job, stopping: asyncio.Event, at_once: int) -> None:
    """One life of an arq worker: until it is asked to stop or its server goes away."""
    with suppress(*AWAY):
        pool = await connect(queue_url)
        worker = make_worker(pool, stage, job, at_once=at_once)
        working = asyncio.create_task(worker.async_run())
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in (waiting, working):
            task.cancel()
        await asyncio.wait({working})
        for task in worker.tasks.values():
            task.cancel()
        if worker.tasks:  # each still tells the server that it was cut short
            await asyncio.wait(worker.tasks.values(), timeout=RETURN_DELAY_SECONDS)
        await pool.aclose(close_connection_pool=True)
        with suppress(asyncio.CancelledError):
            working.result()


def stop_requested() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
