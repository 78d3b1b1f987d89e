"""A deposit says whether values are to be corrected; a verdict may have a corrected file."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "deposit",
        sa.Column("corrections", AutoString(), nullable=False, server_default=sa.text("'all'")),
        schema="ingest",
    )
    op.create_check_constraint(
        op.f("ck_deposit_corrections"), "deposit", "corrections IN ('all', 'none')", schema="ingest"
    )
    op.add_column(
        "validation_report",
        sa.Column("corrected_sha256", AutoString(length=64), nullable=True),
        schema="validator",
    )
