"""Organisations: who data belongs to."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from shared.models.columns import folded, long_text, one_of


class OrganisationKind(StrEnum):
    COMMUNE = "commune"
    EPCI = "epci"
    OTHER = "other"


class Organisation(SQLModel, table=True):
    """A commune, an EPCI or another producer. Written by ingest (and by the migration that loads the reference)."""

    __tablename__ = "organisation"
    __table_args__ = (
        one_of("kind", OrganisationKind),
        CheckConstraint("agents >= 0", name="agents"),
        {"schema": "ingest"},
    )

    siren: str = Field(primary_key=True, max_length=9)
    name: str = long_text()
    name_folded: str | None = folded("name")
    slug: str = Field(unique=True)
    """The name as it appears in dataset identifiers, for instance `l-isle-en-dodon`."""
    kind: str
    insee_code: str | None = Field(default=None, unique=True, max_length=5)
    departement: str | None = Field(default=None, max_length=3)
    population: int | None = None
    epci_siren: str | None = Field(default=None, max_length=9)
    agents: float | None = None
    """Staff in full-time equivalents, as the operator was told; null: not known."""
