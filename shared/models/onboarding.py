"""How an organisation comes to publish: steps that the département records, none of which is ever forgotten."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Identity, Index
from sqlmodel import Field, SQLModel

from shared.models.columns import big_integer, long_text, moment_now, one_of


class OnboardingStep(StrEnum):
    """What is recorded, in the usual order. A step may be recorded late, or without those before it."""

    CONTACTED = "contacted"
    PRESENTED = "presented"
    CONVENTION_SIGNED = "convention_signed"
    REFERENTS_NAMED = "referents_named"
    CONFIGURED = "configured"


class OnboardingState(StrEnum):
    """How far an organisation has come: its furthest step, or what its publications tell."""

    NOT_CONTACTED = "not_contacted"
    CONTACTED = "contacted"
    PRESENTED = "presented"
    CONVENTION_SIGNED = "convention_signed"
    REFERENTS_NAMED = "referents_named"
    CONFIGURED = "configured"
    PUBLISHING = "publishing"
    """Never recorded: a version of a data set of its own exists."""


class OnboardingRecord(SQLModel, table=True):
    """A step, said to have been reached on a day. Written by ingest, which may only insert: of several records of one
    step the newest holds, the others are its history."""

    __tablename__ = "onboarding_record"
    __table_args__ = (
        one_of("step", OnboardingStep),
        Index("ix_onboarding_record_step", "organisation_siren", "step", "id"),
        {"schema": "ingest"},
    )

    id: int | None = big_integer(default=None, primary_key=True, sa_column_args=(Identity(always=True),))
    organisation_siren: str = Field(foreign_key="ingest.organisation.siren")
    step: str
    reached_on: date | None = None
    """Null takes the step back: it was recorded by mistake."""
    document_sha256: str | None = Field(default=None, max_length=64)
    """Of the signed convention, in hexadecimal; the document itself is kept elsewhere."""
    note: str = long_text(default="")
    recorded_at: datetime = moment_now()
    recorded_by: str
    """`operator`, or `operator <prefix>` of a key."""
