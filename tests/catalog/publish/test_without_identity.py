"""A schema whose rows have no identity: a row is only itself, as many times as it comes."""

import json
from collections.abc import Awaitable, Callable, Sequence

import pytest
from catalog_samples import fetch

from shared.db import Sessions
from shared.migrate import prepare_schemas
from shared.models import Deposit
from shared.registry import ImportedSchema, Registry, load_registry

NAME = "essai/comptages"


@pytest.fixture(scope="module")
def registry() -> Registry:
    document = {"fields": [{"name": "lieu", "type": "string"}, {"name": "passages", "type": "integer"}]}
    found = load_registry()
    found.take_imported(
        [ImportedSchema(NAME, "1", 1, "0" * 64, json.dumps(document), "comptages", "Comptages", "", "TRAN")]
    )
    return found


@pytest.fixture
def publish_counts(
    publish: Callable[..., Awaitable[Deposit]], owner_sessions: Sessions, registry: Registry
) -> Callable[..., Awaitable[Deposit]]:
    async def run(counts: Sequence[int], mode: str = "replace") -> Deposit:
        async with owner_sessions.begin() as session:
            await prepare_schemas(await session.connection(), registry)
        rows = [{"lieu": "Pont", "passages": str(one)} for one in counts]
        return await publish(rows, schema_name=NAME, mode=mode)

    return run


async def present(database: str) -> list[tuple[str, int]]:
    rows = await fetch(
        database,
        "SELECT row_hash, c_passages__integer AS passages, occurrence FROM data.comptages "
        "WHERE to_publication IS NULL ORDER BY 2, 3",
    )
    return [(row["passages"], row["occurrence"]) for row in rows]


async def test_an_upsert_adds_what_is_not_there_as_many_times(
    database: str, publish_counts: Callable[..., Awaitable[Deposit]]
) -> None:
    await publish_counts([1, 1, 2, 3])
    await publish_counts([1, 4, 4], "upsert")
    assert await present(database) == [(1, 0), (1, 1), (2, 0), (3, 0), (4, 0), (4, 1)]


async def test_a_delete_takes_equal_rows_away_one_by_one(
    database: str, publish_counts: Callable[..., Awaitable[Deposit]]
) -> None:
    await publish_counts([1, 1, 1, 2, 3, 4])
    await publish_counts([1, 1, 9], "delete")
    assert await present(database) == [(1, 0), (2, 0), (3, 0), (4, 0)]
    assert (await publish_counts([1, 2, 3, 4])).state == "unchanged"
