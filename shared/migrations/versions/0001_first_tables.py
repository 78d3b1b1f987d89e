"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_roles()
    for name in ("ingest", "validator", "catalog", "data"):
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    op.create_table(
        "organisation",
        sa.Column("siren", AutoString(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("insee_code", AutoString(length=5), nullable=True),
        sa.Column("departement", AutoString(length=3), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("epci_siren", AutoString(length=9), nullable=True),
        sa.CheckConstraint("kind IN ('commune', 'epci', 'other')", name=op.f("ck_organisation_kind")),
        sa.PrimaryKeyConstraint("siren", name=op.f("pk_organisation")),
        sa.UniqueConstraint("insee_code", name=op.f("uq_organisation_insee_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
        schema="ingest",
    )
    op.create_table(
        "vendor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
        sa.UniqueConstraint("name", name=op.f("uq_vendor_name")),
        schema="ingest",
    )
    op.create_table(
        "dataset",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("schema_name", AutoString(), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("current_version", sa.BigInteger(), nullable=True),
        sa.Column("current_publication", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_siren"],
            ["ingest.organisation.siren"],
            name=op.f("fk_dataset_organisation_siren_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("number", name=op.f("uq_dataset_number")),
        sa.UniqueConstraint(
            "schema_name",
            "organisation_siren",
            name=op.f("uq_dataset_schema_name_organisation_siren"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="catalog",
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", AutoString(length=16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["vendor_id"], ["ingest.vendor.id"], name=op.f("fk_api_key_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
        schema="ingest",
    )
    op.create_index(op.f("ix_api_key_vendor_id"), "api_key", ["vendor_id"], unique=False, schema="ingest")
    op.create_table(
        "deposit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=False),
        sa.Column("schema_name", AutoString(), nullable=False),
        sa.Column("schema_version", AutoString(), nullable=True),
        sa.Column("sha256", AutoString(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_type", AutoString(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("request_id", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage_attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("dataset_id", AutoString(), nullable=True),
        sa.Column("dataset_version", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'validating', 'validated', 'publishing', 'held', 'published', 'unchanged', "
            "'rejected', 'superseded', 'failed', 'cancelled')",
            name=op.f("ck_deposit_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_siren"],
            ["ingest.organisation.siren"],
            name=op.f("fk_deposit_organisation_siren_organisation"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["ingest.vendor.id"], name=op.f("fk_deposit_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("sequence", name=op.f("uq_deposit_sequence")),
        schema="ingest",
    )
    op.create_index(op.f("ix_deposit_ended_at"), "deposit", ["ended_at"], unique=False, schema="ingest")
    op.create_index(op.f("ix_deposit_received_at"), "deposit", ["received_at"], unique=False, schema="ingest")
    op.create_index("ix_deposit_vendor", "deposit", ["vendor_id", "sequence"], unique=False, schema="ingest")
    op.create_index(
        "ix_deposit_waiting",
        "deposit",
        ["organisation_siren", "schema_name", "sequence"],
        unique=False,
        schema="ingest",
        postgresql_where=sa.text("state IN ('received', 'validating', 'validated', 'publishing')"),
    )
    op.create_table(
        "habilitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=False),
        sa.Column("schemas", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column(
            "granted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_siren"],
            ["ingest.organisation.siren"],
            name=op.f("fk_habilitation_organisation_siren_organisation"),
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["ingest.vendor.id"], name=op.f("fk_habilitation_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation")),
        schema="ingest",
    )
    op.create_index(
        op.f("ix_habilitation_organisation_siren"),
        "habilitation",
        ["organisation_siren"],
        unique=False,
        schema="ingest",
    )
    op.create_index(op.f("ix_habilitation_vendor_id"), "habilitation", ["vendor_id"], unique=False, schema="ingest")
    op.create_table(
        "version",
        sa.Column("dataset_id", AutoString(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_sequence", sa.BigInteger(), nullable=False),
        sa.Column("schema_name", AutoString(), nullable=False),
        sa.Column("schema_version", AutoString(), nullable=False),
        sa.Column("slices", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rows_inserted", sa.BigInteger(), nullable=False),
        sa.Column("rows_closed", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_sha256", AutoString(length=64), nullable=False),
        sa.Column("snapshot_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["catalog.dataset.id"], name=op.f("fk_version_dataset_id_dataset")),
        sa.ForeignKeyConstraint(["deposit_id"], ["ingest.deposit.id"], name=op.f("fk_version_deposit_id_deposit")),
        sa.PrimaryKeyConstraint("dataset_id", "number", name=op.f("pk_version")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_version_deposit_id")),
        sa.UniqueConstraint("publication", name=op.f("uq_version_publication")),
        schema="catalog",
    )
    op.create_index("ix_version_schema", "version", ["schema_name", "publication"], unique=False, schema="catalog")
    op.create_table(
        "deposit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["ingest.deposit.id"], name=op.f("fk_deposit_event_deposit_id_deposit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_event")),
        sa.UniqueConstraint("deposit_id", "state", name=op.f("uq_deposit_event_deposit_id_state")),
        schema="ingest",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("key", AutoString(length=255), nullable=False),
        sa.Column("fingerprint", AutoString(length=64), nullable=True),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["ingest.deposit.id"], name=op.f("fk_idempotency_key_deposit_id_deposit")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["ingest.vendor.id"], name=op.f("fk_idempotency_key_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("vendor_id", "key", name=op.f("pk_idempotency_key")),
        schema="ingest",
    )
    op.create_index(
        op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False, schema="ingest"
    )
    op.create_table(
        "validation_report",
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", AutoString(), nullable=False),
        sa.Column("schema_name", AutoString(), nullable=False),
        sa.Column("schema_version", AutoString(), nullable=False),
        sa.Column("schema_sha256", AutoString(length=64), nullable=False),
        sa.Column("engine_version", AutoString(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("warnings", sa.BigInteger(), nullable=False),
        sa.Column("corrections", sa.BigInteger(), nullable=False),
        sa.Column("report_sha256", AutoString(length=64), nullable=False),
        sa.Column("table_sha256", AutoString(length=64), nullable=True),
        sa.Column("slices", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["ingest.deposit.id"], name=op.f("fk_validation_report_deposit_id_deposit")
        ),
        sa.PrimaryKeyConstraint("deposit_id", name=op.f("pk_validation_report")),
        schema="validator",
    )
    op.execute("CREATE SEQUENCE catalog.publication_number AS bigint")
    _guard_transitions()
    _grant()


ROLES = ("socle_ingest", "socle_validator", "socle_catalog", "socle_reader")

MOVING_COLUMNS = "state, attempt, stage_attempts, lease_until, rung_at, ended_at, failure"

GRANTS = (
    "GRANT USAGE ON SCHEMA ingest, validator, catalog TO socle_ingest, socle_validator, socle_catalog",
    "GRANT USAGE ON SCHEMA ingest, catalog, data TO socle_reader",
    "GRANT USAGE ON SCHEMA data TO socle_catalog",
    # ingest owns the records around deposits, and reads the rest to show it
    "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA ingest TO socle_ingest",
    "GRANT DELETE ON ingest.idempotency_key TO socle_ingest",
    "GRANT SELECT ON ALL TABLES IN SCHEMA validator, catalog TO socle_ingest",
    # validator moves deposits through its stage and writes reports
    "GRANT SELECT ON ingest.deposit, ingest.organisation TO socle_validator",
    f"GRANT UPDATE ({MOVING_COLUMNS}) ON ingest.deposit TO socle_validator",
    "GRANT SELECT, INSERT ON ingest.deposit_event TO socle_validator",
    "GRANT SELECT, INSERT, UPDATE ON validator.validation_report TO socle_validator",
    # catalog moves deposits through its stage and writes data sets, versions and rows
    "GRANT SELECT ON ingest.deposit, ingest.organisation, validator.validation_report TO socle_catalog",
    f"GRANT UPDATE ({MOVING_COLUMNS}, dataset_id, dataset_version) ON ingest.deposit TO socle_catalog",
    "GRANT SELECT, INSERT ON ingest.deposit_event TO socle_catalog",
    "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA catalog TO socle_catalog",
    "GRANT USAGE, SELECT ON SEQUENCE catalog.publication_number TO socle_catalog",
    # public reads
    "GRANT SELECT ON ALL TABLES IN SCHEMA catalog TO socle_reader",
    "GRANT SELECT ON ingest.organisation TO socle_reader",
)


def _create_roles() -> None:
    """Roles belong to the whole server: another database of it may have made them."""
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; "
            "END $$"
        )
        op.execute(f"GRANT {role} TO CURRENT_USER")


def _guard_transitions() -> None:
    """Each transition belongs to one service; a service that tries another's is refused by the database."""
    op.execute("""
        CREATE FUNCTION ingest.guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (CASE current_user
                WHEN 'socle_ingest' THEN
                    NEW.state IN ('failed', 'cancelled') OR (OLD.state, NEW.state) = ('failed', 'received')
                WHEN 'socle_validator' THEN
                    (OLD.state, NEW.state) IN (('received', 'validating'), ('validating', 'validated'),
                                               ('validating', 'rejected'), ('validating', 'failed'))
                WHEN 'socle_catalog' THEN
                    (OLD.state, NEW.state) IN (('validated', 'publishing'), ('publishing', 'published'),
                                               ('publishing', 'unchanged'), ('publishing', 'superseded'),
                                               ('publishing', 'held'), ('publishing', 'failed'))
                ELSE true
            END) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'transition % -> % does not belong to %', OLD.state, NEW.state, current_user;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER guard_transition BEFORE UPDATE OF state ON ingest.deposit
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION ingest.guard_transition()
    """)


def _grant() -> None:
    for grant in GRANTS:
        op.execute(grant)
