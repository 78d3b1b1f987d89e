"""An endpoint of the vendor, a receiver behind it, and a courier that goes when it is told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from journal import PEPPER, MakeDeposit, SessionsOf
from receiver import Receiver, receiving
from sqlalchemy import text

from services.ingest.webhooks.courier import Courier, deliver_all, due, webhook_door
from shared import deposits
from shared.db import Sessions
from shared.deposits import VALIDATE
from shared.models import Deposit, DepositState

Subscribe = Callable[..., Awaitable[dict[str, Any]]]
Go = Callable[[], Awaitable[int]]
Reject = Callable[..., Awaitable[Deposit]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


@pytest.fixture
def subscribe(client: httpx.AsyncClient, receiver: Receiver) -> Subscribe:
    """Create a webhook of the vendor that leads to the receiver."""

    async def create(**members: Any) -> dict[str, Any]:
        answer = await client.post("/v1/webhooks", json={"url": receiver.url, **members})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return create


@pytest.fixture
def courier(sessions_of: SessionsOf) -> Courier:
    return Courier(sessions_of("socle_ingest"), webhook_door(local=True), PEPPER, chance=lambda: 0.0)


@pytest.fixture
def go(courier: Courier) -> Go:
    """Deliver what is due, once; how many attempts that made."""

    async def deliver() -> int:
        found = await due(courier, {})
        for some in found.values():
            await deliver_all(courier, some)
        return sum(len(some) for some in found.values())

    return deliver


@pytest.fixture
def hurry(owner_sessions: Sessions) -> Callable[[], Awaitable[None]]:
    """Let the pauses of waiting deliveries be over."""

    async def pass_time() -> None:
        async with owner_sessions.begin() as session:
            await session.execute(
                text("UPDATE ingest.webhook_delivery SET next_at = clock_timestamp() WHERE state = 'waiting'")
            )

    return pass_time


@pytest.fixture
def reject(sessions_of: SessionsOf, make_deposit: MakeDeposit) -> Reject:
    """A deposit of the vendor that the validator rejects."""
    validator = sessions_of("socle_validator")

    async def run(**fields: Any) -> Deposit:
        deposit = await make_deposit(**fields)
        async with validator.begin() as session:
            held = await deposits.claim(session, deposit.id, VALIDATE)
            assert held is not None
            await deposits.move(session, held, DepositState.REJECTED)
        return deposit

    return run
