"""What data sets are now, as one process knows it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from catalog_samples import deliberation

from services.catalog.reading.pool import opened_reader
from services.catalog.reading.present import MOST_OF_OTHERS, PresentDatasets
from shared.db import make_engine, make_sessions
from shared.models import Deposit
from shared.registry import Registry
from shared.rows import RowTables

Publish = Callable[..., Awaitable[Deposit]]

COLOMIERS = "213101496"


@pytest.fixture
async def present(database: str, registry: Registry) -> AsyncIterator[PresentDatasets]:
    engine = make_engine(database, "socle_reader")
    async with opened_reader(database, pool_size=1) as reader:
        yield PresentDatasets(reader, reader, make_sessions(engine), RowTables(registry))
    await engine.dispose()


async def test_a_data_set_fills_its_table_while_others_have_few_rows_there(
    present: PresentDatasets, publish: Publish
) -> None:
    await publish([deliberation("1")])
    assert (await present.find("deliberations-muret")).view.fills_table
    await publish([deliberation(str(rank)) for rank in range(MOST_OF_OTHERS)], siren=COLOMIERS)
    assert (await present.find("deliberations-muret")).view.fills_table
    await publish([deliberation(str(rank)) for rank in range(MOST_OF_OTHERS + 1)], siren=COLOMIERS)
    found = await present.find("deliberations-muret")
    assert not found.view.fills_table
    assert await present.find("deliberations-muret") is found
    assert (await present.find("deliberations")).view.fills_table


async def test_what_has_not_changed_is_the_same_object(present: PresentDatasets, publish: Publish) -> None:
    await publish([deliberation("1")])
    first = await present.find("deliberations-muret")
    assert await present.find("deliberations-muret") is first
    await publish([deliberation("2")])
    second = await present.find("deliberations-muret")
    assert second is not first
    assert second.mark != first.mark
