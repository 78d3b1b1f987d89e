"""The whole examination: first one instant of the database, then the bytes it speaks of."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy import text

from services.cli.verify.content import (
    check_promises,
    check_snapshot,
    check_source,
    list_snapshots,
    list_sources,
    orphans,
)
from services.cli.verify.deposits import (
    check_ends,
    check_idempotency,
    check_raw,
    check_verdicts,
    check_versions_of_deposits,
)
from services.cli.verify.invariants import INVARIANTS, Violation
from services.cli.verify.look import Look
from services.cli.verify.modes import check_part, check_rollbacks, list_parts
from services.cli.verify.versions import check_consolidated, check_pointers, check_purged, check_rows, check_snapshots
from shared.blobs import open_blobs
from shared.db import make_owner_engine
from shared.imported import read_imported_schemas
from shared.models.deposit import WAITING_STATES
from shared.registry import load_registry

_WAITING = ", ".join(f"'{state}'" for state in WAITING_STATES)
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Verification:
    """What the examination found."""

    violations: list[Violation]
    """In the order of `INVARIANTS`."""
    orphans: list[str]
    """Names of blobs that no record names: information, not a fault."""
    deposits: int
    versions: int
    blobs: int
    """Different blobs that records name."""


async def verify(database_url: str, blobs_url: str, *, young_seconds: float = 0.0) -> list[Violation]:
    """The invariants that do not hold; none when all is well."""
    return (await examine(database_url, blobs_url, young_seconds=young_seconds)).violations


async def examine(database_url: str, blobs_url: str, *, young_seconds: float = 0.0) -> Verification:
    """Look at everything. `young_seconds`: a deposit received since may still be on its way.

    Connects as the owner that the URL names; only reads. The database is read at one instant, the blobs after it:
    they never change once named.
    """
    blobs, engine = open_blobs(blobs_url), make_owner_engine(database_url)
    try:
        async with engine.connect() as connection, connection.begin():
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            registry = load_registry()
            registry.take_imported(await read_imported_schemas(connection))
            look = Look(connection, registry)
            await _look_at_records(look, young_seconds=young_seconds)
            sources, snapshots, parts = await list_sources(look), await list_snapshots(look), await list_parts(look)
            counted = await look.rows(
                "SELECT (SELECT count(*) FROM ingest.deposit) AS deposits, "
                "(SELECT count(*) FROM catalog.version) AS versions"
            )
    finally:
        await engine.dispose()
    whole = await check_promises(look, blobs)
    for source in sources:
        if source.name in whole:
            await check_source(look, blobs, source)
    for part in parts:
        if part.name in whole:
            await check_part(look, blobs, part)
    for snapshot in snapshots:
        if snapshot.name in whole:
            await check_snapshot(look, blobs, snapshot)
    order = list(INVARIANTS)
    return Verification(
        violations=sorted(look.violations, key=lambda one: order.index(one.invariant)),
        orphans=await orphans(look, blobs),
        blobs=len({promise.name for promise in look.promises}),
        **counted[0],
    )


async def _look_at_records(look: Look, *, young_seconds: float) -> None:
    await check_raw(look)
    await check_ends(look, young_seconds=young_seconds)
    await check_versions_of_deposits(look)
    await check_pointers(look)
    await check_purged(look)
    await check_rows(look)
    await check_snapshots(look)
    await check_rollbacks(look)
    await check_verdicts(look)
    await check_idempotency(look)
    await check_consolidated(look)


async def wait_until_idle(database_url: str, *, seconds: float) -> bool:
    """Wait until no deposit waits for us, at most `seconds`; whether that came."""
    engine, deadline = make_owner_engine(database_url), time.monotonic() + seconds
    statement = text(f"SELECT EXISTS (SELECT FROM ingest.deposit WHERE state IN ({_WAITING}))")  # noqa: S608
    try:
        while True:
            async with engine.connect() as connection:
                if not (await connection.execute(statement)).scalar_one():
                    return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
    finally:
        await engine.dispose()
