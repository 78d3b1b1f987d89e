"""Rows and groups of the version that a question names."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from catalog_samples import deliberation, fetch

from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

DATASETS = ["/v1/datasets/deliberations-muret", "/v1/datasets/deliberations"]


@pytest.fixture
async def versions(publish: Publish, database: str) -> None:
    """Two versions: the first from 10 January 2024 at 23:30 UTC, which is the 11th in Paris."""
    await publish([deliberation("1")])
    await publish([deliberation("1"), deliberation("2")])
    await fetch(
        database, "UPDATE catalog.version SET published_at = '2024-01-10T23:30:00Z' WHERE number = 1 RETURNING number"
    )


@pytest.mark.parametrize("path", DATASETS)
@pytest.mark.parametrize(
    ("as_of", "rows"),
    [
        ("1", 1),
        ("2", 2),
        ("2024-01-11", 1),
        ("2024-01-10T23:30:00Z", 1),
        ("2024-01-11T00:30", 1),
        ("2024-01-11T00:30:00+01:00", 1),
        ("2999-12-31", 2),
    ],
)
@pytest.mark.usefixtures("versions")
async def test_a_version_is_named_by_number_day_or_moment(
    client: httpx.AsyncClient, path: str, as_of: str, rows: int
) -> None:
    records = await client.get(f"{path}/records", params={"as_of": as_of, "count": "exact"})
    assert (len(records.json()["data"]), records.json()["meta"]["total"]) == (rows, rows)
    groups = await client.get(f"{path}/aggregate", params={"as_of": as_of})
    assert groups.json()["data"] == [{"count": rows}]


@pytest.mark.parametrize("path", DATASETS)
@pytest.mark.parametrize(
    ("as_of", "status", "code"),
    [
        ("3", 404, "not-found"),
        ("2024-01-10", 404, "not-found"),
        ("2024-01-11T00:29", 404, "not-found"),
        ("demain", 400, "invalid-parameter"),
        ("2024-02-30", 400, "invalid-parameter"),
        ("-1", 400, "invalid-parameter"),
    ],
)
@pytest.mark.usefixtures("versions")
async def test_a_version_that_never_was_is_refused(
    client: httpx.AsyncClient, path: str, as_of: str, status: int, code: str
) -> None:
    answer = await client.get(f"{path}/records", params={"as_of": as_of})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.usefixtures("versions")
async def test_a_purged_version_is_gone(client: httpx.AsyncClient, database: str) -> None:
    await fetch(database, "UPDATE catalog.dataset SET oldest_publication = 2 RETURNING id")
    for path in DATASETS:
        for kind in ("records", "aggregate"):
            answer = await client.get(f"{path}/{kind}", params={"as_of": "1"})
            assert (answer.status_code, answer.json()["code"]) == (410, "version-purged")


@pytest.mark.usefixtures("versions")
async def test_pages_of_today_stay_on_their_version(client: httpx.AsyncClient, publish: Publish) -> None:
    today = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    first = (await client.get(f"{DATASETS[0]}/records", params={"as_of": today, "limit": "1"})).json()
    await publish([deliberation("9")])
    second = (await client.get(first["links"]["next"])).json()
    assert [row["DELIB_ID"] for row in (*first["data"], *second["data"])] == ["1", "2"]
    assert first["meta"] == second["meta"]
