"""The embedded PostgreSQL 18: one cluster in the data folder, reached through a Unix socket, no TCP port."""

import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.cli.embedded.binaries import as_ordinary_user, check_reachable, postgres_binary
from services.cli.embedded.folders import hold_folder, private_folder, set_old_log_aside, socket_folder
from services.cli.embedded.refusal import EmbeddedRefusal
from services.cli.embedded.watched import Order, WatchedServer, end_previous, pid_in, wait_until_ready, watch

NAME = "PostgreSQL"
OWNER = "socle"
"""Name of the superuser and of the database."""

MAJOR_VERSION = "18"
SOCKET_NAME = ".s.PGSQL.5432.lock"
"""The longer of the two names that PostgreSQL creates in its socket folder."""

START_SECONDS = 120.0
"""Recovery after a power cut may have to replay `max_wal_size`."""

STOP_SECONDS = 60.0
"""A fast shutdown writes every dirty page before it ends."""

SETTINGS = {
    "cluster_name": "socle",
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "io_workers": "2",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
    "log_checkpoints": "off",
}
"""For a laptop of two cores; `jit` costs more than our short queries last."""

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class RunningPostgres:
    """A PostgreSQL that is ready; its guardian starts it again when it ends by itself."""

    dsn: str
    """`postgresql://…` of the database `socle`, as asyncpg and libpq read it."""

    cluster_path: Path
    log_path: Path
    server: WatchedServer

    @property
    def pid(self) -> int | None:
        """Process number of the postmaster, None while it is away."""
        return pid_in(self.cluster_path / "postmaster.pid")

    def dsn_of(self, database: str) -> str:
        """Return the address of another database of this cluster."""
        return self.dsn.replace(f"/{OWNER}?", f"/{database}?", 1)

    def stop(self) -> None:
        """Fast shutdown: what is committed is on disk when this returns. Harmless twice."""
        self.server.stop()
        _end_previous(self.cluster_path)


def start_postgres(data_path: Path, *, durable: bool = True) -> RunningPostgres:
    """Start the cluster of `data_path`/postgres, created on the first call, and return when it takes connections.

    `durable=False` trades survival of a power cut for speed (throw-away test data only). Raises EmbeddedRefusal when
    the folder is in use, cannot be written, is of another major version, or the server does not start.
    """
    folder = private_folder((data_path / "postgres").absolute())
    lock = hold_folder(folder)
    try:
        check_reachable(postgres_binary("postgres"))
        check_reachable(folder)
        cluster_path = folder / "cluster"
        log_path = folder / "postgres.log"
        set_old_log_aside(log_path)
        _end_previous(cluster_path)
        if not cluster_path.exists():
            _create_cluster(cluster_path, log_path, durable=durable)
        _check_version(cluster_path)
        sockets = socket_folder(folder, SOCKET_NAME)
        order = Order(
            command=as_ordinary_user(_server_command(cluster_path, sockets, durable=durable)),
            folder=str(folder),
            log_path=str(log_path),
            stop_signal=signal.SIGINT,
            grace_seconds=STOP_SECONDS,
        )
        server = watch(NAME, order, lock=lock, socket_path=sockets)
        wait_until_ready(server, lambda: _is_ready(cluster_path), START_SECONDS)
    except BaseException:
        lock.close()
        raise
    dsn = f"postgresql://{OWNER}@/{OWNER}?host={sockets}&port=5432"
    return RunningPostgres(dsn=dsn, cluster_path=cluster_path, log_path=log_path, server=server)


def _server_command(cluster_path: Path, sockets: Path, *, durable: bool) -> list[str]:
    settings = SETTINGS | (DURABLE if durable else NOT_DURABLE) | {"unix_socket_directories": str(sockets)}
    command = [str(postgres_binary("postgres")), "-D", str(cluster_path)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _create_cluster(cluster_path: Path, log_path: Path, *, durable: bool) -> None:
    """Create the cluster and its database beside, then rename: a run killed half-way leaves nothing to repair."""
    for left_over in cluster_path.parent.glob("unfinished-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=cluster_path.parent))
    initdb = [str(postgres_binary("initdb")), "-D", str(unfinished), "--username", OWNER, "--auth=trust"]
    initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    single = [str(postgres_binary("postgres")), "--single", "-D", str(unfinished), "postgres"]
    _run(initdb, log_path)
    _run(single, log_path, statement=f"CREATE DATABASE {OWNER}\n")
    unfinished.rename(cluster_path)


def _run(command: list[str], log_path: Path, statement: str = "") -> None:
    with log_path.open("ab") as log:
        done = subprocess.run(  # noqa: S603 - a binary of the wheel
            as_ordinary_user(command), input=statement.encode(), stdout=log, stderr=log, cwd="/", check=False
        )
    if done.returncode != 0:
        raise EmbeddedRefusal(f"{NAME} n'a pas pu créer sa base ; son journal dit pourquoi : {log_path}")


def _check_version(cluster_path: Path) -> None:
    found = (cluster_path / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != MAJOR_VERSION:
        raise EmbeddedRefusal(
            f"Les données de « {cluster_path} » sont de PostgreSQL {found} ; cette version de Socle embarque "
            f"PostgreSQL {MAJOR_VERSION}. Convertissez-les avec pg_upgrade ou choisissez un autre SOCLE_DATA_DIR."
        )


def _is_ready(cluster_path: Path) -> bool:
    """The eighth line of postmaster.pid is the server's state (PostgreSQL, miscadmin.h, LOCK_FILE_LINE_PM_STATUS)."""
    try:
        lines = (cluster_path / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _end_previous(cluster_path: Path) -> None:
    end_previous(
        NAME,
        cluster_path / "postmaster.pid",
        "postgres",
        stop_signal=signal.SIGINT,
        timeout_seconds=STOP_SECONDS,
    )
