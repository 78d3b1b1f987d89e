"""Keeps the processes of one machine running: starts them, starts crashed ones again, stops all in order."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
"""The pause before a restart doubles from the first to the longest."""

STEADY_SECONDS = 10.0
"""A child that lived this long is restarted after the first delay again."""

GRACE_SECONDS = 15.0
"""What a child has to end what it is doing, between SIGTERM and SIGKILL."""

_LIBC = ctypes.CDLL(None)  # loaded before any fork
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Child:
    """A command to keep running."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    """The whole environment of the process."""

    wave: int
    """Children of a lower wave are stopped, and gone, before those of the next are asked."""

    log_path: Path | None
    """Where what it prints is appended; None: to this terminal."""


class Supervisor:
    """Runs children until SIGINT, SIGTERM or `stop`; leaving the block stops them wave by wave.

    Each child has a process group of its own, so that Ctrl-C at the terminal reaches the supervisor alone, and what a
    child leaves behind in its group is killed with it. Children of a supervisor that is killed are killed by the
    kernel: use it from the main thread, because Linux ties that to the thread that started them.
    """

    def __init__(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace_seconds = grace_seconds
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._children: dict[str, Child] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for wave in sorted({child.wave for child in self._children.values()}):
            names = [child.name for child in self._children.values() if child.wave == wave]
            await asyncio.gather(*map(self._end, names))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)

    async def start(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str],
        *,
        wave: int = 0,
        log_path: Path | None = None,
    ) -> None:
        """Start `command` and keep it running. Raises OSError when it cannot be started at all."""
        child = Child(name, command, dict(environment), wave, log_path)
        self._children[name] = child
        process = await self._spawn(child)
        self._keepers[name] = asyncio.create_task(self._keep(child, process), name=f"keep {name}")

    def stop(self) -> None:
        """Ask to stop; asked a second time, children are killed without waiting."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()

    async def wait_until_stopped(self) -> None:
        """Return once a stop was asked for; the children still run until the block is left."""
        await self._stopping.wait()

    def pid_of(self, name: str) -> int | None:
        """Process number of a child, None while it is down."""
        process = self._processes.get(name)
        return process.pid if process is not None and process.returncode is None else None

    async def _spawn(self, child: Child) -> asyncio.subprocess.Process:
        output = None if child.log_path is None else child.log_path.open("ab")
        try:
            process = await asyncio.create_subprocess_exec(
                *child.command,
                env=child.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_death_tied_to(os.getpid()),
            )
        finally:
            if output is not None:
                output.close()
        self._processes[child.name] = process
        return process

    async def _keep(self, child: Child, process: asyncio.subprocess.Process) -> None:
        """Wait for the end of the process; until a stop is asked for, start it again."""
        delay = FIRST_DELAY_SECONDS
        while True:
            started = time.monotonic()
            code = await process.wait()
            _signal_group(process, signal.SIGKILL)
            if self._stopping.is_set():
                return
            delay = FIRST_DELAY_SECONDS if time.monotonic() - started > STEADY_SECONDS else delay
            fields = {"child": child.name, "exit_code": code, "delay_seconds": delay}
            log.warning("%s ended with code %s; starting it again", child.name, code, extra=fields)
            again = await self._start_again(child, delay)
            if again is None:
                return
            process = again
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _start_again(self, child: Child, delay: float) -> asyncio.subprocess.Process | None:
        """Start the child after `delay` seconds; None when a stop is asked for first."""
        while not await self._stop_within(delay):
            try:
                process = await self._spawn(child)
            except OSError:
                log.exception("%s could not be started again", child.name, extra={"child": child.name})
                delay = LONGEST_DELAY_SECONDS
                continue
            if self._stopping.is_set():  # asked for while it was being started
                process.terminate()
            return process
        return None

    async def _stop_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def _end(self, name: str) -> None:
        """SIGTERM, then SIGKILL after the grace period or when in a hurry. Returns when the process is gone."""
        keeper = self._keepers.get(name)
        if keeper is None:
            return
        process = self._processes[name]
        if process.returncode is None:
            process.terminate()
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({keeper, hurry}, timeout=self._grace_seconds, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not keeper.done():
            log.warning("%s did not end in time and is killed", name, extra={"child": name})
            _signal_group(self._processes[name], signal.SIGKILL)
        await keeper


def _signal_group(process: asyncio.subprocess.Process, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _death_tied_to(parent_pid: int) -> Callable[[], None] | None:
    """What a child runs before its program, so that the kernel kills it when its parent dies (Linux only)."""
    return partial(_tie_death, parent_pid) if sys.platform == "linux" else None


def _tie_death(parent_pid: int) -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died in between
        os._exit(1)
