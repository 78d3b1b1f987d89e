"""Onboarding of organisations, operators' keys, and what the follow-up of publications reads."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0013"
down_revision = "0012"

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("organisation", sa.Column("agents", sa.Float(), nullable=True), schema="ingest")
    op.create_check_constraint(op.f("ck_organisation_agents"), "organisation", "agents >= 0", schema="ingest")
    _create_onboarding()
    _create_operator_keys()
    # The last deposit of each organisation under each schema, whatever became of it.
    op.create_index("ix_deposit_subject", "deposit", ["organisation_siren", "schema_name", "sequence"], schema="ingest")
    # Insertion only: a record that was wrong is followed by a right one.
    op.execute("GRANT SELECT, INSERT ON ingest.onboarding_record TO socle_ingest")
    op.execute("GRANT SELECT, INSERT, UPDATE ON ingest.operator_key TO socle_ingest")


def _create_onboarding() -> None:
    op.create_table(
        "onboarding_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=False),
        sa.Column("step", AutoString(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("document_sha256", AutoString(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("recorded_by", AutoString(), nullable=False),
        sa.CheckConstraint(
            "step IN ('contacted', 'presented', 'convention_signed', 'referents_named', 'configured')",
            name=op.f("ck_onboarding_record_step"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_siren"],
            ["ingest.organisation.siren"],
            name=op.f("fk_onboarding_record_organisation_siren_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_record")),
        schema="ingest",
    )
    columns = ["organisation_siren", "step", "id"]
    op.create_index("ix_onboarding_record_step", "onboarding_record", columns, schema="ingest")


def _create_operator_keys() -> None:
    op.create_table(
        "operator_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("prefix", AutoString(length=16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_operator_key_prefix")),
        schema="ingest",
    )
