"""Webhooks. Triggers record events in the transaction of what they tell: no path of the code can forget one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0011"
down_revision = "0010"

NOW = sa.text("clock_timestamp()")

TOLD_STATES = (
    "('held', 'published', 'unchanged', 'rejected', 'superseded', 'outdated', 'checked', 'failed', 'cancelled')"
)

# They run as the owner of the tables: services that move deposits need not be able to write events. Columns that later
# migrations add to deposits are read through `to_jsonb`: there is nothing of them until they exist.
RECORD_DEPOSIT = """
CREATE FUNCTION ingest.record_deposit_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    deposit ingest.deposit%ROWTYPE;
    found jsonb;
BEGIN
    SELECT * INTO STRICT deposit FROM ingest.deposit WHERE id = NEW.deposit_id;
    found := to_jsonb(deposit);
    INSERT INTO ingest.webhook_event (type, vendor_id, organisation_siren, schema_name, is_test, subject, data)
    VALUES (
        'deposit.' || NEW.state, deposit.vendor_id, deposit.organisation_siren, deposit.schema_name,
        coalesce((found ->> 'is_test')::boolean, false), NEW.deposit_id,
        jsonb_build_object(
            'deposit', NEW.deposit_id, 'state', NEW.state, 'organisation', deposit.organisation_siren,
            'schema', deposit.schema_name, 'dataset', deposit.dataset_id, 'version', deposit.dataset_version,
            'external_id', found -> 'external_id', 'dry_run', coalesce((found ->> 'dry_run')::boolean, false),
            'href', '/v1/deposits/' || NEW.deposit_id
        )
    );
    RETURN NULL;
END $$
"""

RECORD_VERSION = """
CREATE FUNCTION ingest.record_version_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    organisation text;
BEGIN
    SELECT organisation_siren INTO STRICT organisation FROM catalog.dataset WHERE id = NEW.dataset_id;
    INSERT INTO ingest.webhook_event (type, organisation_siren, schema_name, subject, data)
    VALUES (
        'dataset.version_published', organisation, NEW.schema_name, NEW.dataset_id,
        jsonb_build_object(
            'dataset', NEW.dataset_id, 'version', NEW.number, 'organisation', organisation, 'schema', NEW.schema_name,
            'mode', NEW.mode, 'rows', NEW.rows, 'href', '/v1/datasets/' || NEW.dataset_id
        )
    );
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_events()
    _create_endpoints()
    _create_deliveries()
    _create_attempts()
    op.execute(RECORD_DEPOSIT)
    op.execute(RECORD_VERSION)
    for table in ("deposit_event", "later_deposit_event"):
        op.execute(
            f"CREATE TRIGGER record_webhook_event AFTER INSERT ON ingest.{table} FOR EACH ROW "
            f"WHEN (NEW.state IN {TOLD_STATES}) EXECUTE FUNCTION ingest.record_deposit_event()"
        )
    op.execute(
        "CREATE TRIGGER record_webhook_event AFTER INSERT ON catalog.version FOR EACH ROW "
        "EXECUTE FUNCTION ingest.record_version_event()"
    )
    for name in ("event", "endpoint", "secret", "delivery", "attempt"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.webhook_{name} TO socle_ingest")


def _create_events() -> None:
    op.create_table(
        "webhook_event",
        _identifier(),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_siren", AutoString(), nullable=True),
        sa.Column("schema_name", AutoString(), nullable=True),
        sa.Column("is_test", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _moment("at", now=True),
        _moment("sent_out_at"),
        sa.ForeignKeyConstraint(["vendor_id"], ["ingest.vendor.id"], name=op.f("fk_webhook_event_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("sequence", name=op.f("uq_webhook_event_sequence")),
        schema="ingest",
    )
    unsent = sa.text("sent_out_at IS NULL")
    op.create_index("ix_webhook_event_unsent", "webhook_event", ["sequence"], schema="ingest", postgresql_where=unsent)
    for column in ("vendor_id", "at"):
        op.create_index(op.f(f"ix_webhook_event_{column}"), "webhook_event", [column], schema="ingest")


def _create_endpoints() -> None:
    texts = postgresql.ARRAY(sa.Text())
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("events", texts, nullable=False),
        sa.Column("datasets", texts, nullable=True),
        sa.Column("organisations", texts, nullable=True),
        sa.Column("schemas", texts, nullable=True),
        sa.Column("is_test", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", AutoString(), server_default=sa.text("'enabled'"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        _moment("throttled_until"),
        _moment("last_success_at"),
        _moment("created_at", now=True),
        sa.CheckConstraint("state IN ('enabled', 'disabled', 'removed')", name=op.f("ck_webhook_endpoint_state")),
        sa.ForeignKeyConstraint(["vendor_id"], ["ingest.vendor.id"], name=op.f("fk_webhook_endpoint_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
        schema="ingest",
    )
    op.create_table(
        "webhook_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        _moment("created_at", now=True),
        _moment("expires_at"),
        _of("webhook_secret", "endpoint"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secret")),
        schema="ingest",
    )
    for table, column in (("webhook_endpoint", "vendor_id"), ("webhook_secret", "endpoint_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], schema="ingest")


def _create_deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        _identifier(),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("state", AutoString(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claims", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=NOW, nullable=True),
        _moment("created_at", now=True),
        _moment("ended_at"),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_state")),
        _of("webhook_delivery", "endpoint"),
        _of("webhook_delivery", "event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("sequence", name=op.f("uq_webhook_delivery_sequence")),
        schema="ingest",
    )
    op.create_index(op.f("ix_webhook_delivery_event_id"), "webhook_delivery", ["event_id"], schema="ingest")
    op.create_index("ix_webhook_delivery_log", "webhook_delivery", ["endpoint_id", "sequence"], schema="ingest")
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["endpoint_id", "subject", "sequence"],
        schema="ingest",
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _create_attempts() -> None:
    op.create_table(
        "webhook_attempt",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _moment("at", now=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        _of("webhook_attempt", "delivery"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_webhook_attempt")),
        schema="ingest",
    )


def _identifier() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW if now else None, nullable=not now)


def _of(table: str, other: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{other}_id_webhook_{other}"
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"ingest.webhook_{other}.id"], name=op.f(name))
