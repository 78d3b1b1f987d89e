"""What was sent to an endpoint, and sending it again. An event sent again keeps its `webhook-id`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.webhooks.events import CONCERNS, TEST
from shared.db import changed
from shared.deposits import DATABASE_NOW
from shared.errors import NotFound, Refusal
from shared.models import DeliveryState, EndpointState, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent

MAX_REPLAYED = 1000
"""Events sent again by one request."""


class EndpointDisabled(Refusal):
    """Nothing is sent to an endpoint that is disabled."""

    status = 409
    code = "webhook-disabled"
    title = "Webhook désactivé"


@dataclass(frozen=True, slots=True)
class Logged:
    """A delivery, its event and its attempts so far."""

    delivery: WebhookDelivery
    event: WebhookEvent
    attempts: Sequence[WebhookAttempt]


async def list_deliveries(
    session: AsyncSession, endpoint: WebhookEndpoint, *, state: DeliveryState | None, before: int | None, limit: int
) -> tuple[list[Logged], int | None]:
    """The newest first; and the sequence to continue before, or None on the last page."""
    statement = _logged().where(col(WebhookDelivery.endpoint_id) == endpoint.id)
    if state is not None:
        statement = statement.where(col(WebhookDelivery.state) == state)
    if before is not None:
        statement = statement.where(col(WebhookDelivery.sequence) < before)
    statement = statement.order_by(col(WebhookDelivery.sequence).desc()).limit(limit + 1)
    rows = (await session.execute(statement)).all()
    page = rows[:limit]
    attempts: defaultdict[UUID, list[WebhookAttempt]] = defaultdict(list)
    made = select(WebhookAttempt).where(col(WebhookAttempt.delivery_id).in_([delivery.id for delivery, _ in page]))
    for one in (await session.execute(made.order_by(col(WebhookAttempt.number)))).scalars():
        attempts[one.delivery_id].append(one)
    found = [Logged(delivery, event, attempts[delivery.id]) for delivery, event in page]
    return found, page[-1][0].sequence if len(rows) > limit else None


def _logged() -> Select[WebhookDelivery, WebhookEvent]:
    return select(WebhookDelivery, WebhookEvent).join(
        WebhookEvent, col(WebhookEvent.id) == col(WebhookDelivery.event_id)
    )


async def replay_delivery(session: AsyncSession, endpoint: WebhookEndpoint, delivery_id: UUID) -> Logged:
    """Send the event of a delivery again, as a new delivery. Raises NotFound, EndpointDisabled."""
    statement = _logged().where(col(WebhookDelivery.id) == delivery_id, col(WebhookDelivery.endpoint_id) == endpoint.id)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound(
            f"Ce webhook n'a pas de livraison {delivery_id}.",
            action="Les livraisons sont listées par GET /v1/webhooks/{id}/deliveries.",
        )
    return await _send(session, endpoint, found[1])


async def send_test(session: AsyncSession, endpoint: WebhookEndpoint) -> Logged:
    """Send an event that says nothing, whatever the endpoint asks for. Raises EndpointDisabled."""
    event = WebhookEvent(
        type=TEST,
        vendor_id=endpoint.vendor_id,
        is_test=endpoint.is_test,
        subject=str(endpoint.id),
        data={"webhook": str(endpoint.id), "href": f"/v1/webhooks/{endpoint.id}"},
    )
    event.sent_out_at = await session.scalar(select(DATABASE_NOW))
    session.add(event)
    await session.flush()
    await session.refresh(event)
    return await _send(session, endpoint, event)


async def _send(session: AsyncSession, endpoint: WebhookEndpoint, event: WebhookEvent) -> Logged:
    check_enabled(endpoint)
    delivery = WebhookDelivery(endpoint_id=endpoint.id, event_id=event.id, subject=event.subject)
    session.add(delivery)
    await session.flush()
    await session.refresh(delivery)
    return Logged(delivery, event, ())


def check_enabled(endpoint: WebhookEndpoint) -> None:
    """Raises EndpointDisabled."""
    if endpoint.state != EndpointState.ENABLED:
        raise EndpointDisabled(
            "Ce webhook est désactivé : rien ne lui est envoyé.",
            action='Réactivez-le par PATCH /v1/webhooks/{id} avec {"enabled": true}.',
        )


_REPLAY = text(f"""
    INSERT INTO ingest.webhook_delivery (endpoint_id, event_id, subject)
    SELECT w.id, e.id, e.subject
    FROM ingest.webhook_event AS e JOIN ingest.webhook_endpoint AS w ON w.id = :endpoint AND {CONCERNS}
    WHERE e.at >= :since AND e.sent_out_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM ingest.webhook_delivery AS d
        WHERE d.event_id = e.id AND d.endpoint_id = w.id AND (d.state = 'waiting' OR d.state = 'delivered' AND NOT :all)
    )
    ORDER BY e.sequence LIMIT :limit
""")  # noqa: S608 - a condition of ours


async def replay_since(session: AsyncSession, endpoint: WebhookEndpoint, since: datetime, *, every: bool) -> int:
    """Send again what happened since a moment, and never arrived (`every`: or did); how many events, MAX_REPLAYED at
    most, the oldest first. Raises EndpointDisabled."""
    check_enabled(endpoint)
    values = {"endpoint": endpoint.id, "since": since, "all": every, "limit": MAX_REPLAYED}
    return await changed(session, _REPLAY, values)


async def forget_old_events(session: AsyncSession, *, days: int) -> None:
    """Drop what happened more than `days` ago, with its deliveries."""
    old = select(col(WebhookEvent.id)).where(col(WebhookEvent.at) < DATABASE_NOW - timedelta(days=days))
    deliveries = select(col(WebhookDelivery.id)).where(col(WebhookDelivery.event_id).in_(old))
    for statement in (
        delete(WebhookAttempt).where(col(WebhookAttempt.delivery_id).in_(deliveries)),
        delete(WebhookDelivery).where(col(WebhookDelivery.event_id).in_(old)),
        delete(WebhookEvent).where(col(WebhookEvent.id).in_(old)),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
