"""What a catalogue brings, what it may not change alone, and what it can never take away."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from schema_catalogue import Catalogue
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.cli.schemas.catalogue import read_catalogue
from services.cli.schemas.decide import NothingWaiting, accept, decline
from services.cli.schemas.fetched import Trouble, fetch_all
from services.cli.schemas.source import Source
from services.cli.schemas.sync import Outcome, write
from shared.db import make_owner_engine
from shared.imported import read_imported_schemas
from shared.migrate import migrate
from shared.registry import Registry, load_registry
from shared.rows import row_table

DEFIBRILLATEURS = "exemple/schema-defibrillateurs"
FIELDS = [
    {"name": "code", "type": "string", "constraints": {"required": True, "pattern": r"^\d{3}$"}},
    {"name": "nbPlaces", "type": "integer"},
    {"name": "position", "type": "geopoint", "format": "array"},
]
DOCUMENT: dict[str, Any] = {"name": "defibrillateurs", "title": "Défibrillateurs", "fields": FIELDS}


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    made = make_owner_engine(database)
    yield made
    await made.dispose()


async def sync(engine: AsyncEngine, catalogue: Catalogue, *only: str) -> tuple[Outcome, list[Trouble]]:
    listed = read_catalogue(catalogue.path.read_bytes(), only=only)
    fetched, troubles = await fetch_all(listed, Source(catalogue.base))
    async with engine.begin() as connection:
        return await write(connection, fetched, listed=listed, only=only), troubles


async def registry_of(engine: AsyncEngine) -> Registry:
    registry = load_registry()
    async with engine.connect() as connection:
        registry.take_imported(await read_imported_schemas(connection))
    return registry


async def states(connection: AsyncConnection) -> list[tuple[int, str]]:
    rows = await connection.exec_driver_sql("SELECT revision, state FROM registry.imported_revision ORDER BY revision")
    return [(row[0], row[1]) for row in rows]


async def test_a_new_schema_is_known_and_takes_deposits(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT, title="Défibrillateurs", labels=["transport.data.gouv.fr"])
    outcome, troubles = await sync(engine, catalogue)
    assert (outcome.added, troubles) == ([(DEFIBRILLATEURS, "1.0.0")], [])
    registry = await registry_of(engine)
    schema = registry.get("defibrillateurs")
    assert (schema.name, schema.dataset.theme, schema.takes_deposits) == (DEFIBRILLATEURS, "TRAN", True)
    async with engine.connect() as connection:
        table = row_table(registry, DEFIBRILLATEURS).qualified
        assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one() == 0
        titles = await connection.exec_driver_sql("SELECT title FROM catalog.dataset WHERE id = 'defibrillateurs'")
        assert titles.scalar_one() == "Défibrillateurs"


async def test_the_same_catalogue_again_changes_nothing(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    outcome, _ = await sync(engine, catalogue)
    assert (outcome.added, outcome.changed) == ([], [])
    assert outcome.unchanged == [(DEFIBRILLATEURS, "1.0.0")]


async def test_changed_bytes_wait_until_a_person_accepts_them(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    before = (await registry_of(engine)).get(DEFIBRILLATEURS)
    catalogue.put(DEFIBRILLATEURS, "1.0.0", {**DOCUMENT, "fields": [*FIELDS, {"name": "etage", "type": "string"}]})
    for _ in range(2):
        outcome, _ = await sync(engine, catalogue)
        assert outcome.changed == [(DEFIBRILLATEURS, "1.0.0")]
        assert (await registry_of(engine)).get(DEFIBRILLATEURS).sha256 == before.sha256
    async with engine.begin() as connection:
        assert await states(connection) == [(1, "in-force"), (2, "waiting")]
        assert await accept(connection, DEFIBRILLATEURS, "1.0.0") == 2
        assert await states(connection) == [(1, "replaced"), (2, "in-force")]
    registry = await registry_of(engine)
    assert registry.get(DEFIBRILLATEURS).field_names == ("code", "nbPlaces", "position", "etage")
    async with engine.connect() as connection:
        table = row_table(registry, DEFIBRILLATEURS)
        await connection.exec_driver_sql(f"SELECT c_etage FROM {table.qualified}")
    outcome, _ = await sync(engine, catalogue)
    assert outcome.changed == []


async def test_declined_bytes_are_no_alarm_any_more(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    catalogue.put(DEFIBRILLATEURS, "1.0.0", {**DOCUMENT, "title": "Autre"})
    await sync(engine, catalogue)
    async with engine.begin() as connection:
        assert await decline(connection, DEFIBRILLATEURS, "1.0.0") == [2]
        with pytest.raises(NothingWaiting):
            await accept(connection, DEFIBRILLATEURS, "1.0.0")
    outcome, _ = await sync(engine, catalogue)
    assert (outcome.changed, outcome.unchanged) == ([], [(DEFIBRILLATEURS, "1.0.0")])


async def test_bytes_that_were_replaced_and_come_back_wait_again(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    catalogue.put(DEFIBRILLATEURS, "1.0.0", {**DOCUMENT, "title": "Autre"})
    await sync(engine, catalogue)
    async with engine.begin() as connection:
        await accept(connection, DEFIBRILLATEURS, "1.0.0")
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    outcome, _ = await sync(engine, catalogue)
    assert outcome.changed == [(DEFIBRILLATEURS, "1.0.0")]
    async with engine.connect() as connection:
        assert await states(connection) == [(1, "waiting"), (2, "in-force")]


async def test_what_leaves_the_catalogue_stays_here(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    catalogue.remove(DEFIBRILLATEURS)
    outcome, _ = await sync(engine, catalogue)
    assert outcome.vanished == [(DEFIBRILLATEURS, "1.0.0")]
    assert (await registry_of(engine)).get(DEFIBRILLATEURS).version == "1.0.0"


async def test_our_own_descriptors_win(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put("scdl/prenoms", "1.1.6", DOCUMENT)
    catalogue.put("scdl/prenoms", "1.1.5", DOCUMENT)
    catalogue.put("scdl/prenoms", "9.0.0", DOCUMENT)
    await sync(engine, catalogue)
    registry = await registry_of(engine)
    assert registry.get("prenoms") == load_registry().get("prenoms")
    assert registry.get("prenoms", "1.1.6").imported is None
    assert registry.versions("prenoms") == ["1.1.5", "1.1.6", "9.0.0"]
    assert not registry.get("scdl/prenoms", "9.0.0").takes_deposits
    assert [each.version for each in registry.deposited("prenoms")] == ["1.1.6"]
    assert row_table(registry, "scdl/prenoms") == row_table(load_registry(), "scdl/prenoms")


async def test_two_schemas_never_share_a_data_set(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put("exemple/schema-budget", "1.0.0", DOCUMENT)
    catalogue.put("voisin/budget", "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    registry = await registry_of(engine)
    ids = {name: registry.get(name).dataset.id for name in ("scdl/budget", "exemple/schema-budget", "voisin/budget")}
    assert ids == {
        "scdl/budget": "budget",
        "exemple/schema-budget": "exemple-budget",
        "voisin/budget": "voisin-budget",
    }


async def test_a_version_may_change_the_type_of_a_column(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    older = row_table(await registry_of(engine), DEFIBRILLATEURS)
    renamed = [{"name": "nbPlaces", "type": "number"}, {"name": "code", "type": "integer"}]
    catalogue.put(DEFIBRILLATEURS, "1.1.0", {**DOCUMENT, "fields": renamed})
    await sync(engine, catalogue)
    registry = await registry_of(engine)
    newer = row_table(registry, DEFIBRILLATEURS)
    assert {column.column for column in older.columns} < {column.column for column in newer.columns}
    first, second = (registry.get(DEFIBRILLATEURS, version) for version in ("1.0.0", "1.1.0"))
    assert newer.columns_of(first)["nbPlaces"].sql_type == "bigint"
    assert newer.columns_of(second)["nbPlaces"].sql_type == "numeric"
    assert newer.columns_of(first) == {name: newer.columns_of(first)[name] for name in first.field_names}


async def test_only_the_schemas_asked_for_are_imported(engine: AsyncEngine, catalogue: Catalogue) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    catalogue.put("exemple/autre", "1.0.0", DOCUMENT)
    outcome, _ = await sync(engine, catalogue, DEFIBRILLATEURS)
    assert outcome.added == [(DEFIBRILLATEURS, "1.0.0")]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"{", "ce n’est pas un document JSON"),
        (b"\xff\xfe", "il n’est pas en UTF-8"),
        (b"[]", "il ne déclare aucun champ"),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, "deux champs ont le même nom"),
        ({"fields": [{"name": "a", "type": "inventé"}]}, "il ne peut pas être contrôlé"),
        ({"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "("}}]}, "motif"),
        ({"fields": [{"name": "a"}], "custom_checks": [{"name": "inconnu", "params": {}}]}, "contrôle inconnu"),
        ({"fields": [{"name": "a"}], "primaryKey": "b"}, "clé primaire"),
    ],
)
async def test_what_cannot_be_checked_against_is_not_imported(
    engine: AsyncEngine, catalogue: Catalogue, document: Any, why: str
) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", document)
    outcome, troubles = await sync(engine, catalogue)
    assert outcome.added == []
    assert [why in trouble.why for trouble in troubles] == [True]


async def test_patterns_that_need_backtracking_are_noted(engine: AsyncEngine, catalogue: Catalogue) -> None:
    slow = {"name": "slow", "type": "string", "constraints": {"pattern": r"(?!000)\d{3}"}}
    catalogue.put(DEFIBRILLATEURS, "1.0.0", {**DOCUMENT, "fields": [*FIELDS, slow]})
    outcome, _ = await sync(engine, catalogue)
    assert outcome.slow == [(DEFIBRILLATEURS, "1.0.0")]
    async with engine.connect() as connection:
        noted = await connection.exec_driver_sql("SELECT slow_fields FROM registry.imported_revision")
        assert noted.scalar_one() == ["slow"]


async def test_a_release_finds_what_was_imported(engine: AsyncEngine, catalogue: Catalogue, database: str) -> None:
    catalogue.put(DEFIBRILLATEURS, "1.0.0", DOCUMENT)
    await sync(engine, catalogue)
    async with engine.begin() as connection:
        await connection.exec_driver_sql('ALTER TABLE data."defibrillateurs" DROP COLUMN c_code')
    await migrate(database)
    async with engine.connect() as connection:
        await connection.exec_driver_sql('SELECT c_code FROM data."defibrillateurs"')
