import asyncpg
import pytest

from shared.registry import Registry, load_registry
from shared.rows import row_table, row_table_statements


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_every_schema_has_a_table_named_as_its_data_set(registry: Registry) -> None:
    names = {row_table(registry, name).name for name in registry.names()}
    assert names == {registry.get(name).dataset.id for name in registry.names()}


def test_physical_names_are_ours_short_and_unique(registry: Registry) -> None:
    for name in registry.names():
        columns = [column.column for column in row_table(registry, name).columns]
        assert len(set(columns)) == len(columns)
        assert all(column.startswith("c_") and column.isascii() and len(column) <= 63 for column in columns)


def test_an_older_name_is_kept_in_the_newest_column(registry: Registry) -> None:
    table = row_table(registry, "etalab/schema-bal")
    columns = table.columns_of(registry.get("etalab/schema-bal", "1.3.0"))
    assert columns["voie_nom"].field_name == "toponyme"
    assert table.column("voie_nom") is None


def test_columns_that_disappeared_stay_after_those_of_the_newest_version(registry: Registry) -> None:
    names = [column.field_name for column in row_table(registry, "etalab/schema-bal").columns]
    newest = registry.get("etalab/schema-bal")
    assert tuple(names[: len(newest.fields)]) == newest.field_names
    assert names[len(newest.fields) :] == ["cle_interop", "uid_adresse"]


async def test_the_statements_may_run_at_every_start(database: str, registry: Registry) -> None:
    connection = await asyncpg.connect(database)
    try:
        for name in registry.names():
            table = row_table(registry, name)
            for statement in row_table_statements(table):
                await connection.execute(statement)
            row = await connection.fetchrow(
                "SELECT count(*) AS columns FROM information_schema.columns WHERE table_name = $1", table.name
            )
            assert row is not None
            assert row["columns"] == len(table.columns) + 9
    finally:
        await connection.close()


async def test_a_column_of_a_new_version_is_added(database: str, registry: Registry) -> None:
    connection = await asyncpg.connect(database)
    table = row_table(registry, "scdl/prenoms")
    try:
        await connection.execute(f"ALTER TABLE {table.qualified} DROP COLUMN c_annee")
        for statement in row_table_statements(table):
            await connection.execute(statement)
        assert await connection.fetch(f"SELECT c_annee FROM {table.qualified}") == []
    finally:
        await connection.close()
