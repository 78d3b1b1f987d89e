"""What one machine supplies in place of a production's servers: PostgreSQL, Valkey, a folder of blobs, a secret."""

import errno
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from services.cli.data_folder import DataFolder
from services.cli.embedded import start_postgres, start_valkey
from services.cli.embedded.folders import set_old_log_aside
from services.cli.supervise import Supervisor
from services.cli.targets import SERVICES

PORT_PATIENCE_SECONDS = 3.0
"""A previous run that was killed frees its port within moments."""


class StartRefusal(Exception):
    """Socle cannot start here. French lines for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What every process of the installation is told."""

    database_url: str
    queue_url: str
    blobs_url: str
    key_pepper: str

    def environment(self, public_url: str, folder: DataFolder) -> Mapping[str, str]:
        """The whole environment of a process."""
        return {
            **os.environ,
            "SOCLE_DATABASE_URL": self.database_url,
            "SOCLE_QUEUE_URL": self.queue_url,
            "SOCLE_BLOBS_URL": self.blobs_url,
            "SOCLE_KEY_PEPPER": self.key_pepper,
            "SOCLE_PUBLIC_URL": public_url,
            "SOCLE_DATA_DIR": str(folder.path),
            "INGEST_WEBHOOK_LOCAL": "true",
            "INGEST_MAIL_FOLDER": os.environ.get("INGEST_MAIL_FOLDER") or str(folder.path / "mailbox"),
        }


@contextmanager
def running_servers(folder: DataFolder) -> Iterator[Addresses]:
    """The servers, for as long as the block lasts; one that the environment names is used as it is.

    Raises EmbeddedRefusal.
    """
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.blobs_path.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as started:
        database_url = os.environ.get("SOCLE_DATABASE_URL")
        if not database_url:
            postgres = start_postgres(folder.path)
            started.callback(postgres.stop)
            database_url = postgres.dsn
        queue_url = os.environ.get("SOCLE_QUEUE_URL")
        if not queue_url:
            valkey = start_valkey(folder.path)
            started.callback(valkey.stop)
            queue_url = valkey.url
        yield Addresses(
            database_url=database_url,
            queue_url=queue_url,
            blobs_url=os.environ.get("SOCLE_BLOBS_URL") or folder.blobs_path.as_uri(),
            key_pepper=os.environ.get("SOCLE_KEY_PEPPER") or folder.pepper(),
        )


def check_port(host: str, port: int) -> None:
    """Raise StartRefusal when somebody else listens there, or the address is not ours."""
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    while (problem := _port_problem(host, port)) is not None:
        if problem.errno != errno.EADDRINUSE:
            raise StartRefusal(f"Impossible d'écouter sur {host}, port {port} : {problem.strerror} (SOCLE_HOST).")
        if time.monotonic() > deadline:
            raise StartRefusal(
                f"Le port {port} est déjà pris par un autre programme, peut-être un Socle déjà lancé.\n"
                f"Arrêtez-le, ou choisissez un autre port : SOCLE_PORT={port + 1} make start"
            )
        time.sleep(0.1)


def _port_problem(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None


async def start_processes(
    supervisor: Supervisor, folder: DataFolder, environment: Mapping[str, str], *, host: str, port: int
) -> None:
    """The web process and one worker per service, each with its log; the web stops before the workers."""
    folder.logs_path.mkdir(mode=0o700, exist_ok=True)
    web = ["serve", "all", "--host", host, "--port", str(port)]
    orders = {"web": (web, 0)} | {f"work-{service}": (["work", service], 1) for service in SERVICES}
    for name, (words, wave) in orders.items():
        log_path = folder.logs_path / f"{name}.log"
        set_old_log_aside(log_path)
        # -P: what lies in the folder we were started from is not importable.
        command = [sys.executable, "-P", "-m", "services.cli.main", *words]
        await supervisor.start(name, command, environment, wave=wave, log_path=log_path)
