"""Habilitations live: asked, granted, refused, revoked, expired; links for référents; letters to be sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0015"
down_revision = "0014"

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _habilitations()
    _consent_links()
    _mails()
    _guard_transitions()
    tables = "ingest.habilitation_event, ingest.consent_link, ingest.outgoing_mail"
    op.execute(f"GRANT SELECT, INSERT ON {tables} TO socle_ingest")
    op.execute("GRANT UPDATE, DELETE ON ingest.consent_link, ingest.outgoing_mail TO socle_ingest")


def _habilitations() -> None:
    moment = sa.DateTime(timezone=True)
    op.alter_column("habilitation", "revoked_at", new_column_name="ended_at", schema="ingest")
    op.alter_column("habilitation", "granted_at", nullable=True, server_default=None, schema="ingest")
    op.alter_column("habilitation", "basis", server_default="", schema="ingest")
    op.add_column(
        "habilitation", sa.Column("state", AutoString(), nullable=False, server_default="granted"), schema="ingest"
    )
    op.alter_column("habilitation", "state", server_default=None, schema="ingest")
    op.add_column("habilitation", sa.Column("message", sa.Text(), nullable=False, server_default=""), schema="ingest")
    op.add_column(
        "habilitation", sa.Column("requested_at", moment, nullable=False, server_default=NOW), schema="ingest"
    )
    op.add_column("habilitation", sa.Column("expires_at", moment, nullable=True), schema="ingest")
    op.execute("UPDATE ingest.habilitation SET requested_at = granted_at")
    op.execute("UPDATE ingest.habilitation SET state = 'revoked' WHERE ended_at IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_habilitation_state"),
        "habilitation",
        "state IN ('requested', 'granted', 'refused', 'revoked', 'expired')",
        schema="ingest",
    )
    _history()


def _history() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "habilitation_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("habilitation_id", sa.Uuid(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("at", moment, server_default=NOW, nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("detail", JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["habilitation_id"],
            ["ingest.habilitation.id"],
            name=op.f("fk_habilitation_event_habilitation_id_habilitation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation_event")),
        schema="ingest",
    )
    op.create_index(
        op.f("ix_habilitation_event_habilitation_id"), "habilitation_event", ["habilitation_id"], schema="ingest"
    )
    op.execute("""
        INSERT INTO ingest.habilitation_event (habilitation_id, state, at, by)
        SELECT id, 'granted', granted_at, 'operator' FROM ingest.habilitation
        UNION ALL SELECT id, 'revoked', ended_at, 'operator' FROM ingest.habilitation WHERE ended_at IS NOT NULL
    """)


def _consent_links() -> None:
    moment = sa.DateTime(timezone=True)
    targets = {
        "referent_id": "ingest.referent.id",
        "organisation_siren": "ingest.organisation.siren",
        "habilitation_id": "ingest.habilitation.id",
        "vendor_id": "ingest.vendor.id",
    }
    foreign = [
        sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_consent_link_{name}_{target.split('.')[1]}"))
        for name, target in targets.items()
    ]
    op.create_table(
        "consent_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("referent_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_siren", AutoString(), nullable=False),
        sa.Column("habilitation_id", sa.Uuid(), nullable=True),
        sa.Column("vendor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", moment, server_default=NOW, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        *foreign,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_consent_link_token_hash")),
        schema="ingest",
    )
    op.create_index(op.f("ix_consent_link_referent_id"), "consent_link", ["referent_id"], schema="ingest")


def _mails() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", AutoString(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", moment, server_default=NOW, nullable=False),
        sa.Column("due_at", moment, server_default=NOW, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        schema="ingest",
    )
    op.create_index(
        "ix_outgoing_mail_due",
        "outgoing_mail",
        ["due_at"],
        schema="ingest",
        postgresql_where=sa.text("sent_at IS NULL AND failure IS NULL"),
    )


def _guard_transitions() -> None:
    """A right that is taken back takes along what is on its way: ingest may cancel it wherever it is."""
    op.execute("""
        CREATE OR REPLACE FUNCTION ingest.guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (CASE current_user
                WHEN 'socle_ingest' THEN
                    NEW.state IN ('failed', 'cancelled')
                    AND OLD.state IN ('received', 'validating', 'validated', 'publishing')
                    OR (OLD.state, NEW.state) IN (('held', 'cancelled'), ('held', 'validated'), ('failed', 'received'))
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
