"""The small program that stands between Socle and one embedded server; it runs alone, on the standard library.

Its standard input is a pipe whose other end only Socle holds. End of file means that Socle is gone, killed or not:
the server is then shut down in order. (A death signal set on the server itself would not do: the kernel forgets it
when credentials change, and entering a user namespace changes them.) Once Socle has written a byte, which means "the
server was ready", a server that ends by itself is started again; before that, the guardian ends with its exit code.

Called as: guardian.py JSON, with {"command", "folder", "log_path", "stop_signal", "grace_seconds"}.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
STEADY_SECONDS = 10.0
"""A server that lived this long is restarted after the first delay again."""

KILL_SECONDS = 5.0
"""What is left to a server that ignored its stop signal, after SIGQUIT and before SIGKILL."""


class Bell:
    """Wakes the loop when a child ends, when Socle writes or goes away, or when we are asked to end."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        self.armed = False
        self.stopping = False

    def wait(self, seconds: float | None) -> None:
        """Sleep until something happened, at most `seconds`; updates `armed` and `stopping`."""
        watched = [self._read] if self.stopping else [self._read, sys.stdin.fileno()]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._read in ready and signal.SIGTERM in os.read(self._read, 512):
            self.stopping = True
        if sys.stdin.fileno() in ready:
            if os.read(sys.stdin.fileno(), 64):
                self.armed = True
            else:
                self.stopping = True


def launch(spec: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the server in its folder, apart from the terminal, its output appended to its log."""
    with open(spec["log_path"], "ab") as log:
        return subprocess.Popen(  # noqa: S603 - the order comes from Socle
            spec["command"],
            cwd=spec["folder"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(server: subprocess.Popen[bytes], spec: dict[str, Any], bell: Bell) -> None:
    """Shut the server down: its own stop signal first, then SIGQUIT, then SIGKILL."""
    steps = (
        (spec["stop_signal"], spec["grace_seconds"]),
        (signal.SIGQUIT, KILL_SECONDS),
        (signal.SIGKILL, KILL_SECONDS),
    )
    for number, seconds in steps:
        server.send_signal(number)
        deadline = time.monotonic() + seconds
        while server.poll() is None and time.monotonic() < deadline:
            bell.wait(deadline - time.monotonic())
        if server.returncode is not None:
            return


def guard(spec: dict[str, Any]) -> int:
    """Run the server until Socle is gone. Returns the exit code of a server that never became ready, else 0."""
    bell = Bell()
    delay = FIRST_DELAY_SECONDS
    while not bell.stopping:
        started = time.monotonic()
        server = launch(spec)
        while server.poll() is None and not bell.stopping:
            bell.wait(None)
        if bell.stopping:
            stop(server, spec, bell)
        elif not bell.armed:
            return server.returncode or 1
        else:
            delay = FIRST_DELAY_SECONDS if time.monotonic() - started > STEADY_SECONDS else delay
            pause(delay, bell)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
    return 0


def pause(seconds: float, bell: Bell) -> None:
    """Wait `seconds` before a restart, less when we are asked to end."""
    deadline = time.monotonic() + seconds
    while not bell.stopping and (left := deadline - time.monotonic()) > 0:
        bell.wait(left)


def main(arguments: Sequence[str]) -> int:
    """Read the order from the command line and guard."""
    return guard(json.loads(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
