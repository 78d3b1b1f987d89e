"""Keys: what they may do, their successor, their last use; vendors' address; référents of organisations.

Keys that are there already keep every right.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0009"
down_revision = "0008"

EVERY_ACTION = "ARRAY['deposit', 'read', 'decide', 'datasets', 'habilitations', 'webhooks', 'keys']"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    texts = postgresql.ARRAY(sa.Text())
    added: tuple[sa.Column[Any], ...] = (
        sa.Column("actions", texts, nullable=False, server_default=sa.text(EVERY_ACTION)),
        sa.Column("organisations", texts, nullable=True),
        sa.Column("schemas", texts, nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_by", AutoString(), nullable=False, server_default="operator"),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
    )
    for column in added:
        op.add_column("api_key", column, schema="ingest")
    op.create_foreign_key(
        op.f("fk_api_key_successor_id_api_key"),
        "api_key",
        "api_key",
        ["successor_id"],
        ["id"],
        source_schema="ingest",
        referent_schema="ingest",
    )
    op.add_column("vendor", sa.Column("email", AutoString(), nullable=True), schema="ingest")
    _referents()
    op.execute("GRANT SELECT, INSERT, UPDATE ON ingest.referent TO socle_ingest")
    op.execute("GRANT UPDATE (last_used_at) ON ingest.api_key TO socle_catalog")


def _referents() -> None:
    op.create_table(
        "referent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=False),
        sa.Column("email", AutoString(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_siren"],
            ["ingest.organisation.siren"],
            name=op.f("fk_referent_organisation_siren_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referent")),
        schema="ingest",
    )
    op.create_index(
        "uq_referent_address",
        "referent",
        ["organisation_siren", sa.text("lower(email)")],
        unique=True,
        schema="ingest",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
