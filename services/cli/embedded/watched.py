"""Socle's end of the pipe to a guardian, and what a previous run may have left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from services.cli.embedded import guardian
from services.cli.embedded.refusal import EmbeddedRefusal

POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Order:
    """What the guardian is told; its file says the meaning of each field."""

    command: list[str]
    folder: str
    log_path: str
    stop_signal: int
    grace_seconds: float


@dataclass(frozen=True, slots=True)
class WatchedServer:
    """A server that runs under its guardian, with the lock on its folder."""

    name: str
    order: Order
    process: subprocess.Popen[bytes]
    lock: IO[str]
    socket_path: Path
    """The folder of its socket, ours alone."""

    def arm(self) -> None:
        """Tell the guardian that the server is ready: from now on it is started again when it ends by itself."""
        assert self.process.stdin is not None  # noqa: S101 - opened by `watch`
        self.process.stdin.write(b"r")
        self.process.stdin.flush()

    def stop(self) -> None:
        """Shut the server down, wait for it, free the folder. Harmless twice."""
        assert self.process.stdin is not None  # noqa: S101 - opened by `watch`
        self.process.stdin.close()
        self.process.wait(self.order.grace_seconds + 2 * guardian.KILL_SECONDS + 5)
        shutil.rmtree(self.socket_path, ignore_errors=True)
        self.lock.close()


def watch(name: str, order: Order, *, lock: IO[str], socket_path: Path) -> WatchedServer:
    """Start a guardian, which starts the server. Ctrl-C at the terminal reaches neither of them."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-S", guardian.__file__, json.dumps(asdict(order))],
        cwd="/",
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    return WatchedServer(name=name, order=order, process=process, lock=lock, socket_path=socket_path)


def wait_until_ready(server: WatchedServer, is_ready: Callable[[], bool], timeout_seconds: float) -> None:
    """Wait for `is_ready`, then arm the guardian.

    Raises EmbeddedRefusal, with the server stopped, when it ends or is not ready in time; names its log.
    """
    deadline = time.monotonic() + timeout_seconds
    while not is_ready():
        ended = server.process.poll() is not None
        if ended or time.monotonic() > deadline:
            server.stop()
            what = "s'est arrêté aussitôt" if ended else f"n'a pas répondu en {timeout_seconds:.0f} s"
            raise EmbeddedRefusal(f"{server.name} {what} ; son journal dit pourquoi : {server.order.log_path}")
        time.sleep(POLL_SECONDS)
    server.arm()


def pid_in(pid_path: Path) -> int | None:
    """Return the process number in the first line of `pid_path`, None when there is none."""
    try:
        return int(pid_path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def end_previous(name: str, pid_path: Path, program: str, *, stop_signal: int, timeout_seconds: float) -> None:
    """Stop the `program` that a killed run left in the folder of `pid_path`, and forget its pid file.

    A recycled process number is recognised: only a process called `program` that works in this folder is touched.
    Raises EmbeddedRefusal when it does not end within `timeout_seconds`.
    """
    pid = pid_in(pid_path)
    deadline = time.monotonic() + timeout_seconds
    if pid is not None and _works_in(pid, program, pid_path.parent):
        _signal(pid, stop_signal)
        while _works_in(pid, program, pid_path.parent):
            if time.monotonic() > deadline:
                raise EmbeddedRefusal(
                    f"{name} tourne encore depuis un lancement précédent (processus {pid}) et ne s'arrête pas. "
                    f"Arrêtez-le avec « kill {pid} » puis relancez."
                )
            time.sleep(POLL_SECONDS)
    pid_path.unlink(missing_ok=True)


def _works_in(pid: int, program: str, folder: Path) -> bool:
    process = Path("/proc") / str(pid)
    try:
        if process.joinpath("comm").read_text().strip() != program:
            return False
        return os.path.samefile(process / "cwd", folder)
    except OSError:
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, signal.Signals(number))
    except ProcessLookupError:
        return
