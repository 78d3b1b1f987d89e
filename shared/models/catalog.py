"""Published data sets and their versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Identity, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.models.columns import big_integer, long_text, moment, moment_now, text_array


class CatalogDataset(SQLModel, table=True):
    """A data set: an organisation's under a schema, or the département-wide one of a schema. Written by catalog."""

    __tablename__ = "dataset"
    __table_args__ = (
        UniqueConstraint("schema_name", "organisation_siren", postgresql_nulls_not_distinct=True),
        {"schema": "catalog"},
    )

    id: str = Field(primary_key=True)
    """Readable and stable: `deliberations`, `deliberations-muret`."""
    number: int = big_integer(default=None, unique=True, sa_column_args=(Identity(always=True),), nullable=False)
    """What row tables call it (`dataset_id`)."""
    schema_name: str
    organisation_siren: str | None = Field(default=None, foreign_key="ingest.organisation.siren")
    """Null for the consolidated data set."""
    title: str = long_text()
    current_version: int | None = big_integer(default=None)
    """Moves only forward. For a consolidated data set, the publication that last changed its table."""
    current_publication: int | None = big_integer(default=None)
    rows: int = big_integer(default=0)
    created_at: datetime = moment_now()
    updated_at: datetime | None = moment(default=None)


class CatalogVersion(SQLModel, table=True):
    """An immutable published state of an organisation's data set. Written by catalog."""

    __tablename__ = "version"
    __table_args__ = (Index("ix_version_schema", "schema_name", "publication"), {"schema": "catalog"})

    dataset_id: str = Field(primary_key=True, foreign_key="catalog.dataset.id")
    number: int = big_integer(primary_key=True)
    """1, 2, 3… within the data set."""
    publication: int = big_integer(unique=True)
    """Number of the transaction that made it; ordered as commits within a table (see `catalog.publish`)."""
    deposit_id: UUID = Field(foreign_key="ingest.deposit.id", unique=True)
    deposit_sequence: int = big_integer()
    schema_name: str
    schema_version: str
    slices: list[str] = text_array()
    """Slices the deposit replaced."""
    rows_inserted: int = big_integer()
    rows_closed: int = big_integer()
    rows: int = big_integer()
    """Rows of the data set in this version."""
    snapshot_sha256: str = Field(max_length=64)
    snapshot_bytes: int = big_integer()
    published_at: datetime = moment_now()
