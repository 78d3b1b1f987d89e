"""Référents, the people who speak for an organisation, and what is written to them. Addresses are never public."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func, text
from sqlmodel import Field, SQLModel

from shared.ids import uuid7
from shared.models.columns import long_text, moment, moment_now


class Referent(SQLModel, table=True):
    """A person of an organisation who may grant and take back habilitations. Written by ingest."""

    __tablename__ = "referent"
    __table_args__ = (
        Index(
            "uq_referent_address",
            "organisation_siren",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        {"schema": "ingest"},
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    organisation_siren: str = Field(foreign_key="ingest.organisation.siren")
    email: str = Field(max_length=254)
    name: str = long_text(default="")
    role: str = long_text(default="")
    """As the organisation says it: secrétaire de mairie, DGS, délégué à la protection des données…"""
    created_at: datetime = moment_now()
    removed_at: datetime | None = moment(default=None)


class ConsentLink(SQLModel, table=True):
    """A link and a code sent to a référent, together worth one decision. Written by ingest."""

    __tablename__ = "consent_link"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    token_hash: bytes = Field(unique=True)
    """HMAC-SHA-256 of the link's secret part."""
    code_hash: bytes
    """HMAC-SHA-256 of the code, bound to this link."""
    referent_id: UUID = Field(foreign_key="ingest.referent.id", index=True)
    organisation_siren: str = Field(foreign_key="ingest.organisation.siren")
    habilitation_id: UUID | None = Field(default=None, foreign_key="ingest.habilitation.id")
    """The request to answer; null: the référent asked to see what the organisation has granted."""
    vendor_id: UUID | None = Field(default=None, foreign_key="ingest.vendor.id")
    """Who made us write; null: the référent."""
    created_at: datetime = moment_now()
    expires_at: datetime = moment()
    tries: int = 0
    used_at: datetime | None = moment(default=None)


class OutgoingMail(SQLModel, table=True):
    """A letter to be sent, written in the transaction of what it tells. The text is dropped once it has left."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_due", "due_at", postgresql_where=text("sent_at IS NULL AND failure IS NULL")),
        {"schema": "ingest"},
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    recipient: str
    subject: str = long_text()
    body: str = long_text()
    created_at: datetime = moment_now()
    due_at: datetime = moment_now()
    attempts: int = 0
    sent_at: datetime | None = moment(default=None)
    failure: str | None = long_text(default=None)
    """Why it was given up."""
