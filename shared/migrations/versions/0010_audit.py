"""The audit trail. Lines come in; the only change there is to one is its place in the chain, once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0010"
down_revision = "0009"

NOW = sa.text("clock_timestamp()")

WRITTEN = "actor, action, subject, organisation_siren, vendor_id, network, request_id, detail"

GUARD = """
CREATE FUNCTION audit.guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.hash IS NOT NULL
           AND to_jsonb(NEW) - 'position' - 'hash' = to_jsonb(OLD) - 'position' - 'hash' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'lines of the audit trail never change';
END $$
"""

GRANTS = (
    "GRANT USAGE ON SCHEMA audit TO socle_ingest, socle_catalog",
    f"GRANT INSERT ({WRITTEN}) ON audit.entry TO socle_ingest, socle_catalog",
    "GRANT SELECT, UPDATE (position, hash) ON audit.entry TO socle_ingest",
    "GRANT SELECT, UPDATE ON audit.head TO socle_ingest",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA IF NOT EXISTS audit")
    _create_entry()
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head")),
        schema="audit",
    )
    op.execute(
        "INSERT INTO audit.head (id, position, hash, signature) VALUES (1, 0, decode(repeat('00', 32), 'hex'), '')"
    )
    op.execute(GUARD)
    for when, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER guard_{each.lower()} BEFORE {when} ON audit.entry "
            f"FOR EACH {each} EXECUTE FUNCTION audit.guard_entry()"
        )
    for grant in GRANTS:
        op.execute(grant)


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("actor", AutoString(), nullable=False),
        sa.Column("action", AutoString(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=True),
        sa.Column("vendor_id", sa.Uuid(), nullable=True),
        sa.Column("network", AutoString(), nullable=True),
        sa.Column("request_id", AutoString(), nullable=False),
        sa.Column("detail", JSONB(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("position", name=op.f("uq_entry_position")),
        schema="audit",
    )
    unsealed = sa.text("position IS NULL")
    op.create_index("ix_entry_unsealed", "entry", ["id"], schema="audit", postgresql_where=unsealed)
    op.create_index("ix_entry_vendor", "entry", ["vendor_id", "id"], schema="audit")
    op.create_index("ix_entry_organisation", "entry", ["organisation_siren", "id"], schema="audit")
