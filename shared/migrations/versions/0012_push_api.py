"""Deposits with the vendor's reference, dry runs, a version to start from; answers kept under an Idempotency-Key.

The release before this one goes on working: it writes none of the new columns and knows none of the new ends.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0012"
down_revision = "0011"

STATES = (
    "'received', 'validating', 'validated', 'publishing', 'held', 'published', 'unchanged', 'rejected', "
    "'superseded', 'outdated', 'checked', 'failed', 'cancelled'"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in (
        sa.Column("external_id", AutoString(length=200), nullable=True),
        sa.Column("dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=True),
    ):
        op.add_column("deposit", column, schema="ingest")
    op.create_index(
        "ix_deposit_external_id",
        "deposit",
        ["vendor_id", "external_id"],
        schema="ingest",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_deposit_state"), "deposit", schema="ingest")
    op.create_check_constraint(op.f("ck_deposit_state"), "deposit", f"state IN ({STATES})", schema="ingest")
    _guard_transitions()
    _keep_answers()


def _keep_answers() -> None:
    """Of writes other than deposits: what was answered is answered again. Catalog has such writes too."""
    answer = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("idempotency_key", sa.Column("answer", answer, nullable=True), schema="ingest")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.idempotency_key TO socle_catalog")


def _guard_transitions() -> None:
    """Validator may end a dry run that would be held; catalog, any dry run, and what started from a past version."""
    op.execute("""
        CREATE OR REPLACE FUNCTION ingest.guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (CASE current_user
                WHEN 'socle_ingest' THEN
                    NEW.state = 'failed' AND OLD.state IN ('received', 'validating', 'validated', 'publishing')
                    OR (OLD.state, NEW.state) IN (('received', 'cancelled'), ('held', 'cancelled'),
                                                  ('held', 'validated'), ('failed', 'received'))
                WHEN 'socle_validator' THEN
                    (OLD.state, NEW.state) IN (('received', 'validating'), ('validating', 'validated'),
                                               ('validating', 'rejected'), ('validating', 'held'),
                                               ('validating', 'failed'))
                    OR NEW.dry_run AND (OLD.state, NEW.state) = ('validating', 'checked')
                WHEN 'socle_catalog' THEN
                    NOT NEW.dry_run
                    AND (OLD.state, NEW.state) IN (('publishing', 'published'), ('publishing', 'unchanged'),
                                                   ('publishing', 'superseded'), ('publishing', 'outdated'),
                                                   ('publishing', 'held'))
                    OR NEW.dry_run AND (OLD.state, NEW.state) = ('publishing', 'checked')
                    OR (OLD.state, NEW.state) IN (('validated', 'publishing'), ('publishing', 'failed'))
                ELSE true
            END) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'transition % -> % does not belong to %', OLD.state, NEW.state, current_user;
        END $$
    """)
