"""Deposits: the rows that travel. `shared/deposits.py` is the only code that moves one from state to state."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.ids import uuid7
from shared.models.columns import big_integer, json_object, long_text, moment, moment_now, one_of


class DepositState(StrEnum):
    """Where a deposit is on its journey; those after `held` are ends."""

    RECEIVED = "received"
    VALIDATING = "validating"
    VALIDATED = "validated"
    PUBLISHING = "publishing"
    HELD = "held"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    OUTDATED = "outdated"
    """The data set is no longer at the version that the deposit started from."""
    CHECKED = "checked"
    """The end of a dry run: the report says all, nothing was published."""
    FAILED = "failed"
    CANCELLED = "cancelled"


class Corrections(StrEnum):
    """What may be read otherwise than the vendor wrote it; every correction is listed in the report."""

    ALL = "all"
    NONE = "none"


class DepositMode(StrEnum):
    """What a deposit does with the rows that are published already."""

    REPLACE = "replace"
    """Its slices hold its rows and nothing else."""
    UPSERT = "upsert"
    """Its rows come, in the place of those of the same identity; all others stay."""
    DELETE = "delete"
    """The rows of its rows' identities leave; all others stay."""


class DepositScope(StrEnum):
    """Which slices a `replace` replaces."""

    PRESENT = "present"
    """Those that the file has rows of."""
    ALL = "all"
    """Every slice of the data set: what the file does not have leaves."""


WAITING_STATES = (
    DepositState.RECEIVED,
    DepositState.VALIDATING,
    DepositState.VALIDATED,
    DepositState.PUBLISHING,
)
"""States that somebody of ours must still move."""


