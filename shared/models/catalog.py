"""Published data sets and their versions."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.models.columns import big_integer, folded, json_object, long_text, moment, moment_now, one_of, text_array


class VersionMode(StrEnum):
    """What made a version: a deposit in one of its three modes, or a decision."""

    REPLACE = "replace"
    UPSERT = "upsert"
    DELETE = "delete"
    ROLLBACK = "rollback"
    """The rows of an older version, published again."""
    WITHDRAWAL = "withdrawal"
    """No rows: the data set was withdrawn."""


class CatalogDataset(SQLModel, table=True):
    """A data set: an organisation's under a schema, a free one, or the département-wide one of a schema. Written by
    catalog."""

    __tablename__ = "dataset"
    __table_args__ = (
        UniqueConstraint("schema_name", "organisation_siren", "trial_of", postgresql_nulls_not_distinct=True),
        {"schema": "catalog"},
    )

    id: str = Field(primary_key=True)
    """Readable and stable: `deliberations`, `deliberations-muret`; of a trial, `essai-…`, never given twice."""
    number: int = big_integer(default=None, unique=True, sa_column_args=(Identity(always=True),), nullable=False)
    """What row tables call it (`dataset_id`)."""
    schema_name: str
    organisation_siren: str | None = Field(default=None, foreign_key="ingest.organisation.siren")
    """Null for the consolidated data set."""
    trial_of: UUID | None = Field(default=None, foreign_key="ingest.vendor.id")
    """The vendor that tries something out here: to anybody else the data set does not exist; else null."""
    title: str = long_text()
    title_folded: str | None = folded("title")
    current_version: int | None = big_integer(default=None)
    """Moves only forward. For a consolidated data set, the publication that last changed its table."""
    current_publication: int | None = big_integer(default=None)
    rows: int = big_integer(default=0)
    created_at: datetime = moment_now()
    updated_at: datetime | None = moment(default=None)
    oldest_publication: int | None = big_integer(default=None)
    """The first publication that can still be read, once older rows were purged; null while all can. Of the
    consolidated data set: the latest of its organisations'."""
    withdrawn_at: datetime | None = moment(default=None)
    withdrawn_reason: str | None = long_text(default=None)
    """French, shown to whoever asks for the data set."""
    schema_version: str | None = None
    """Of a free data set: the newest version of its schema, which every process must know to read it; else null."""
    about: dict[str, Any] | None = json_object(default=None)
    """Of a free data set: what its producer says of it (description, theme, licence…); else null."""


class CatalogVersion(SQLModel, table=True):
    """An immutable published state of an organisation's data set. Written by catalog."""

    __tablename__ = "version"
    __table_args__ = (
        one_of("mode", VersionMode),
        Index("ix_version_schema", "schema_name", "publication"),
        {"schema": "catalog"},
    )

    dataset_id: str = Field(primary_key=True, foreign_key="catalog.dataset.id")
    trial_of: UUID | None = Field(default=None, foreign_key="ingest.vendor.id")
    """As its data set: the database shows both or neither."""
    number: int = big_integer(primary_key=True)
    """1, 2, 3… within the data set."""
    publication: int = big_integer(unique=True)
    """Number of the transaction that made it; ordered as commits within a table (see `catalog.publish`)."""
    deposit_id: UUID | None = Field(default=None, foreign_key="ingest.deposit.id", unique=True)
    """Null for a rollback or a withdrawal, which are nobody's deposit."""
    deposit_sequence: int | None = big_integer(default=None)
    mode: str = Field(default=VersionMode.REPLACE, sa_column_kwargs={"server_default": text("'replace'")})
    whole: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Whether every slice was replaced, those without rows included."""
    equals_number: int | None = big_integer(default=None)
    """For a rollback: the version whose rows these are."""
    decided_by: str | None = None
    """For a rollback or a withdrawal: `key <prefix>` or `operator`."""
    schema_name: str
    schema_version: str
    slices: list[str] = text_array()
    """Slices replaced or touched."""
    rows_inserted: int = big_integer()
    """Rows written: those that are new, and the new state of those that changed."""
    rows_closed: int = big_integer()
    """Rows that left, and the former state of those that changed."""
    rows_updated: int = big_integer(default=0, sa_column_kwargs={"server_default": text("0")})
    """How many of both are one identity that changed."""
    rows_unchanged: int = big_integer(default=0, sa_column_kwargs={"server_default": text("0")})
    """Rows of the deposit that changed nothing."""
    rows: int = big_integer()
    """Rows of the data set in this version."""
    snapshot_sha256: str = Field(max_length=64)
    snapshot_bytes: int = big_integer()
    published_at: datetime = moment_now()
    purged_at: datetime | None = moment(default=None)
    """When its rows were given up by the retention policy; the record stays."""
    files_deleted_at: datetime | None = moment(default=None)
    """When its files were deleted, or found to be those of a kept version too; after `purged_at`."""
