"""A client with an operator's key."""

from collections.abc import AsyncIterator

import httpx
import pytest
from journal import PEPPER, SessionsOf

from services.ingest.operators import create_operator_key
from shared.db import Sessions


@pytest.fixture
def sessions(sessions_of: SessionsOf) -> Sessions:
    return sessions_of("socle_ingest")


@pytest.fixture
async def operator(base_url: str, sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    key = await create_operator_key(sessions, name="Camille Martin", pepper=PEPPER)
    headers = {"Authorization": f"Bearer {key.text}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=60) as found:
        yield found