class Deposit(SQLModel, table=True):
    """A file pushed for an organisation under a schema. Created by ingest; moved by ingest, validator and
    catalog through `shared.deposits`, each its own transitions."""

    __tablename__ = "deposit"
    __table_args__ = (
        one_of("state", DepositState),
        one_of("corrections", Corrections),
        one_of("mode", DepositMode),
        one_of("scope", DepositScope),
        Index(
            "ix_deposit_waiting",
            "organisation_siren",
            "schema_name",
            "sequence",
            postgresql_where=text("state IN ('received', 'validating', 'validated', 'publishing')"),
        ),
        Index("ix_deposit_vendor", "vendor_id", "sequence"),
        Index(
            "ix_deposit_to_validate",
            "vendor_id",
            "sequence",
            postgresql_where=text("state IN ('received', 'validating')"),
        ),
        Index(
            "ix_deposit_to_publish",
            "vendor_id",
            "sequence",
            postgresql_where=text("state IN ('validated', 'publishing')"),
        ),
        Index("ix_deposit_subject", "organisation_siren", "schema_name", "sequence"),
        Index(
            "ix_deposit_external_id",
            "vendor_id",
            "external_id",
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_deposit_trial", "received_at", postgresql_where=text("trial_of IS NOT NULL")),
        Index("ix_deposit_held", "held_until", postgresql_where=text("state = 'held'")),
        {"schema": "ingest"},
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    sequence: int = big_integer(default=None, unique=True, sa_column_args=(Identity(always=True),), nullable=False)
    """Order of acceptance: per organisation and schema, it is also the order of commits."""
    vendor_id: UUID = Field(foreign_key="ingest.vendor.id")
    trial_of: UUID | None = Field(default=None, foreign_key="ingest.vendor.id")
    """The vendor again, when it pushed with a key for tests: the deposit goes into a data set of its own; else null."""
    organisation_siren: str = Field(foreign_key="ingest.organisation.siren")
    schema_name: str
    schema_version: str | None = None
    """As asked for by the vendor; null lets the validator choose (its report says which it took)."""
    corrections: str = Field(default=Corrections.ALL, sa_column_kwargs={"server_default": text("'all'")})
    """As asked for by the vendor: `none` judges the file to the letter."""
    mode: str = Field(default=DepositMode.REPLACE, sa_column_kwargs={"server_default": text("'replace'")})
    scope: str = Field(default=DepositScope.PRESENT, sa_column_kwargs={"server_default": text("'present'")})
    """`all` only for a `replace`."""
    external_id: str | None = Field(default=None, max_length=200)
    """The vendor's own reference; several deposits may share it."""
    dry_run: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Judged and compared like any other, never published."""
    base_version: int | None = big_integer(default=None)
    """Published only while this is the version of the data set (0: none yet); null: whatever it is."""
    sha256: str = Field(max_length=64)
    size_bytes: int = big_integer()
    content_type: str
    filename: str | None = long_text(default=None)
    """As the vendor named it; shown back, never used as a path."""
    request_id: str
    """Of the push: log lines carry it from here to the publication."""
    state: str = Field(default=DepositState.RECEIVED)
    attempt: int = 0
    """Fencing token: grows with each claim; a writer that holds an older one writes nothing."""
    stage_attempts: int = 0
    """Claims in the present stage: a deposit that crashes its workers three times is put aside."""
    lease_until: datetime | None = moment(default=None)
    """By the database clock; past it, somebody else may claim."""
    rung_at: datetime = moment_now()
    """When the queue was last told (or was about to be: the hint follows the commit)."""
    received_at: datetime = moment_now(index=True)
    ended_at: datetime | None = moment(default=None, index=True)
    failure: str | None = long_text(default=None)
    """For `failed`: what went wrong on our side; for `outdated`: what came between. In French, without internals."""
    dataset_id: str | None = None
    dataset_version: int | None = big_integer(default=None)
    round: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    """Grows when a person sends the deposit on its way again: confirmed after `held`, or tried again after `failed`."""
    resumed_at: datetime | None = moment(default=None)
    """When the present round began; null in the first one, which began at `received_at`."""
    held_until: datetime | None = moment(default=None)
    """For `held`: past it, the deposit is `cancelled`."""
    held_reasons: list[dict[str, object]] | None = json_object(default=None)
    """Of the last hold: `[{"code": "personal-nir", "count": 2}]`, what a confirmation must repeat."""


class DepositEvent(SQLModel, table=True):
    """One transition of a deposit, written in the transaction that makes it. Written by `shared.deposits`.

    Read through this table, the events of every round are there: those of later rounds live in a table that inherits
    from this one, whose own rows keep the rule of one event per state.
    """

    __tablename__ = "deposit_event"
    __table_args__ = (UniqueConstraint("deposit_id", "state"), {"schema": "ingest"})

    id: int | None = big_integer(default=None, primary_key=True, sa_column_args=(Identity(always=True),))
    deposit_id: UUID = Field(foreign_key="ingest.deposit.id")
    state: str
    at: datetime = moment_now()
    detail: dict[str, object] | None = json_object(default=None)


class LaterDepositEvent(SQLModel, table=True):
    """A transition in the second or a later round of a deposit; inherits from `deposit_event`, with its numbers."""

    __tablename__ = "later_deposit_event"
    __table_args__ = (UniqueConstraint("deposit_id", "round", "state"), {"schema": "ingest"})

    id: int | None = big_integer(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("nextval('ingest.deposit_event_id_seq')"), "autoincrement": False},
    )
    deposit_id: UUID = Field(foreign_key="ingest.deposit.id")
    state: str
    at: datetime = moment_now()
    detail: dict[str, object] | None = json_object(default=None)
    round: int


class IdempotencyKey(SQLModel, table=True):
    """A vendor's Idempotency-Key, kept 30 days. Written by ingest, and by catalog for its own writes."""

    __tablename__ = "idempotency_key"
    __table_args__ = ({"schema": "ingest"},)

    vendor_id: UUID = Field(foreign_key="ingest.vendor.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: str | None = Field(default=None, max_length=64)
    """SHA-256 of the request (declared parameters and body); null while the first request is in progress."""
    deposit_id: UUID | None = Field(default=None, foreign_key="ingest.deposit.id")
    answer: dict[str, object] | None = json_object(default=None)
    """To any other write: its `status`, `headers` and `body` (text), given again to the same request."""
    locked_until: datetime = moment()
    """Until then a request without an answer counts as in progress (database clock)."""
    created_at: datetime = moment_now(index=True)
