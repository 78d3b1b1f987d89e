"""The validator's app on a real socket, which may reach only what the test serves."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from serving import served

from services.validator.app import make_app
from services.validator.settings import ValidatorSettings
from shared.fetch import Door

PEPPER = "pepper"
MAX_BYTES = 1_000_000


@pytest.fixture(scope="module")
def blobs_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the app's store."""
    return tmp_path_factory.mktemp("blobs")


@pytest.fixture(scope="module")
async def client(blobs_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The app needs no database; files elsewhere are on loopback here, and nowhere else."""
    settings = ValidatorSettings(
        database_url="postgresql://nobody@localhost/none",
        queue_url="redis://localhost",
        blobs_url=f"file://{blobs_path}",
        key_pepper=SecretStr(PEPPER),
        VALIDATOR_MAX_VALIDATION_BYTES=MAX_BYTES,
    )
    door = Door(schemes=frozenset({"http"}), ports=None, allows=lambda address: str(address) == "127.0.0.1")
    async with served(make_app(settings, door=door)) as url, httpx.AsyncClient(base_url=url, timeout=60) as found:
        yield found
