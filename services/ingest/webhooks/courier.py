"""Makes deliveries, for as long as ingest's worker runs."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from services.ingest.webhooks.events import payload, send_out
from services.ingest.webhooks.signature import derive_secret, sign
from services.ingest.webhooks.turns import ENDPOINTS_AT_ONCE, Answer, Taken, by_endpoint, record_answer, take
from shared.db import Sessions
from shared.fetch import AddressRefused, Door, FetchFailed, is_public, reached

log = logging.getLogger(__name__)

ATTEMPT_SECONDS = 15.0
"""What a receiver has to answer, its name's resolution included."""


@dataclass(frozen=True, slots=True)
class Courier:
    """What deliveries are made with."""

    sessions: Sessions
    door: Door
    """With a TLS context of its own: making one for each delivery would cost more than the delivery."""
    pepper: str
    chance: Callable[[], float] = field(default=random.random)
    """0 to 1, for the jitter of pauses."""


def webhook_door(*, local: bool) -> Door:
    """Where webhooks may go: HTTPS on the public internet; with `local`, also in clear to this very machine."""
    return Door(schemes=frozenset({"http", "https"}), ports=None, allows=_public_or_here) if local else Door()


def _public_or_here(address: IPv4Address | IPv6Address) -> bool:
    return address.is_loopback or is_public(address)


async def deliver_until(stopping: asyncio.Event, courier: Courier, *, pause_seconds: float) -> None:
    """Deliver what is due again and again; an outage of the database is waited out. Attempts under way end first."""
    busy: dict[UUID, asyncio.Task[None]] = {}
    asked = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        try:
            for endpoint, some in (await due(courier, busy)).items():
                busy[endpoint] = asyncio.create_task(deliver_all(courier, some))
        except (SQLAlchemyError, OSError) as error:
            log.warning("webhooks could not reach the database: %s", type(error).__name__)
        await asyncio.wait({asked, *busy.values()}, timeout=pause_seconds, return_when=asyncio.FIRST_COMPLETED)
        busy = {endpoint: task for endpoint, task in busy.items() if not task.done()}
    if busy:
        await asyncio.wait(busy.values(), timeout=ATTEMPT_SECONDS)


async def due(courier: Courier, busy: dict[UUID, asyncio.Task[None]]) -> dict[UUID, list[Taken]]:
    """Send new events out, and take what is due for endpoints that are not busy."""
    async with courier.sessions.begin() as session:
        await send_out(session)
    free = ENDPOINTS_AT_ONCE - len(busy)
    if free <= 0:
        return {}
    async with courier.sessions.begin() as session:
        return by_endpoint(await take(session, busy=busy, endpoints=free))


async def deliver_all(courier: Courier, some: Sequence[Taken]) -> None:
    """Deliveries of one endpoint, at once: each is of another subject. Never raises: a lease that runs out brings back
    what could not be recorded."""
    results = await asyncio.gather(*(deliver(courier, one) for one in some), return_exceptions=True)
    for error in results:
        if isinstance(error, Exception):
            log.error("a webhook could not be recorded; it will be sent again", exc_info=error)


async def deliver(courier: Courier, taken: Taken) -> Answer:
    """One attempt, and its record."""
    answer = await attempt(courier, taken)
    async with courier.sessions.begin() as session:
        await record_answer(session, taken, answer, chance=courier.chance())
    return answer


async def attempt(courier: Courier, taken: Taken) -> Answer:
    """Send it; the body of the answer is not read."""
    body, message_id, timestamp = payload(taken.event), str(taken.event.id), int(time.time())
    secrets = [derive_secret(salt, courier.pepper) for salt in taken.salts]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, message_id=message_id, timestamp=timestamp, body=body),
    }
    started = time.monotonic()
    status, error, retry_after = None, None, None
    try:
        async with (
            asyncio.timeout(ATTEMPT_SECONDS),
            reached("POST", taken.url, door=courier.door, headers=headers, content=body) as response,
        ):
            status, retry_after = response.status_code, response.headers.get("retry-after")
            error = _why(status)
    except TimeoutError:
        error = f"Pas de réponse en {ATTEMPT_SECONDS:.0f} s."
    except FetchFailed as failure:
        error = f"Récepteur injoignable : {failure.reason}."
    except AddressRefused as refusal:
        error = refusal.detail
    return Answer(status, error, round((time.monotonic() - started) * 1000), retry_after)


def _why(status: int) -> str | None:
    """French; None for a success."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"Redirection ({status}) : elle n'est pas suivie, donnez l'adresse finale."
    return f"Réponse {status} : seule une réponse 2xx vaut réception."
