"""Webhooks: what happened, who wants to be told, and how telling went."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Identity, Index, text
from sqlmodel import Field, SQLModel

from shared.ids import uuid7
from shared.models.columns import big_integer, json_object, long_text, moment, moment_now, one_of, text_array


class EndpointState(StrEnum):
    """Whether an endpoint is told of anything."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    """By its vendor, or by us: `disabled_reason` says."""
    REMOVED = "removed"
    """Kept for its log only; nobody sees it any more."""


class DeliveryState(StrEnum):
    """How far an event is on its way to an endpoint."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up: every attempt failed, or the endpoint was disabled meanwhile."""


class WebhookEvent(SQLModel, table=True):
    """Something that happened. Written by triggers, in the transaction that makes it happen, and by ingest."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        Index("ix_webhook_event_unsent", "sequence", postgresql_where=text("sent_out_at IS NULL")),
        {"schema": "ingest"},
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True, sa_column_kwargs={"server_default": text("uuidv7()")})
    """What receivers know it by: `webhook-id`."""
    sequence: int = big_integer(default=None, unique=True, sa_column_args=(Identity(always=True),), nullable=False)
    type: str
    """`deposit.published`…"""
    vendor_id: UUID | None = Field(default=None, foreign_key="ingest.vendor.id", index=True)
    """Whose business it is; null: everybody's."""
    organisation_siren: str | None = None
    schema_name: str | None = None
    """With `organisation_siren`: what a key must cover to hear of it."""
    is_test: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Of the sandbox: only endpoints made with a test key hear of it, and of nothing else."""
    subject: str
    """The deposit, data set or habilitation it is about; events of one subject reach an endpoint in order."""
    data: dict[str, Any] = json_object()
    """Member `data` of the payload."""
    at: datetime = moment_now(index=True)
    sent_out_at: datetime | None = moment(default=None)
    """When deliveries were made of it, if anybody wanted it."""


class WebhookEndpoint(SQLModel, table=True):
    """An address to tell. Written by ingest."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (one_of("state", EndpointState), {"schema": "ingest"})

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    vendor_id: UUID = Field(foreign_key="ingest.vendor.id", index=True)
    url: str = long_text()
    description: str = long_text(default="")
    events: list[str] = text_array()
    """Types, or families (`deposit.*`)."""
    datasets: list[str] | None = text_array(default=None)
    """For events of data sets: which ones (a consolidated data set stands for all of its schema); null: any."""
    organisations: list[str] | None = text_array(default=None)
    """Those that the key it was made with covers (SIREN); null: all of the vendor's."""
    schemas: list[str] | None = text_array(default=None)
    """Likewise."""
    is_test: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Made with a test key."""
    state: str = Field(default=EndpointState.ENABLED, sa_column_kwargs={"server_default": text("'enabled'")})
    disabled_reason: str | None = long_text(default=None)
    """French, for its vendor."""
    throttled_until: datetime | None = moment(default=None)
    """The receiver asked for a pause."""
    last_success_at: datetime | None = moment(default=None)
    created_at: datetime = moment_now()


class WebhookSecret(SQLModel, table=True):
    """Something that a signing secret is derived from, with the installation's pepper. Written by ingest."""

    __tablename__ = "webhook_secret"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    endpoint_id: UUID = Field(foreign_key="ingest.webhook_endpoint.id", index=True)
    salt: bytes
    created_at: datetime = moment_now()
    expires_at: datetime | None = moment(default=None)
    """Set when a younger one replaces it: until then both sign."""


class WebhookDelivery(SQLModel, table=True):
    """An event on its way to an endpoint. Written by ingest."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("state", DeliveryState),
        Index("ix_webhook_delivery_log", "endpoint_id", "sequence"),
        Index(
            "ix_webhook_delivery_waiting",
            "endpoint_id",
            "subject",
            "sequence",
            postgresql_where=text("state = 'waiting'"),
        ),
        {"schema": "ingest"},
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True, sa_column_kwargs={"server_default": text("uuidv7()")})
    sequence: int = big_integer(default=None, unique=True, sa_column_args=(Identity(always=True),), nullable=False)
    endpoint_id: UUID = Field(foreign_key="ingest.webhook_endpoint.id")
    event_id: UUID = Field(foreign_key="ingest.webhook_event.id", index=True)
    subject: str
    """Of the event."""
    state: str = Field(default=DeliveryState.WAITING, sa_column_kwargs={"server_default": text("'waiting'")})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Ended ones."""
    claims: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Fencing token: whoever holds an older one records nothing."""
    next_at: datetime | None = moment(default=None, sa_column_kwargs={"server_default": text("clock_timestamp()")})
    """When it may be tried next; null once it has ended. While it is tried: when its lease runs out."""
    created_at: datetime = moment_now()
    ended_at: datetime | None = moment(default=None)


class WebhookAttempt(SQLModel, table=True):
    """One try of a delivery that came to an end. Written by ingest."""

    __tablename__ = "webhook_attempt"
    __table_args__ = ({"schema": "ingest"},)

    delivery_id: UUID = Field(foreign_key="ingest.webhook_delivery.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = moment_now()
    """When it ended."""
    status: int | None = None
    """The receiver's answer; null when there was none."""
    error: str | None = long_text(default=None)
    """French; null for a success."""
    milliseconds: int
