"""Référents: the people who speak for an organisation. Their addresses are never public."""

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
