"""A large table brought to where catalog's worker finds it, and published by the worker's own job."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from samples import communes
from stack import Stack
from tables import write_addresses

from services.catalog.publish import PublishTools, publish_deposit
from services.validator.pipeline import Request, validate_file
from shared import deposits
from shared.blobs import Blob, open_blobs, put_bytes
from shared.db import make_engine, make_sessions
from shared.deposits import VALIDATE
from shared.models import Deposit, DepositState, ValidationReport
from shared.queue import Queue
from shared.registry import load_registry

SCHEMA, SCHEMA_VERSION = "etalab/schema-bal", "1.3.0"
ORGANISATIONS = communes(20)
"""SIRENs to publish for, one data set each."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes one canonical table for any organisation."""

    stack: Stack
    tools: PublishTools
    table: Blob
    rows: int

    async def prepare(self, siren: str) -> UUID:
        """A deposit of the table that the validator has just let through."""
        registry, vendor = self.tools.registry, self.stack.vendor
        assert vendor is not None
        deposit = Deposit(
            vendor_id=vendor.id,
            organisation_siren=siren,
            schema_name=SCHEMA,
            sha256="0" * 64,
            size_bytes=1,
            content_type="text/csv",
            request_id="bench",
        )
        schema = registry.get(SCHEMA, SCHEMA_VERSION)
        report = {"verdict": "valid", "engine_version": "bench", "report_sha256": "0" * 64}
        counts = {"rows": self.rows, "errors": 0, "warnings": 0, "corrections": 0}
        engine = make_engine(self.stack.postgres.dsn, "socle_ingest", pool_size=1)
        async with make_sessions(engine).begin() as session:
            await deposits.record(session, deposit)
        await engine.dispose()
        engine = make_engine(self.stack.postgres.dsn, "socle_validator", pool_size=1)
        async with make_sessions(engine).begin() as session:
            held = await deposits.claim(session, deposit.id, VALIDATE)
            assert held is not None
            session.add(
                ValidationReport(
                    deposit_id=deposit.id,
                    schema_name=schema.name,
                    schema_version=schema.version,
                    schema_sha256=schema.sha256,
                    table_sha256=self.table.sha256,
                    slices=[""],
                    **report,
                    **counts,
                )
            )
            await deposits.move(session, held, DepositState.VALIDATED)
        await engine.dispose()
        return deposit.id

    async def publish(self, siren: str) -> float:
        """Publish the table for an organisation; seconds from the claim to the commit."""
        deposit_id = await self.prepare(siren)
        began = time.perf_counter()
        await publish_deposit(deposit_id, self.tools)
        seconds = time.perf_counter() - began
        async with self.tools.sessions() as session:
            ended = await session.get(Deposit, deposit_id)
        assert ended is not None
        assert ended.state == DepositState.PUBLISHED, ended.failure
        return seconds


@asynccontextmanager
async def opened_publisher(stack: Stack, rows: int) -> AsyncIterator[Publisher]:
    """The canonical table of `rows` addresses, made by the validator, and what publishes it."""
    table_path = await asyncio.to_thread(_validated, stack.folder, rows)
    blobs, engine = open_blobs(stack.blobs_url), make_engine(stack.postgres.dsn, "socle_catalog", pool_size=2)
    queue = Queue(stack.valkey.url)
    table = await put_bytes(blobs, table_path.read_bytes(), folder="tables", suffix=".parquet")
    tools = PublishTools(engine, make_sessions(engine), blobs, queue, load_registry())
    try:
        yield Publisher(stack, tools, table, rows)
    finally:
        await queue.close()
        await engine.dispose()


def _validated(folder: Path, rows: int) -> Path:
    path = folder / "addresses.csv"
    write_addresses(path, rows)
    subprocess.run(["sed", "-i", "1s/id_ban_adresse/uid_adresse/", str(path)], check=True)
    examined = validate_file(path, Request(SCHEMA, SCHEMA_VERSION), registry=load_registry(), out_folder=folder)
    assert examined.table_path is not None, examined.report
    path.unlink()
    return examined.table_path
