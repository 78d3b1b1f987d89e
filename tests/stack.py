"""A whole installation in separate processes: each target alone, killable, restartable, breakable by name."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from services.cli.embedded import RunningPostgres, RunningValkey, start_postgres, start_valkey
from services.ingest.admin import create_key, create_vendor, grant_habilitation
from shared.db import make_engine, make_owner_engine, make_sessions
from shared.migrate import migrate
from shared.models import Vendor

PEPPER = "pepper-of-the-journeys"
ENDS = {"published", "unchanged", "rejected", "superseded", "outdated", "checked", "failed", "cancelled"}
WEB = "serve all"
WORKERS = ("work ingest", "work validator", "work catalog")


@dataclass
class Stack:
    """What `socle start` runs, with a handle on each process."""

    folder: Path
    postgres: RunningPostgres
    valkey: RunningValkey
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    vendor: Vendor | None = None
    key: str = ""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def blobs_url(self) -> str:
        return (self.folder / "blobs").as_uri()

    def run(self, target: str, *, fail_at: str | None = None) -> None:
        """Start a target; with `fail_at`, one that fails there."""
        environment = {
            "PATH": os.environ["PATH"],
            "SOCLE_DATABASE_URL": self.postgres.dsn,
            "SOCLE_QUEUE_URL": self.valkey.url,
            "SOCLE_BLOBS_URL": self.blobs_url,
            "SOCLE_KEY_PEPPER": PEPPER,
            "SOCLE_PUBLIC_URL": self.base_url,
            "INGEST_WEBHOOK_LOCAL": "true",
        } | ({"SOCLE_FAIL_AT": fail_at} if fail_at else {})
        port = ["--port", str(self.port)] if target.startswith("serve") else []
        with (self.folder / f"{target.replace(' ', '-')}.log").open("ab") as log:
            self.processes[target] = subprocess.Popen(
                [sys.executable, "-m", "services.cli.main", *target.split(), *port],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, target: str, number: int = signal.SIGKILL) -> int:
        """Kill a target and what it started; its exit status."""
        process = self.processes.pop(target)
        os.killpg(process.pid, number)
        return process.wait(20)

    async def wait_for_exit(self, target: str, *, seconds: float = 30) -> int:
        """The exit status of a target that leaves by itself."""
        status = await asyncio.to_thread(self.processes[target].wait, seconds)
        self.kill_group(self.processes.pop(target))
        return status

    @staticmethod
    def kill_group(process: subprocess.Popen[bytes]) -> None:
        """Kill what is left of a target's process group."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    async def wait_until_ready(self, *, seconds: float = 120) -> None:
        """Until the web process can promise."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(base_url=self.base_url) as client:
            while True:
                try:
                    if (await client.get("/health/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                assert time.monotonic() < deadline, self.logs()
                await asyncio.sleep(0.1)

    def client(self) -> httpx.AsyncClient:
        """A client with the vendor's key."""
        return httpx.AsyncClient(base_url=self.base_url, headers={"X-API-Key": self.key}, timeout=30)

    async def habilitate(self, sirens: Sequence[str]) -> None:
        """Let the vendor deposit anything for these organisations."""
        engine = make_engine(self.postgres.dsn, "socle_ingest", pool_size=1)
        sessions = make_sessions(engine)
        if self.vendor is None:
            self.vendor = await create_vendor(sessions, name="Éditeur des parcours")
            self.key = (await create_key(sessions, vendor=self.vendor, name="parcours", pepper=PEPPER)).text
        for siren in sirens:
            await grant_habilitation(
                sessions, vendor=self.vendor, organisation_siren=siren, schemas=None, basis="parcours"
            )
        await engine.dispose()

    async def sql(self, statement: str) -> list[Any]:
        """Rows of a statement run as the owner."""
        engine = make_owner_engine(self.postgres.dsn)
        async with engine.begin() as connection:
            result = await connection.exec_driver_sql(statement)
            rows = list(result.all()) if result.returns_rows else []
        await engine.dispose()
        return rows

    def logs(self) -> str:
        """The end of every log, for a failure's message."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*.log")))

    def errors(self) -> list[str]:
        """Lines of the logs that tell of an error."""
        lines = (line for path in sorted(self.folder.glob("*.log")) for line in path.read_text().splitlines())
        return [line for line in lines if '"level":"error"' in line or '"level":"critical"' in line]

    def stop(self) -> None:
        """Stop everything."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(25)
            finally:
                self.kill_group(process)
        self.valkey.stop()
        self.postgres.stop()


@asynccontextmanager
async def running_stack(
    folder: Path, sirens: Sequence[str], *, targets: Sequence[str] = (WEB, *WORKERS)
) -> AsyncIterator[Stack]:
    """A migrated installation with durable servers and one vendor habilitated for `sirens`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stack = Stack(folder, start_postgres(folder), start_valkey(folder), port)
    try:
        await migrate(stack.postgres.dsn)
        await stack.habilitate(sirens)
        for target in targets:
            stack.run(target)
        if WEB in targets:
            await stack.wait_until_ready()
        yield stack
    finally:
        stack.stop()


async def push(
    client: httpx.AsyncClient, siren: str, content: bytes, *, key: str | None = None, schema: str = "scdl/deliberations"
) -> dict[str, Any]:
    """Push until a 202 comes, as a careful vendor does; the deposit."""
    headers = {"Content-Type": "text/csv"} | ({"Idempotency-Key": key} if key else {})
    params = {"organisation": siren, "schema": schema}
    deadline = time.monotonic() + 60
    while True:
        try:
            response = await client.post("/v1/deposits", params=params, content=content, headers=headers)
            if response.status_code == 202:
                deposit: dict[str, Any] = response.json()
                return deposit
            assert response.status_code in {409, 503}, response.text
        except httpx.TransportError:
            assert key is not None, "only a push with a key may be sent again blindly"
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def end_of(
    client: httpx.AsyncClient, deposit: Mapping[str, Any], *, seconds: float = 60, pause_seconds: float = 0.05
) -> dict[str, Any]:
    """The deposit at its end."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            response = await client.get(f"/v1/deposits/{deposit['id']}")
            found: dict[str, Any] = response.json()
            if response.status_code == 200 and found["state"] in ENDS:
                return found
        except httpx.TransportError:
            found = {"state": "unreachable"}
        assert time.monotonic() < deadline, f"still {found}"
        await asyncio.sleep(pause_seconds)
