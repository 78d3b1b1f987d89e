"""What finding data sets needs: folded names to search in, and the profile of each data set."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0007"
down_revision = "0006"

# What `services.catalog.discover.words` does to questions. Decomposed before `lower`, which in the C locale knows
# ASCII letters only.
FOLDED = r"""
CREATE FUNCTION catalog.folded(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ' ' || btrim(regexp_replace(replace(replace(replace(replace(
        lower(regexp_replace(normalize(name, NFD), '[\u0300-\u036f]', '', 'g')),
        'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), '[^a-z0-9]+', ' ', 'g')) || ' '
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(FOLDED)
    for schema, table, source in (("catalog", "dataset", "title"), ("ingest", "organisation", "name")):
        folded = sa.Computed(f"catalog.folded({source})", persisted=True)
        op.add_column(table, sa.Column(f"{source}_folded", sa.Text(), folded, nullable=True), schema=schema)
    _create_profile()
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.profile TO socle_catalog")
    op.execute("GRANT SELECT ON catalog.profile TO socle_reader")


def _create_profile() -> None:
    op.create_table(
        "profile",
        sa.Column("dataset_id", AutoString(), nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("overlaps", sa.BigInteger(), nullable=True),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column(
            "measured_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["catalog.dataset.id"], name=op.f("fk_profile_dataset_id_dataset")),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_profile")),
        schema="catalog",
    )
