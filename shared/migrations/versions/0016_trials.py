"""Trials: what vendors publish with keys for tests, into data sets that nobody but themselves can see.

The database itself keeps them apart: to roles that read, a trial does not exist unless they say whose they look at
(`socle.trial_of`), and catalog may delete trials, nothing else.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

SEEN = "trial_of IS NULL OR trial_of::text = current_setting('socle.trial_of', true)"

RECORD_DEPOSIT = """
CREATE OR REPLACE FUNCTION ingest.record_deposit_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    deposit ingest.deposit%ROWTYPE;
BEGIN
    SELECT * INTO STRICT deposit FROM ingest.deposit WHERE id = NEW.deposit_id;
    INSERT INTO ingest.webhook_event (type, vendor_id, organisation_siren, schema_name, is_test, subject, data)
    VALUES (
        'deposit.' || NEW.state, deposit.vendor_id, deposit.organisation_siren, deposit.schema_name,
        deposit.trial_of IS NOT NULL, NEW.deposit_id,
        jsonb_build_object(
            'deposit', NEW.deposit_id, 'state', NEW.state, 'organisation', deposit.organisation_siren,
            'schema', deposit.schema_name, 'dataset', deposit.dataset_id, 'version', deposit.dataset_version,
            'external_id', deposit.external_id, 'dry_run', deposit.dry_run, 'test', deposit.trial_of IS NOT NULL,
            'href', '/v1/deposits/' || NEW.deposit_id
        )
    );
    RETURN NULL;
END $$
"""

RECORD_VERSION = """
CREATE OR REPLACE FUNCTION ingest.record_version_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    organisation text;
BEGIN
    SELECT organisation_siren INTO STRICT organisation FROM catalog.dataset WHERE id = NEW.dataset_id;
    INSERT INTO ingest.webhook_event (type, vendor_id, organisation_siren, schema_name, is_test, subject, data)
    VALUES (
        'dataset.version_published', NEW.trial_of, organisation, NEW.schema_name, NEW.trial_of IS NOT NULL,
        NEW.dataset_id,
        jsonb_build_object(
            'dataset', NEW.dataset_id, 'version', NEW.number, 'organisation', organisation, 'schema', NEW.schema_name,
            'mode', NEW.mode, 'rows', NEW.rows, 'test', NEW.trial_of IS NOT NULL,
            'href', '/v1/datasets/' || NEW.dataset_id
        )
    );
    RETURN NULL;
END $$
"""

FORGET = """
CREATE FUNCTION ingest.forget_trials(deposits uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due uuid[];
BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO due FROM ingest.deposit
    WHERE id = ANY (deposits) AND trial_of IS NOT NULL AND ended_at IS NOT NULL;
    DELETE FROM ingest.idempotency_key WHERE deposit_id = ANY (due);
    DELETE FROM ingest.deposit_event WHERE deposit_id = ANY (due);
    DELETE FROM validator.validation_report WHERE deposit_id = ANY (due);
    DELETE FROM ingest.deposit WHERE id = ANY (due);
    RETURN cardinality(due);
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, schema in (("deposit", "ingest"), ("dataset", "catalog"), ("version", "catalog")):
        op.add_column(table, sa.Column("trial_of", sa.Uuid(), nullable=True), schema=schema)
        op.create_foreign_key(
            op.f(f"fk_{table}_trial_of_vendor"),
            table,
            "vendor",
            ["trial_of"],
            ["id"],
            source_schema=schema,
            referent_schema="ingest",
        )
    op.create_index(
        "ix_deposit_trial",
        "deposit",
        ["received_at"],
        schema="ingest",
        postgresql_where=sa.text("trial_of IS NOT NULL"),
    )
    _own_data_sets()
    _keep_apart()
    for function in (RECORD_DEPOSIT, RECORD_VERSION, FORGET):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION ingest.forget_trials(uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION ingest.forget_trials(uuid[]) TO socle_catalog")


def _own_data_sets() -> None:
    op.drop_constraint(op.f("uq_dataset_schema_name_organisation_siren"), "dataset", schema="catalog")
    op.create_unique_constraint(
        op.f("uq_dataset_schema_name_organisation_siren_trial_of"),
        "dataset",
        ["schema_name", "organisation_siren", "trial_of"],
        schema="catalog",
        postgresql_nulls_not_distinct=True,
    )
    op.execute("CREATE SCHEMA trials")
    op.execute("GRANT USAGE ON SCHEMA trials TO socle_reader, socle_catalog")
    op.execute("GRANT CREATE ON SCHEMA trials TO socle_catalog")


def _keep_apart() -> None:
    """What any role may see by default is what is no trial; catalog, which publishes them, sees all."""
    for table in ("dataset", "version"):
        op.execute(f"CREATE POLICY seen ON catalog.{table} FOR SELECT USING ({SEEN})")
        op.execute(f"CREATE POLICY published ON catalog.{table} FOR SELECT TO socle_catalog USING (true)")
        op.execute(f"CREATE POLICY added ON catalog.{table} FOR INSERT TO socle_catalog WITH CHECK (true)")
        op.execute(f"CREATE POLICY changed ON catalog.{table} FOR UPDATE TO socle_catalog USING (true)")
        op.execute(
            f"CREATE POLICY forgotten ON catalog.{table} FOR DELETE TO socle_catalog USING (trial_of IS NOT NULL)"
        )
        op.execute(f"ALTER TABLE catalog.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT DELETE ON catalog.{table} TO socle_catalog")
