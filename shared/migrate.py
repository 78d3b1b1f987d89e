"""Brings a database to this release: tables, roles, row tables of the registry, organisations of the reference.

May run at every start and by several processes at once; only adds.
"""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from shared.db import make_owner_engine
from shared.imported import read_imported_schemas
from shared.models import CatalogDataset, Organisation
from shared.models.organisation import OrganisationKind
from shared.reference import load_communes, load_epci
from shared.registry import Registry, load_registry
from shared.rows import FORMER_INDEXES, MIGRATION_LOCK, row_table, row_table_statements

log = logging.getLogger(__name__)

DEFAULT_DEPARTEMENTS = ("31",)

DROP_TIMEOUT = "30s"
"""How long whoever still reads a table is waited for, to drop an index of it."""


async def migrate(database_url: str, departements: Iterable[str] = DEFAULT_DEPARTEMENTS) -> None:
    """Everything this release needs in the database. Connects as the owner the URL names."""
    organisations = await asyncio.to_thread(reference_organisations, tuple(departements))
    registry = load_registry()
    engine = make_owner_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            await connection.run_sync(upgrade)
            registry.take_imported(await read_imported_schemas(connection))
            await prepare_schemas(connection, registry)
            await _load_organisations(connection, organisations)
        await _drop_former_indexes(engine)
    finally:
        await engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not seen."""
    command.upgrade(alembic_config(connection), "head")


def reference_organisations(departements: tuple[str, ...]) -> list[dict[str, object]]:
    """Communes and EPCI of the départements, as rows of `ingest.organisation`."""
    communes: list[dict[str, object]] = [
        {
            "siren": commune.siren,
            "name": commune.name,
            "slug": commune.slug,
            "kind": OrganisationKind.COMMUNE,
            "insee_code": commune.code,
            "departement": commune.departement,
            "population": commune.population,
            "epci_siren": commune.epci_siren,
        }
        for commune in load_communes(departements)
        if commune.siren is not None
    ]
    taken = {commune["slug"] for commune in communes}
    epci: list[dict[str, object]] = [
        {
            "siren": one.siren,
            "name": one.name,
            "slug": f"{one.slug}-{one.siren}" if one.slug in taken else one.slug,
            "kind": OrganisationKind.EPCI,
            "insee_code": None,
            "departement": one.departements[0],
            "population": one.population,
            "epci_siren": None,
        }
        for one in load_epci(departements)
    ]
    return communes + epci


async def prepare_schemas(connection: AsyncConnection, registry: Registry) -> None:
    """What deposits under these schemas need: row tables and consolidated data sets. Only adds."""
    await _create_row_tables(connection, registry)
    await _ensure_consolidated_datasets(connection, registry)


async def _create_row_tables(connection: AsyncConnection, registry: Registry) -> None:
    made = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'trials'"))
    tried = set(made.scalars())
    for name in registry.names():
        table = row_table(registry, name)
        for one in (table, table.for_trials) if table.name in tried else (table,):
            for statement in row_table_statements(one):
                await connection.exec_driver_sql(statement)


async def _drop_former_indexes(engine: AsyncEngine) -> None:
    """What new indexes have replaced goes once these are there, without a lock that readers or publications wait for;
    when it takes too long, the next start goes on."""
    found = text(
        "SELECT format('%I.%I', schemaname, indexname) FROM pg_indexes WHERE schemaname IN ('data', 'trials') "
        "AND indexdef LIKE ANY (:ends)"
    )
    async with engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in (await alone.execute(found, {"ends": [f"%{one}" for one in FORMER_INDEXES]})).scalars().all():
            await alone.execute(text(f"SET lock_timeout = '{DROP_TIMEOUT}'"))
            try:
                await alone.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))
            except DBAPIError as error:
                log.warning("former index stays", extra={"index": name, "error": str(error.orig)})


async def _ensure_consolidated_datasets(connection: AsyncConnection, registry: Registry) -> None:
    # A free data set has the identifier of its schema's already: it is the only one.
    for name in registry.names():
        dataset = registry.get(name).dataset
        statement = insert(CatalogDataset).values(id=dataset.id, schema_name=name, title=dataset.title, rows=0)
        await connection.execute(statement.on_conflict_do_nothing())


async def _load_organisations(connection: AsyncConnection, organisations: list[dict[str, object]]) -> None:
    """A slug never changes once given: it is part of the addresses of data sets."""
    if not organisations:
        return
    known = await connection.execute(select(col(Organisation.slug), col(Organisation.siren)))
    owners = {slug: siren for slug, siren in known}
    rows = [
        one if owners.get(str(one["slug"]), one["siren"]) == one["siren"] else {**one, "slug": _longer_slug(one)}
        for one in organisations
    ]
    statement = insert(Organisation)
    refreshed = {name: statement.excluded[name] for name in ("name", "population", "epci_siren", "departement")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["siren"], set_=refreshed), rows)


def _longer_slug(organisation: dict[str, object]) -> str:
    return f"{organisation['slug']}-{organisation['insee_code'] or organisation['siren']}"
