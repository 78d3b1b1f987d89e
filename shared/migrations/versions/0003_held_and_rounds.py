"""Deposits held for confirmation, and further rounds of a journey.

The release before this one goes on working on this database: it inserts events with `ON CONFLICT (deposit_id, state)`,
so that rule stays on `deposit_event`. Events of later rounds, where a state comes back, go to a table that inherits
from it: whoever reads `deposit_event` reads both.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

SERVICES = "socle_ingest, socle_validator, socle_catalog"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in (
        sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    ):
        op.add_column("deposit", column, schema="ingest")
    op.create_index(
        "ix_deposit_held", "deposit", ["held_until"], schema="ingest", postgresql_where=sa.text("state = 'held'")
    )
    _create_later_events()
    _guard_transitions()
    op.execute("GRANT UPDATE (held_until, held_reasons) ON ingest.deposit TO socle_validator, socle_catalog")
    op.execute(f"GRANT SELECT, INSERT ON ingest.later_deposit_event TO {SERVICES}")
    op.execute(f"GRANT USAGE ON SEQUENCE ingest.deposit_event_id_seq TO {SERVICES}")


def _create_later_events() -> None:
    op.execute("""
        CREATE TABLE ingest.later_deposit_event (
            round integer NOT NULL,
            CONSTRAINT pk_later_deposit_event PRIMARY KEY (id),
            CONSTRAINT uq_later_deposit_event_deposit_id_round_state UNIQUE (deposit_id, round, state),
            CONSTRAINT fk_later_deposit_event_deposit_id_deposit FOREIGN KEY (deposit_id) REFERENCES ingest.deposit (id)
        ) INHERITS (ingest.deposit_event)
    """)
    op.execute(
        "ALTER TABLE ingest.later_deposit_event "
        "ALTER COLUMN id SET DEFAULT nextval('ingest.deposit_event_id_seq'::regclass)"
    )


def _guard_transitions() -> None:
    """Validator may hold a deposit; ingest may send it on, or end it, as a person decides."""
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
