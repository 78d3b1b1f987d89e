"""Making a trial: the data set that a vendor's deposits with keys for tests are published into."""

import secrets

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.free.table import prepare_table
from shared.models import Deposit, Organisation
from shared.registry import SchemaVersion
from shared.rows import MIGRATION_LOCK, RowTable
from shared.trials import PREFIX

_LACKING = text(
    "SELECT to_regclass(:table) IS NULL OR (SELECT count(*) FROM pg_attribute "
    "WHERE attrelid = to_regclass(:table) AND attname = ANY(:columns)) < cardinality(CAST(:columns AS text[]))"
)


def trial_dataset(deposit: Deposit, organisation: Organisation, schema: SchemaVersion) -> dict[str, object]:
    """The columns of a new data set. Its identifier is never given again: no cache mistakes one trial for another."""
    return {
        "id": f"{PREFIX}{schema.dataset.id}-{organisation.slug}-{secrets.token_hex(6)}",
        "schema_name": schema.name,
        "schema_version": None if schema.owner_siren is None else schema.version,
        "organisation_siren": organisation.siren,
        "trial_of": deposit.trial_of,
        "title": f"Essai : {schema.dataset.title} — {organisation.name}",
        "rows": 0,
    }


async def widen_table(session: AsyncSession, table: RowTable) -> None:
    """Give the table of trials, if there is one, the columns of a new version of the schema: readers ask for them."""
    exists = text("SELECT to_regclass(:table) IS NOT NULL")
    if (await session.execute(exists, {"table": table.for_trials.qualified})).scalar_one():
        await ensure_table(session, table.for_trials)


async def ensure_table(session: AsyncSession, table: RowTable) -> None:
    """Make the table of trials under a schema, or widen it; usually it is as it must be."""
    asked = {"table": table.qualified, "columns": [column.column for column in table.columns]}
    if (await session.execute(_LACKING, asked)).scalar_one():
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        await prepare_table(session, table)
