"""Vendors of communes' software, their keys, and what organisations allow them to do."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from shared.ids import uuid7
from shared.models.columns import long_text, moment, moment_now, text_array


class Vendor(SQLModel, table=True):
    """A software vendor. Written by ingest."""

    __tablename__ = "vendor"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(unique=True)
    created_at: datetime = moment_now()
    disabled_at: datetime | None = moment(default=None)


class ApiKey(SQLModel, table=True):
    """A vendor's key `socle_<prefix>_<secret>`; the secret is kept as a keyed hash only. Written by ingest."""

    __tablename__ = "api_key"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    vendor_id: UUID = Field(foreign_key="ingest.vendor.id", index=True)
    prefix: str = Field(unique=True, max_length=16)
    """Public part, by which the key is looked up and named in lists."""
    secret_hash: bytes
    """HMAC-SHA-256 of the secret under the installation's pepper."""
    name: str
    created_at: datetime = moment_now()
    expires_at: datetime | None = moment(default=None)
    revoked_at: datetime | None = moment(default=None)


class Habilitation(SQLModel, table=True):
    """The right, given by an organisation to a vendor, to deposit under given schemas. Written by ingest."""

    __tablename__ = "habilitation"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    vendor_id: UUID = Field(foreign_key="ingest.vendor.id", index=True)
    organisation_siren: str = Field(foreign_key="ingest.organisation.siren", index=True)
    schemas: list[str] | None = text_array(default=None)
    """Schema names; null means all."""
    basis: str = long_text()
    """What the right rests on: a signed convention, the sandbox."""
    granted_at: datetime = moment_now()
    revoked_at: datetime | None = moment(default=None)
