"""Modes of deposits, versions that no deposit made, retention and withdrawal."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0005"
down_revision = "0004"

CHECKS = (
    ("deposit", "mode", "'replace', 'upsert', 'delete'", "ingest"),
    ("deposit", "scope", "'present', 'all'", "ingest"),
    ("version", "mode", "'replace', 'upsert', 'delete', 'rollback', 'withdrawal'", "catalog"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _add_columns()
    for table, column_name, values, schema in CHECKS:
        op.create_check_constraint(
            op.f(f"ck_{table}_{column_name}"), table, f"{column_name} IN ({values})", schema=schema
        )
    for column_name in ("deposit_id", "deposit_sequence"):
        op.alter_column("version", column_name, nullable=True, schema="catalog")
    # catalog asks who wants to roll back, and whether it may
    op.execute("GRANT SELECT ON ingest.vendor, ingest.api_key, ingest.habilitation TO socle_catalog")


def _add_columns() -> None:
    column: sa.Column[Any]
    for column in (
        sa.Column("mode", AutoString(), server_default=sa.text("'replace'"), nullable=False),
        sa.Column("scope", AutoString(), server_default=sa.text("'present'"), nullable=False),
    ):
        op.add_column("deposit", column, schema="ingest")
    for column in (
        sa.Column("oldest_publication", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
    ):
        op.add_column("dataset", column, schema="catalog")
    for column in (
        sa.Column("mode", AutoString(), server_default=sa.text("'replace'"), nullable=False),
        sa.Column("whole", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("equals_number", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", AutoString(), nullable=True),
        sa.Column("rows_updated", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_unchanged", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("files_deleted_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("version", column, schema="catalog")
