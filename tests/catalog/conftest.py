"""Deposits that the validator has just let through, with the canonical table that catalog publishes."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
import polars as pl
import pytest
from journal import MURET, PEPPER, MakeDeposit, SessionsOf
from pydantic import SecretStr
from serving import served

from services.catalog.app import make_app
from services.catalog.profile.keep import ProfileTools, measure_all_due
from services.catalog.publish import PublishTools, publish_deposit
from services.catalog.settings import CatalogSettings
from shared import deposits
from shared.blobs import Blobs, open_blobs, put_bytes
from shared.db import Sessions, make_engine, make_sessions
from shared.deposits import VALIDATE
from shared.models import Deposit, DepositState, ValidationReport
from shared.places import place_of
from shared.queue import Queue
from shared.registry import Registry, SchemaVersion, load_registry
from shared.rows import RowTables

Row = Mapping[str, str | None]
MakeValidated = Callable[..., Awaitable[Deposit]]
Publish = Callable[..., Awaitable[Deposit]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def blobs(tmp_blobs: str) -> Blobs:
    return open_blobs(tmp_blobs)


@pytest.fixture
async def tools(database: str, blobs: Blobs, registry: Registry, queue_url: str) -> AsyncIterator[PublishTools]:
    engine, queue = make_engine(database, "socle_catalog"), Queue(queue_url)
    yield PublishTools(engine=engine, sessions=make_sessions(engine), blobs=blobs, queue=queue, registry=registry)
    await queue.close()
    await engine.dispose()


@pytest.fixture
def make_validated(
    make_deposit: MakeDeposit, sessions_of: SessionsOf, blobs: Blobs, registry: Registry
) -> MakeValidated:
    """Return an async function that puts rows (declared names → canonical texts) where `publish_deposit` finds them."""
    validator = sessions_of("socle_validator")

    async def make(
        rows: Sequence[Row],
        *,
        schema_name: str = "scdl/deliberations",
        version: str | None = None,
        siren: str = MURET,
        extras: Sequence[Mapping[str, str]] = (),
        **asked: Any,
    ) -> Deposit:
        schema = registry.get(schema_name, version)
        table = canonical_table(rows, schema, extras)
        deposit = await make_deposit(siren=siren, schema_name=schema_name, **asked)
        place = place_of("tables", deposit)
        blob = await put_bytes(blobs, parquet(table), folder=place.folder, suffix=place.suffix)
        slices = sorted(set(table["_slice"]))
        await _let_through(validator, deposit, schema, blob.sha256, slices, len(rows))
        return deposit

    return make


@pytest.fixture
def publish(make_validated: MakeValidated, tools: PublishTools) -> Publish:
    """Return an async function that publishes rows and returns the deposit as it ended."""

    async def run(rows: Sequence[Row], **options: Any) -> Deposit:
        deposit = await make_validated(rows, **options)
        await publish_deposit(deposit.id, tools)
        return await reread(tools.sessions, deposit)

    return run


@pytest.fixture
def measured(tools: PublishTools) -> Callable[[], Awaitable[None]]:
    """Return an async function that measures what was published, as a worker does beside."""
    profiling = ProfileTools(tools.engine, tools.registry, RowTables(tools.registry))

    async def run() -> None:
        await measure_all_due(profiling, rest=0, least=0)

    return run


async def reread(sessions: Sessions, deposit: Deposit) -> Deposit:
    async with sessions() as session:
        found = await session.get(Deposit, deposit.id)
        assert found is not None
        return found


async def _let_through(
    sessions: Sessions, deposit: Deposit, schema: SchemaVersion, table_sha256: str, slices: list[str], rows: int
) -> None:
    async with sessions.begin() as session:
        held = await deposits.claim(session, deposit.id, VALIDATE)
        assert held is not None
        session.add(
            ValidationReport(
                deposit_id=deposit.id,
                verdict="valid",
                schema_name=schema.name,
                schema_version=schema.version,
                schema_sha256=schema.sha256,
                engine_version="test",
                rows=rows,
                errors=0,
                warnings=0,
                corrections=0,
                report_sha256="0" * 64,
                table_sha256=table_sha256,
                slices=slices,
            )
        )
        await deposits.move(session, held, DepositState.VALIDATED)


def canonical_table(rows: Sequence[Row], schema: SchemaVersion, extras: Sequence[Mapping[str, str]]) -> pl.DataFrame:
    """The seam between the two services, made by hand."""
    seen: Counter[str] = Counter()
    lines: list[dict[str, object]] = []
    for index, row in enumerate(rows):
        values = [row.get(name) for name in schema.field_names]
        extra = json.dumps(extras[index], ensure_ascii=False) if extras else None
        identity = [row.get(name) for name in schema.identity]
        row_hash = digest([*values, extra])
        key_hash = digest(identity) if identity else row_hash
        lines.append(
            {
                "_line": index + 2,
                "_slice": slice_of(row, schema),
                "_key_hash": key_hash,
                "_row_hash": row_hash,
                "_occurrence": seen[key_hash],
                "_extra": extra,
                **dict(zip(schema.field_names, values, strict=True)),
            }
        )
        seen[key_hash] += 1
    types = {"_line": pl.Int64, "_occurrence": pl.Int32}
    texts = ["_slice", "_key_hash", "_row_hash", "_extra", *schema.field_names]
    order = ["_line", "_slice", "_key_hash", "_row_hash", "_occurrence", "_extra", *schema.field_names]
    return pl.DataFrame(lines, schema={**types, **dict.fromkeys(texts, pl.String)}).select(order)


def slice_of(row: Row, schema: SchemaVersion) -> str:
    if schema.slice is None:
        return ""
    value = row.get(schema.slice.field) or ""
    return value[:4] if schema.slice.by == "year" else value


def digest(values: Sequence[str | None]) -> str:
    joined = "\x1f".join("\x1e" if value is None else value for value in values)
    return str(UUID(bytes=hashlib.sha256(joined.encode()).digest()[:16]))


def parquet(table: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    table.write_parquet(file, compression="zstd")
    return file.getvalue()


@pytest.fixture
def settings(database: str, queue_url: str, tmp_blobs: str) -> CatalogSettings:
    return CatalogSettings(
        database_url=database, queue_url=queue_url, blobs_url=tmp_blobs, key_pepper=SecretStr(PEPPER)
    )


@pytest.fixture
async def client(settings: CatalogSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the catalog app, on a real socket."""
    async with served(make_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=60) as found:
        yield found
