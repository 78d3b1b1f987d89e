"""Free data sets: schemas that producers declare, and what they say of their data sets.

Catalog makes the row tables of free data sets, and owns them; like any other, it may only close their rows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0008"
down_revision = "0007"

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("dataset", sa.Column("schema_version", AutoString(), nullable=True), schema="catalog")
    op.add_column("dataset", sa.Column("about", JSONB(), nullable=True), schema="catalog")
    op.create_table(
        "free_schema",
        sa.Column("dataset_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", AutoString(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("declared_by", AutoString(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["catalog.dataset.id"], name=op.f("fk_free_schema_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("dataset_id", "number", name=op.f("pk_free_schema")),
        schema="catalog",
    )
    op.execute("GRANT CREATE ON SCHEMA data TO socle_catalog")
    op.execute("GRANT SELECT, INSERT, UPDATE (changed_at) ON catalog.free_schema TO socle_catalog")
    op.execute("GRANT SELECT ON catalog.free_schema TO socle_ingest, socle_validator, socle_reader")
    op.execute("GRANT SELECT ON catalog.dataset TO socle_validator")
