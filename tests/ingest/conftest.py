"""The ingest app on a real socket, with a client that carries the vendor's key."""

from collections.abc import AsyncIterator

import httpx
import pytest
from ingest_settings import MAX_BYTES
from journal import PEPPER, HabilitatedVendor
from pydantic import SecretStr
from serving import served

from services.ingest.app import make_app
from services.ingest.settings import IngestSettings


@pytest.fixture
def settings(database: str, queue_url: str, tmp_blobs: str) -> IngestSettings:
    """Small limits, so that tests can pass them."""
    return IngestSettings(
        database_url=database,
        queue_url=queue_url,
        blobs_url=tmp_blobs,
        key_pepper=SecretStr(PEPPER),
        INGEST_MAX_DEPOSIT_BYTES=MAX_BYTES,
        INGEST_MAX_UPLOADS=3,
        INGEST_CHUNK_TIMEOUT_SECONDS=60,
        INGEST_WEBHOOK_LOCAL=True,
    )


@pytest.fixture
async def base_url(settings: IngestSettings) -> AsyncIterator[str]:
    """Where ingest answers."""
    async with served(make_app(settings)) as url:
        yield url


@pytest.fixture
async def client(base_url: str, vendor: HabilitatedVendor) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the vendor's key."""
    headers = {"Authorization": f"Bearer {vendor.key}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=60) as found:
        yield found


@pytest.fixture
async def stranger(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as found:
        yield found
