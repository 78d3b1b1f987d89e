"""The audit trail: who wrote what, for whom, from where. Lines come in and never change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Identity, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from shared.models.columns import big_integer, json_object, long_text, moment_now


class AuditEntry(SQLModel, table=True):
    """One write. Inserted by ingest and catalog in the transaction of the write (`shared.audit`), numbered and chained
    by ingest's worker. The database refuses every other change, the owner's included.

    No foreign keys: what a line tells of may be purged, the line stays.
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_unsealed", "id", postgresql_where=text("position IS NULL")),
        Index("ix_entry_vendor", "vendor_id", "id"),
        Index("ix_entry_organisation", "organisation_siren", "id"),
        {"schema": "audit"},
    )

    id: int | None = big_integer(default=None, primary_key=True, sa_column_args=(Identity(always=True),))
    at: datetime = moment_now()
    actor: str
    """`key <prefix>`, `operator`, `clock`."""
    action: str
    """`deposit.create`: a thing and what was done to it."""
    subject: str = long_text()
    """`deposit <id>`, `dataset <id>`, `key <prefix>`."""
    organisation_siren: str | None = None
    """Whose data or rights it is about."""
    vendor_id: UUID | None = None
    """Who did it, or whose rights it is about."""
    network: str | None = None
    """From where, without the last part of the address."""
    request_id: str
    detail: dict[str, object] | None = json_object(default=None)
    position: int | None = big_integer(default=None, unique=True)
    """In the chain, without gaps, in the order of commits; null until it is sealed, within seconds."""
    hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    """SHA-256 of the hash before it and of this line."""


class AuditHead(SQLModel, table=True):
    """The end of the chain, one row. Written by ingest's worker."""

    __tablename__ = "head"
    __table_args__ = ({"schema": "audit"},)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = big_integer()
    hash: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    """HMAC-SHA-256 of both, under a key that the database does not know."""
    sealed_at: datetime = moment_now()
