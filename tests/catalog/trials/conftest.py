"""A vendor with a key for tests, beside its ordinary one."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from journal import PEPPER, HabilitatedVendor, SessionsOf

from services.ingest.admin import create_key
from services.ingest.keys import KeyWish

MakeKey = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
def key_of(sessions_of: SessionsOf) -> MakeKey:
    """Return an async function that makes a key of a vendor, for tests unless said otherwise: its header."""
    sessions = sessions_of("socle_ingest")

    async def make(holder: HabilitatedVendor, **wished: Any) -> dict[str, str]:
        wish = KeyWish("essais", **{"is_test": True, **wished})
        made = await create_key(sessions, vendor=holder.vendor, name="essais", pepper=PEPPER, wish=wish)
        return {"Authorization": f"Bearer {made.text}"}

    return make


async def shown(client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    answer = await client.get(path, headers=headers)
    return answer.status_code, answer.json()
