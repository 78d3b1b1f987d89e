"""Whose turn it is: takes deliveries that are due, and records how each attempt ended.

A delivery is taken for the time of a lease and with a number, its fencing token; a process that dies loses nothing:
when the lease has run out, somebody else takes it. Deliveries of one subject to one endpoint never overtake each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.webhooks.schedule import THROTTLED, pause_after, throttle_seconds
from shared.deposits import DATABASE_NOW, now_plus
from shared.models import (
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)

LEASE_SECONDS = 25.0
"""More than an attempt may last."""

ENDPOINTS_AT_ONCE = 32
DELIVERIES_EACH = 4
"""At once, for one endpoint: a slow receiver holds no other back."""

GONE = 410

_TAKE = text("""
    UPDATE ingest.webhook_delivery AS taken
    SET claims = taken.claims + 1, next_at = clock_timestamp() + make_interval(secs => :lease)
    FROM (
        SELECT due.id
        FROM ingest.webhook_endpoint AS w
        JOIN ingest.vendor AS v ON v.id = w.vendor_id AND v.disabled_at IS NULL
        CROSS JOIN LATERAL (
            SELECT d.id FROM ingest.webhook_delivery AS d
            WHERE d.endpoint_id = w.id AND d.state = 'waiting' AND d.next_at <= clock_timestamp()
            AND NOT EXISTS (
                SELECT FROM ingest.webhook_delivery AS elder
                WHERE elder.endpoint_id = d.endpoint_id AND elder.subject = d.subject
                AND elder.state = 'waiting' AND elder.sequence < d.sequence
            )
            ORDER BY d.sequence LIMIT :each FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE w.state = 'enabled' AND w.id <> ALL (CAST(:busy AS uuid[]))
        AND (w.throttled_until IS NULL OR w.throttled_until <= clock_timestamp())
        LIMIT :limit
    ) AS due
    WHERE taken.id = due.id
    RETURNING taken.id
""")


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery to make now, and what it takes to make it."""

    delivery: WebhookDelivery
    """As it was taken: `claims` is the fencing token."""
    event: WebhookEvent
    url: str
    salts: tuple[bytes, ...]
    """Of the secrets in force, the newest first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended. `error` is French, None for a success."""

    status: int | None
    error: str | None
    milliseconds: int
    retry_after: str | None = None


async def take(session: AsyncSession, *, busy: Collection[UUID], endpoints: int = ENDPOINTS_AT_ONCE) -> list[Taken]:
    """Deliveries that are due, of endpoints that are not `busy`; in the order of their events."""
    values = {
        "lease": LEASE_SECONDS,
        "each": DELIVERIES_EACH,
        "busy": list(busy),
        "limit": endpoints * DELIVERIES_EACH,
    }
    ids = list((await session.execute(_TAKE, values)).scalars())
    if not ids:
        return []
    statement = (
        select(WebhookDelivery, WebhookEvent, col(WebhookEndpoint.url))
        .join(WebhookEvent, col(WebhookEvent.id) == col(WebhookDelivery.event_id))
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookDelivery.endpoint_id))
        .where(col(WebhookDelivery.id).in_(ids))
        .order_by(col(WebhookDelivery.sequence))
    )
    rows = (await session.execute(statement)).all()
    salts = await _salts(session, {delivery.endpoint_id for delivery, _, _ in rows})
    return [Taken(delivery, event, url, salts[delivery.endpoint_id]) for delivery, event, url in rows]


async def _salts(session: AsyncSession, endpoints: Collection[UUID]) -> dict[UUID, tuple[bytes, ...]]:
    in_force = or_(col(WebhookSecret.expires_at).is_(None), col(WebhookSecret.expires_at) > DATABASE_NOW)
    statement = (
        select(col(WebhookSecret.endpoint_id), col(WebhookSecret.salt))
        .where(col(WebhookSecret.endpoint_id).in_(endpoints), in_force)
        .order_by(col(WebhookSecret.created_at).desc())
    )
    found: dict[UUID, tuple[bytes, ...]] = dict.fromkeys(endpoints, ())
    for endpoint, salt in (await session.execute(statement)).all():
        found[endpoint] += (salt,)
    return found


