"""A process learns of imported schemas without being started again, and works when the database does not answer."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from journal import SessionsOf

from shared import imported
from shared.db import make_engine, make_sessions
from shared.imported import Follower, following
from shared.registry import ImportedSchema, Registry, SchemaVersionChecksOnly, load_registry
from shared.rows import RowTables

INSERT = """
    INSERT INTO registry.imported_revision
        (name, version, revision, sha256, document, url, dataset_id, title, description, theme, slow_fields, state)
    VALUES ($1, '1.0.0', 1, repeat('0', 64), $2, '', $3, 'Bancs', '', 'GOVE', '{}', $4)
"""
DOCUMENT = '{"fields": [{"name": "a", "type": "integer"}]}'


@pytest.fixture
async def owner(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def test_what_is_in_force_is_read_once_and_again_when_it_changes(
    owner: asyncpg.Connection, sessions_of: SessionsOf
) -> None:
    registry = load_registry()
    follower = Follower(registry, sessions_of("socle_reader"))
    await owner.execute(INSERT, "exemple/bancs", DOCUMENT, "bancs", "in-force")
    await owner.execute(INSERT, "exemple/autre", DOCUMENT, "autre", "waiting")
    assert await follower.look()
    assert registry.get("bancs").name == "exemple/bancs"
    assert "exemple/autre" not in registry.names()
    assert not await follower.look()
    await owner.execute(
        "UPDATE registry.imported_revision SET state = 'in-force', changed_at = clock_timestamp() WHERE name = $1",
        "exemple/autre",
    )
    assert await follower.look()
    assert "exemple/autre" in registry.names()


async def test_a_process_follows_while_it_runs(
    owner: asyncpg.Connection, sessions_of: SessionsOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imported, "LOOK_SECONDS", 0.01)
    registry = load_registry()
    tables = RowTables(registry)
    async with following(registry, sessions_of("socle_validator")):
        assert len(tables) == len(registry.names())
        await owner.execute(INSERT, "exemple/bancs", DOCUMENT, "bancs", "in-force")
        async with asyncio.timeout(60):
            while "exemple/bancs" not in tables:
                await asyncio.sleep(0.01)
        assert tables["exemple/bancs"].columns[0].column == "c_a__integer"


async def test_without_a_database_our_own_schemas_are_known() -> None:
    registry = load_registry()
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none", "socle_reader")
    async with following(registry, make_sessions(engine)):
        assert registry.names() == load_registry().names()
    await engine.dispose()


async def test_no_service_may_write_them(owner: asyncpg.Connection) -> None:
    for role in ("socle_ingest", "socle_validator", "socle_catalog", "socle_reader"):
        async with owner.transaction():
            await owner.execute(f"SET LOCAL ROLE {role}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with owner.transaction():
                    await owner.execute(INSERT, "exemple/bancs", DOCUMENT, "bancs", "in-force")


def test_a_version_that_only_checks_takes_no_deposit() -> None:
    registry: Registry = load_registry()
    registry.take_imported(
        [
            ImportedSchema(
                name="scdl/prenoms",
                version="1.1.5",
                revision=1,
                sha256="0" * 64,
                document=DOCUMENT,
                dataset_id="prenoms",
                title="Prénoms",
                description="",
                theme="SOCI",
            )
        ]
    )
    assert registry.get_for_deposit("prenoms").version == "1.1.6"
    with pytest.raises(SchemaVersionChecksOnly) as refusal:
        registry.get_for_deposit("prenoms", "1.1.5")
    assert "1.1.6" in refusal.value.action
