"""Vendors of communes' software, their keys, and what organisations allow them to do."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Identity
from sqlmodel import Field, SQLModel

from shared.ids import uuid7
from shared.models.columns import big_integer, json_object, long_text, moment, moment_now, one_of, text_array


class KeyAction(StrEnum):
    """What a key lets its bearer do; each is also an OAuth scope."""

    DEPOSIT = "deposit"
    """Push files."""
    READ = "read"
    """See the vendor's deposits, reports and files."""
    DECIDE = "decide"
    """Confirm, cancel, try again."""
    DATASETS = "datasets"
    """Create and change free data sets."""
    HABILITATIONS = "habilitations"
    """Ask organisations for a habilitation."""
    WEBHOOKS = "webhooks"
    """Say where events are sent."""
    KEYS = "keys"
    """Make, rotate and revoke keys, none with more rights than its own."""


EVERY_ACTION: tuple[str, ...] = tuple(KeyAction)


class Vendor(SQLModel, table=True):
    """A software vendor. Written by ingest."""

    __tablename__ = "vendor"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(unique=True)
    email: str | None = None
    """Where the vendor is told what becomes of its habilitations."""
    created_at: datetime = moment_now()
    disabled_at: datetime | None = moment(default=None)


class ApiKey(SQLModel, table=True):
    """A vendor's key `socle_<prefix>_<secret>`; the secret is kept as a keyed hash only. Written by ingest, but for
    `last_used_at`: by whoever was shown the key."""

    __tablename__ = "api_key"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    vendor_id: UUID = Field(foreign_key="ingest.vendor.id", index=True)
    prefix: str = Field(unique=True, max_length=16)
    """Public part, by which the key is looked up and named in lists."""
    secret_hash: bytes
    """HMAC-SHA-256 of the secret under the installation's pepper."""
    name: str
    actions: list[str] = text_array(default_factory=lambda: list(EVERY_ACTION))
    """Of KeyAction."""
    organisations: list[str] | None = text_array(default=None)
    """SIREN; null means every organisation that habilitates the vendor."""
    schemas: list[str] | None = text_array(default=None)
    """Schema names; null means every schema that a habilitation names."""
    is_test: bool = False
    """A key `socle_test_…`: what it deposits is seen by its vendor only."""
    created_by: str = "operator"
    """`operator`, or `key <prefix>` of the key that made it."""
    successor_id: UUID | None = Field(default=None, foreign_key="ingest.api_key.id")
    """The key that replaces this one, when it was rotated."""
    created_at: datetime = moment_now()
    expires_at: datetime | None = moment(default=None)
    revoked_at: datetime | None = moment(default=None)
    last_used_at: datetime | None = moment(default=None)
    """To the minute."""


class HabilitationState(StrEnum):
    """How far a habilitation is; the last three are ends."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Habilitation(SQLModel, table=True):
    """The right, given by an organisation to a vendor, to deposit under given schemas. Written by ingest."""

    __tablename__ = "habilitation"
    __table_args__ = (one_of("state", HabilitationState), {"schema": "ingest"})

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    vendor_id: UUID = Field(foreign_key="ingest.vendor.id", index=True)
    organisation_siren: str = Field(foreign_key="ingest.organisation.siren", index=True)
    schemas: list[str] | None = text_array(default=None)
    """Schema names; null means all."""
    state: str = HabilitationState.REQUESTED
    message: str = long_text(default="")
    """What the vendor says to the organisation."""
    basis: str = long_text(default="")
    """What the right rests on: a signed convention, the answer of a référent, the sandbox."""
    requested_at: datetime = moment_now()
    granted_at: datetime | None = moment(default=None)
    expires_at: datetime | None = moment(default=None)
    """When a request that nobody answers, or a grant, comes to its end by itself."""
    ended_at: datetime | None = moment(default=None)


class HabilitationEvent(SQLModel, table=True):
    """A step in the life of a habilitation. Only ever added, by ingest."""

    __tablename__ = "habilitation_event"
    __table_args__ = ({"schema": "ingest"},)

    id: int = big_integer(default=None, primary_key=True, sa_column_args=(Identity(always=True),))
    habilitation_id: UUID = Field(foreign_key="ingest.habilitation.id", index=True)
    state: str
    at: datetime = moment_now()
    by: str
    """`operator`, `key <prefix>`, `referent <id>`, `clock`."""
    detail: dict[str, Any] | None = json_object(default=None)
