"""What happened, and whom it concerns.

Events of deposits and data sets are recorded by triggers (migration 0011), those of habilitations by `record_event` in
the transaction that changes one; `send_out` then makes a delivery of each event for each endpoint that wants it.
"""

from collections.abc import Mapping
from datetime import UTC
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import changed
from shared.models import WebhookEvent

EVENTS_AT_ONCE = 500


class EventType(StrEnum):
    """Everything that can be told. All of `deposit.` but `held` end a deposit's journey."""

    DEPOSIT_HELD = "deposit.held"
    DEPOSIT_PUBLISHED = "deposit.published"
    DEPOSIT_UNCHANGED = "deposit.unchanged"
    DEPOSIT_REJECTED = "deposit.rejected"
    DEPOSIT_SUPERSEDED = "deposit.superseded"
    DEPOSIT_OUTDATED = "deposit.outdated"
    DEPOSIT_CHECKED = "deposit.checked"
    DEPOSIT_FAILED = "deposit.failed"
    DEPOSIT_CANCELLED = "deposit.cancelled"
    VERSION_PUBLISHED = "dataset.version_published"
    HABILITATION_REQUESTED = "habilitation.requested"
    HABILITATION_GRANTED = "habilitation.granted"
    HABILITATION_REFUSED = "habilitation.refused"
    HABILITATION_REVOKED = "habilitation.revoked"
    HABILITATION_EXPIRED = "habilitation.expired"


TEST = "webhook.test"
"""What the test button sends; no filter asks for it."""

FILTERS = ("*", *sorted({f"{one.partition('.')[0]}.*" for one in EventType}), *EventType)
"""What an endpoint may ask for."""

CONCERNS = """
    e.type <> 'webhook.test'
    AND e.is_test = w.is_test
    AND (e.vendor_id IS NULL OR e.vendor_id = w.vendor_id
         AND (w.organisations IS NULL OR e.organisation_siren = ANY (w.organisations))
         AND (w.schemas IS NULL OR e.schema_name = ANY (w.schemas)))
    AND w.events && CAST(ARRAY['*', e.type, split_part(e.type, '.', 1) || '.*'] AS text[])
    AND (w.datasets IS NULL OR e.type NOT LIKE 'dataset.%' OR e.subject = ANY (w.datasets)
         OR EXISTS (SELECT FROM catalog.dataset AS c WHERE c.id = ANY (w.datasets)
                    AND c.schema_name = e.schema_name AND c.organisation_siren IS NULL))
"""
"""Whether event `e` is for endpoint `w`: the one place that says who may hear of what."""

_TURN = text("SELECT pg_try_advisory_xact_lock(hashtextextended('socle webhook events', 0))")

_SEND_OUT = text(f"""
    WITH e AS (
        SELECT * FROM ingest.webhook_event WHERE sent_out_at IS NULL ORDER BY sequence LIMIT :limit
    ), sent AS (
        INSERT INTO ingest.webhook_delivery (endpoint_id, event_id, subject)
        SELECT w.id, e.id, e.subject
        FROM e
        JOIN ingest.webhook_endpoint AS w ON w.state = 'enabled' AND w.created_at <= e.at AND {CONCERNS}
        JOIN ingest.vendor AS v ON v.id = w.vendor_id AND v.disabled_at IS NULL
        ORDER BY e.sequence
    )
    UPDATE ingest.webhook_event AS done SET sent_out_at = clock_timestamp() FROM e WHERE done.id = e.id
""")  # noqa: S608 - a condition of ours


async def record_event(
    session: AsyncSession,
    type_: EventType,
    *,
    vendor_id: UUID,
    subject: str,
    data: Mapping[str, Any],
    organisation_siren: str | None = None,
    schema_name: str | None = None,
) -> None:
    """Record, in the transaction of what happened, an event that concerns one vendor. `data`: thin, JSON types only;
    `subject`: the identifier of what it is about. An endpoint made with a key that covers certain organisations or
    schemas hears of it when both are among them."""
    session.add(
        WebhookEvent(
            type=type_,
            vendor_id=vendor_id,
            subject=subject,
            data=dict(data),
            organisation_siren=organisation_siren,
            schema_name=schema_name,
        )
    )


async def send_out(session: AsyncSession) -> int:
    """Make deliveries of the events that wait; how many events those were. One process at a time, oldest first: the
    deliveries of a subject are numbered in the order of its events."""
    if not (await session.execute(_TURN)).scalar_one():
        return 0
    return await changed(session, _SEND_OUT, {"limit": EVENTS_AT_ONCE})


def payload(event: WebhookEvent) -> bytes:
    """The body of its deliveries: the same bytes at every attempt."""
    at = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": event.type, "timestamp": at, "data": event.data}, option=orjson.OPT_SORT_KEYS)
