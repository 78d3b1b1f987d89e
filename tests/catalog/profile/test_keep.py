"""When data sets are measured, and when they are left alone."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from catalog_samples import deliberation, fetch

from services.catalog.profile.keep import REST, ProfileTools, keep_profiles, measure_all_due
from services.catalog.publish import PublishTools
from shared.models import Deposit
from shared.rows import RowTables

Publish = Callable[..., Awaitable[Deposit]]


@pytest.fixture
def profiling(tools: PublishTools) -> ProfileTools:
    return ProfileTools(tools.engine, tools.registry, RowTables(tools.registry))


async def measured_rows(database: str) -> dict[str, int]:
    rows = await fetch(database, "SELECT dataset_id, rows FROM catalog.profile")
    return {row["dataset_id"]: row["rows"] for row in rows}


async def test_what_was_published_is_measured_once(publish: Publish, profiling: ProfileTools, database: str) -> None:
    await publish([deliberation("1")])
    await measure_all_due(profiling)
    assert await measured_rows(database) == {"deliberations": 1, "deliberations-muret": 1}
    first = await fetch(database, "SELECT measured_at FROM catalog.profile ORDER BY 1")
    await measure_all_due(profiling, rest=0, least=0)
    assert await fetch(database, "SELECT measured_at FROM catalog.profile ORDER BY 1") == first


async def test_a_data_set_that_took_long_rests(publish: Publish, profiling: ProfileTools, database: str) -> None:
    await publish([deliberation("1")])
    await measure_all_due(profiling)
    await fetch(database, "UPDATE catalog.profile SET seconds = 60 WHERE dataset_id = 'deliberations' RETURNING 1")
    await fetch(
        database,
        "UPDATE catalog.profile SET measured_at = now() - interval '1 hour' "
        "WHERE dataset_id = 'deliberations-muret' RETURNING 1",
    )
    await publish([deliberation("1"), deliberation("2")])
    await measure_all_due(profiling)
    assert await measured_rows(database) == {"deliberations": 1, "deliberations-muret": 2}
    await fetch(
        database,
        "UPDATE catalog.profile SET measured_at = now() - $1 * interval '61 seconds' "
        "WHERE dataset_id = 'deliberations' RETURNING 1",
        REST,
    )
    await measure_all_due(profiling)
    assert (await measured_rows(database))["deliberations"] == 2


async def test_publications_in_a_row_are_measured_together(
    publish: Publish, profiling: ProfileTools, database: str
) -> None:
    for number in range(1, 4):
        await publish([deliberation(str(one)) for one in range(number)])
        await measure_all_due(profiling)
    assert await measured_rows(database) == {"deliberations": 1, "deliberations-muret": 1}
    await fetch(database, "UPDATE catalog.profile SET measured_at = now() - interval '31 seconds' RETURNING 1")
    await measure_all_due(profiling)
    assert await measured_rows(database) == {"deliberations": 3, "deliberations-muret": 3}


async def test_a_worker_measures_beside_what_it_publishes(
    publish: Publish, profiling: ProfileTools, database: str
) -> None:
    keeping = asyncio.create_task(keep_profiles(profiling))
    try:
        await publish([deliberation("1")])
        async with asyncio.timeout(30):
            while len(await measured_rows(database)) < 2:
                await asyncio.sleep(0.1)
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
    assert keeping.cancelled()


async def test_trouble_with_one_data_set_is_said_and_waited_out(
    publish: Publish, profiling: ProfileTools, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    await publish([deliberation("1")])
    await fetch(database, "ALTER TABLE data.deliberations RENAME TO away")
    keeping = asyncio.create_task(keep_profiles(profiling))
    async with asyncio.timeout(30):
        while "cut short: UndefinedTableError" not in caplog.text:
            await asyncio.sleep(0.1)
    assert not keeping.done()
    keeping.cancel()
    await asyncio.wait({keeping})


async def test_a_withdrawn_data_set_is_left_alone(publish: Publish, profiling: ProfileTools, database: str) -> None:
    await publish([deliberation("1")])
    await fetch(
        database, "UPDATE catalog.dataset SET withdrawn_at = now() WHERE id = 'deliberations-muret' RETURNING 1"
    )
    await measure_all_due(profiling)
    assert await measured_rows(database) == {"deliberations": 1}
