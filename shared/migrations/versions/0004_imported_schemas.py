"""Schemas imported from a national catalogue: written by the owner's command, read by every service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0004"
down_revision = "0003"

SERVICES = "socle_ingest, socle_validator, socle_catalog, socle_reader"

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA IF NOT EXISTS registry")
    op.create_table(
        "imported_revision",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("version", AutoString(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", AutoString(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("dataset_id", AutoString(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("theme", AutoString(), nullable=False),
        sa.Column("slow_fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "state IN ('in-force', 'waiting', 'replaced', 'declined')", name=op.f("ck_imported_revision_state")
        ),
        sa.PrimaryKeyConstraint("name", "version", "revision", name=op.f("pk_imported_revision")),
        sa.UniqueConstraint("name", "version", "sha256", name=op.f("uq_imported_revision_name_version_sha256")),
        schema="registry",
    )
    op.create_index(
        "uq_imported_revision_in_force",
        "imported_revision",
        ["name", "version"],
        unique=True,
        schema="registry",
        postgresql_where=sa.text("state = 'in-force'"),
    )
    op.execute(f"GRANT USAGE ON SCHEMA registry TO {SERVICES}")
    op.execute(f"GRANT SELECT ON registry.imported_revision TO {SERVICES}")
