"""The three services behind one port in the test's own process, and the work that their workers do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import httpx
import pytest
from journal import PEPPER, HabilitatedVendor, SessionsOf
from pydantic import SecretStr
from serving import served

from services.catalog.app import make_app as make_catalog
from services.catalog.publish import PublishTools, publish_deposit
from services.catalog.settings import CatalogSettings
from services.cli.gateway import make_gateway
from services.ingest.app import make_app as make_ingest
from services.ingest.settings import IngestSettings
from services.validator.app import make_app as make_validator
from services.validator.jobs import ValidateTools, validate_deposit
from services.validator.sandbox import Sandbox
from services.validator.settings import ValidatorSettings
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.queue import Queue
from shared.registry import load_registry

Work = Callable[[UUID | str], Awaitable[None]]


@pytest.fixture
async def base_url(database: str, queue_url: str, tmp_blobs: str) -> AsyncIterator[str]:
    """Where the whole installation answers; its workers do not run."""
    common = {
        "database_url": database,
        "queue_url": queue_url,
        "blobs_url": tmp_blobs,
        "key_pepper": SecretStr(PEPPER),
    }
    apps = {
        "ingest": make_ingest(IngestSettings(**common, INGEST_WEBHOOK_LOCAL=True)),
        "validator": make_validator(ValidatorSettings(**common)),
        "catalog": make_catalog(CatalogSettings(**common)),
    }
    async with served(make_gateway(apps)) as url:
        yield url


@pytest.fixture
async def client(base_url: str, vendor: HabilitatedVendor) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the vendor's key."""
    headers = {"Authorization": f"Bearer {vendor.key}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=60) as found:
        yield found


@pytest.fixture
async def work(database: str, queue_url: str, tmp_blobs: str, sessions_of: SessionsOf) -> AsyncIterator[Work]:
    """Judge a deposit and publish it, as the workers do."""
    engine, queue, blobs, registry = (
        make_engine(database, "socle_catalog"),
        Queue(queue_url),
        open_blobs(tmp_blobs),
        load_registry(),
    )
    async with Sandbox(size=1) as sandbox:
        judging = ValidateTools(
            sessions=sessions_of("socle_validator"), blobs=blobs, queue=queue, sandbox=sandbox, registry=registry
        )
        publishing = PublishTools(
            engine=engine, sessions=make_sessions(engine), blobs=blobs, queue=queue, registry=registry
        )

        async def run(deposit_id: UUID | str) -> None:
            await validate_deposit(UUID(str(deposit_id)), judging)
            await publish_deposit(UUID(str(deposit_id)), publishing)

        yield run
    await queue.close()
    await engine.dispose()