async def record_answer(session: AsyncSession, taken: Taken, answer: Answer, *, chance: float) -> None:
    """End an attempt. Nothing is written for a delivery that was taken again, or ended, meanwhile. `chance`: 0 to 1,
    for the jitter of the next pause."""
    delivery = taken.delivery
    endpoint = await _locked_endpoint(session, delivery.endpoint_id)
    attempts = delivery.attempts + 1
    pause = None if answer.error is None or answer.status == GONE else pause_after(attempts, chance)
    if not await _write(session, delivery, attempts, answer, pause):
        return
    session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            number=attempts,
            status=answer.status,
            error=answer.error,
            milliseconds=answer.milliseconds,
        )
    )
    await _note(session, endpoint, delivery, answer, ended=pause is None)


async def _locked_endpoint(session: AsyncSession, endpoint_id: UUID) -> WebhookEndpoint:
    """Always first: results of one endpoint are recorded one after the other, so that none waits for another's row."""
    statement = select(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id)
    statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    found: WebhookEndpoint = (await session.execute(statement)).scalar_one()
    return found


async def _write(
    session: AsyncSession, delivery: WebhookDelivery, attempts: int, answer: Answer, pause: float | None
) -> bool:
    """False when the delivery is no longer ours."""
    ended = DeliveryState.FAILED if answer.error else DeliveryState.DELIVERED
    values: dict[str, Any] = {"attempts": attempts}
    if pause is None:
        values |= {"state": ended, "next_at": None, "ended_at": DATABASE_NOW}
    else:
        values |= {"next_at": now_plus(pause)}
    statement = (
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.id) == delivery.id,
            col(WebhookDelivery.claims) == delivery.claims,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
        )
        .values(**values)
        .returning(col(WebhookDelivery.id))
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).first() is not None


async def _note(
    session: AsyncSession, endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: Answer, *, ended: bool
) -> None:
    """What the answer says about the endpoint itself."""
    if answer.error is None:
        await _update(session, endpoint.id, last_success_at=DATABASE_NOW, throttled_until=None)
    elif answer.status == GONE:
        await disable(session, endpoint.id, "Votre récepteur a répondu 410 : il ne veut plus rien recevoir.")
    elif ended and (endpoint.last_success_at is None or endpoint.last_success_at < delivery.created_at):
        await disable(
            session,
            endpoint.id,
            f"Aucune livraison n'a réussi depuis le {delivery.created_at:%d/%m/%Y à %H:%M} UTC. "
            f"Dernière erreur : {answer.error}",
        )
    elif answer.status in THROTTLED:
        await _update(session, endpoint.id, throttled_until=now_plus(throttle_seconds(answer.retry_after)))


async def disable(session: AsyncSession, endpoint_id: UUID, reason: str | None, *, removed: bool = False) -> None:
    """Tell the endpoint nothing more, and give up what was on its way. `reason`: French, None when its vendor did it.
    The endpoint's row must be locked by this transaction."""
    state = EndpointState.REMOVED if removed else EndpointState.DISABLED
    await _update(session, endpoint_id, state=state, disabled_reason=reason, throttled_until=None)
    await session.execute(
        update(WebhookDelivery)
        .where(col(WebhookDelivery.endpoint_id) == endpoint_id, col(WebhookDelivery.state) == DeliveryState.WAITING)
        .values(state=DeliveryState.FAILED, next_at=None, ended_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )


async def _update(session: AsyncSession, endpoint_id: UUID, **values: Any) -> None:
    statement = update(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id).values(**values)
    await session.execute(statement.execution_options(synchronize_session=False))


def by_endpoint(taken: Sequence[Taken]) -> dict[UUID, list[Taken]]:
    """Deliveries for each endpoint, in their order."""
    found: dict[UUID, list[Taken]] = {}
    for one in taken:
        found.setdefault(one.delivery.endpoint_id, []).append(one)
    return found
