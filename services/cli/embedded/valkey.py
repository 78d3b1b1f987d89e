"""The embedded Valkey 9: append-only, never forgetting a key, reached through a Unix socket, no TCP port."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from services.cli.embedded.binaries import valkey_binary
from services.cli.embedded.folders import hold_folder, private_folder, set_old_log_aside, socket_folder
from services.cli.embedded.watched import Order, WatchedServer, end_previous, pid_in, wait_until_ready, watch

NAME = "Valkey"
SOCKET_NAME = "valkey.sock"
START_SECONDS = 60.0
"""It replays its append-only file first."""

STOP_SECONDS = 10.0

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "dir": ".",
    "pidfile": "valkey.pid",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
}
"""Paths are relative to the server's folder, so that no path needs quoting."""


@dataclass(frozen=True, slots=True)
class RunningValkey:
    """A Valkey that is ready; its guardian starts it again when it ends by itself."""

    url: str
    """`unix://…`, as redis-py and arq read it."""

    folder: Path
    log_path: Path
    server: WatchedServer

    @property
    def pid(self) -> int | None:
        """Process number of the server, None when it has ended in order."""
        return pid_in(self.folder / "valkey.pid")

    def stop(self) -> None:
        """Shut down; the append-only file is on disk when this returns. Harmless twice."""
        self.server.stop()
        _end_previous(self.folder)


def start_valkey(data_path: Path) -> RunningValkey:
    """Start the server of `data_path`/valkey and return when it answers.

    Raises EmbeddedRefusal when the folder is in use or cannot be written, or the server does not start.
    """
    folder = private_folder((data_path / "valkey").absolute())
    lock = hold_folder(folder)
    try:
        log_path = folder / "valkey.log"
        set_old_log_aside(log_path)
        _end_previous(folder)
        socket_path = socket_folder(folder, SOCKET_NAME) / SOCKET_NAME
        command = [str(valkey_binary())]
        for name, value in (SETTINGS | {"unixsocket": str(socket_path)}).items():
            command += [f"--{name}", value]
        order = Order(
            command=command,
            folder=str(folder),
            log_path=str(log_path),
            stop_signal=signal.SIGTERM,
            grace_seconds=STOP_SECONDS,
        )
        server = watch(NAME, order, lock=lock, socket_path=socket_path.parent)
        wait_until_ready(server, lambda: _answers(socket_path), START_SECONDS)
    except BaseException:
        lock.close()
        raise
    return RunningValkey(url=f"unix://{socket_path}", folder=folder, log_path=log_path, server=server)


def _answers(socket_path: Path) -> bool:
    """PING gets +PONG; while the file is being replayed it gets -LOADING."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(socket_path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _end_previous(folder: Path) -> None:
    end_previous(NAME, folder / "valkey.pid", "valkey-server", stop_signal=signal.SIGTERM, timeout_seconds=STOP_SECONDS)
