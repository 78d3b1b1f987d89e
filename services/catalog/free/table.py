"""The row table of a free data set: made, and widened, when its schema is declared."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.free.own_schema import InvalidDataset, fault
from shared.db import Sessions
from shared.errors import ServiceUnavailable
from shared.registry import ImportedSchema, Registry
from shared.rows import MIGRATION_LOCK, RowTable, row_table, row_table_statements

MAX_COLUMNS = 1_000
"""Over all versions: a table of PostgreSQL holds 1,600, those that were dropped included."""

LOCK_TIMEOUT = "3s"
"""A table that is being published into is not widened: whoever asks tries again."""

LOCK_NOT_AVAILABLE = "55P03"


def table_of(versions: Iterable[ImportedSchema]) -> RowTable:
    """The table of all versions of one schema. Raises InvalidDataset when they do not fit one: rows that are there are
    read with the columns, and known by the identity, of the newest."""
    listed = list(versions)
    registry = Registry(())
    registry.take_imported(listed)
    table = row_table(registry, listed[0].name)
    if len(table.columns) > MAX_COLUMNS:
        detail = f"les versions de ce schéma ont ensemble plus de {MAX_COLUMNS} colonnes"
        raise InvalidDataset([fault("#/schema/fields", detail)])
    kept: dict[str, str] = {}
    for column in table.columns:
        if column.field_name in kept.values():  # its values are elsewhere in the rows that are there already
            detail = f"« {column.field_name} » a un autre type dans une version précédente ; donnez-lui un autre nom"
            raise InvalidDataset([fault("#/schema/fields", detail)])
        same = kept.setdefault(column.column, column.field_name)
        if same != column.field_name:
            detail = f"« {column.field_name} » ne se distingue pas assez de « {same} »"
            raise InvalidDataset([fault("#/schema/fields", detail)])
    if len({registry.get(one.name, one.version).identity for one in listed}) > 1:
        detail = "la clé primaire ne change pas : les lignes déjà publiées ne seraient plus reconnues"
        raise InvalidDataset([fault("#/schema/primaryKey", detail)])
    return table


@asynccontextmanager
async def tables_taken(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A transaction during which no one else makes tables. Raises ServiceUnavailable when it would have to wait, for
    that or for a publication of the same data set."""
    try:
        async with sessions.begin() as session:
            await session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            yield session
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise ServiceUnavailable("Une publication ou une mise à jour est en cours sur ce jeu de données.") from error


async def prepare_table(session: AsyncSession, table: RowTable) -> None:
    """Make the table, or add what it lacks. Its owner, catalog, keeps what it may do to any other row table."""
    connection = await session.connection()
    for statement in (
        *row_table_statements(table),
        f"REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON {table.qualified} FROM socle_catalog",
        f"GRANT UPDATE (to_publication) ON {table.qualified} TO socle_catalog",
    ):
        await connection.exec_driver_sql(statement)
