"""Groups that would be too many are refused before they are made, and what to narrow is said."""

from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import pytest
from catalog_samples import deliberation
from serving import served

from services.catalog.app import make_app
from services.catalog.settings import CatalogSettings
from shared.models import Deposit

AGGREGATE = "/v1/datasets/deliberations-muret/aggregate"
FEW = 20


@pytest.fixture
def low(settings: CatalogSettings) -> CatalogSettings:
    return settings.model_copy(update={"groups_max": FEW})


async def test_groups_are_refused_by_their_number_not_by_that_of_the_rows(
    low: CatalogSettings, publish: Callable[..., Awaitable[Deposit]], database: str
) -> None:
    await publish([deliberation(f"{number:03}", DELIB_OBJET="Une" if number % 2 else "Deux") for number in range(200)])
    connection = await asyncpg.connect(database)
    await connection.execute("ANALYZE data.deliberations")
    await connection.close()
    async with served(make_app(low)) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        refused = await client.get(AGGREGATE, params={"group_by": "DELIB_ID"})
        assert (refused.status_code, refused.json()["code"]) == (422, "query-too-costly")
        assert "« DELIB_ID »" in refused.json()["detail"]
        facets = await client.get(AGGREGATE, params={"facets": "DELIB_OBJET,DELIB_ID"})
        assert facets.status_code == 422
        for parameters in (
            {"group_by": "DELIB_OBJET"},
            {"group_by": "DELIB_OBJET"},
            {"group_by": "DELIB_ID", "DELIB_ID": "007"},
            {},
        ):
            answer = await client.get(AGGREGATE, params=parameters)
            assert answer.status_code == 200, answer.text
