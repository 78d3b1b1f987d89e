"""Schemas imported from a national catalogue, as this installation keeps them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.models.columns import long_text, moment_now, one_of, text_array


class RevisionState(StrEnum):
    """What a revision of a schema version is used for."""

    IN_FORCE = "in-force"
    """Files are checked against it."""
    WAITING = "waiting"
    """The catalogue changed the bytes of a known version: a person must accept or decline them."""
    REPLACED = "replaced"
    DECLINED = "declined"


class ImportedRevision(SQLModel, table=True):
    """A content met under a name and a version; never deleted. Written by the command `socle schemas`."""

    __tablename__ = "imported_revision"
    __table_args__ = (
        UniqueConstraint("name", "version", "sha256"),
        one_of("state", RevisionState),
        Index(
            "uq_imported_revision_in_force",
            "name",
            "version",
            unique=True,
            postgresql_where=text("state = 'in-force'"),
        ),
        {"schema": "registry"},
    )

    name: str = Field(primary_key=True)
    """As the catalogue names it: `etalab/schema-lieux-covoiturage`."""
    version: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    """1 for the first content met."""
    sha256: str = Field(max_length=64)
    """Of the bytes as they came."""
    document: str = long_text()
    """Those bytes as text."""
    url: str = long_text()
    """Where the catalogue said it was."""
    dataset_id: str
    title: str = long_text()
    description: str = long_text()
    theme: str
    slow_fields: list[str] = text_array(default_factory=list)
    """Fields whose pattern needs an engine that backtracks."""
    state: str
    imported_at: datetime = moment_now()
    changed_at: datetime = moment_now()
    """When `state` last changed."""
    seen_at: datetime = moment_now()
    """When the catalogue last listed this version with these bytes."""
