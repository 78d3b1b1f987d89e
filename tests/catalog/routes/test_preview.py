"""What a data set looks like, measured beside publications."""

from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import pytest
from catalog_samples import deliberation, fetch, subvention

from services.catalog.publish import PublishTools
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]
Measured = Callable[[], Awaitable[None]]

COLOMIERS = "213101496"


async def preview_of(client: httpx.AsyncClient, dataset_id: str) -> dict:
    answer = await client.get(f"/v1/datasets/{dataset_id}/preview")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_column_is_told_in_figures(client: httpx.AsyncClient, publish: Publish, measured: Measured) -> None:
    await publish([deliberation(f"{n}", f"2024-0{n}-01", VOTE_POUR=None if n > 3 else f"{n}") for n in range(1, 9)])
    await measured()
    body = await preview_of(client, "deliberations-muret")
    assert (body["version"], body["rows"]) == (1, 8)
    columns = {one["name"]: one for one in body["columns"]}
    assert list(columns)[:3] == ["COLL_NOM", "COLL_SIRET", "DELIB_ID"]
    date = columns["DELIB_DATE"]
    assert (date["min"], date["max"], date["distinct"], date["fill_rate"]) == ("2024-01-01", "2024-08-01", 8, 1.0)
    votes = columns["VOTE_POUR"]
    assert (votes["filled"], votes["fill_rate"], votes["min"], votes["max"]) == (3, 0.375, 1, 3)
    assert columns["COLL_NOM"]["top"] == [{"value": "Commune de Muret", "count": 8}]
    assert columns["COLL_NOM"]["title"] == "Nom de la collectivité"
    assert columns["DELIB_URL"]["top"] == []
    assert columns["DELIB_URL"]["min"] is None


async def test_the_head_is_what_records_give(client: httpx.AsyncClient, publish: Publish, measured: Measured) -> None:
    await publish([deliberation(f"{n}") for n in range(12)])
    await publish([deliberation("1")], siren=COLOMIERS)
    await measured()
    for dataset_id in ("deliberations-muret", "deliberations"):
        records = (await client.get(f"/v1/datasets/{dataset_id}/records?limit=10")).json()["data"]
        head = (await preview_of(client, dataset_id))["head"]
        assert head == records
        assert [list(row) for row in head] == [list(row) for row in records]


async def test_numbers_keep_the_scale_they_were_written_with(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([subvention("1", "10.50"), subvention("2", "7")], schema_name="scdl/subventions")
    await measured()
    text = (await client.get("/v1/datasets/subventions-muret/preview")).text
    assert '"max":10.50' in text


async def test_a_preview_is_that_of_the_newest_version_measured(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([deliberation("1")])
    empty = await preview_of(client, "deliberations-muret")
    assert (empty["version"], empty["rows"], empty["columns"], empty["head"]) == (None, 0, [], [])
    await measured()
    await publish([deliberation("1"), deliberation("2")])
    assert (await preview_of(client, "deliberations-muret"))["rows"] == 1
    await measured()
    assert (await preview_of(client, "deliberations-muret"))["rows"] == 2


async def test_an_unchanged_preview_is_not_sent_again(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([deliberation("1")])
    await measured()
    first = await client.get("/v1/datasets/deliberations-muret/preview")
    await measured()
    again = await client.get(
        "/v1/datasets/deliberations-muret/preview", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


async def test_long_texts_are_cut_in_figures_only(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([deliberation("1", DELIB_OBJET="é" * 5_000)])
    await measured()
    body = await preview_of(client, "deliberations-muret")
    subject = next(one for one in body["columns"] if one["name"] == "DELIB_OBJET")
    assert len(subject["max"]) == 200
    assert len(body["head"][0]["DELIB_OBJET"]) == 5_000


async def test_rows_too_large_together_leave_the_head(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([deliberation(f"{n}", DELIB_OBJET="x" * 100_000) for n in range(5)])
    await measured()
    assert len((await preview_of(client, "deliberations-muret"))["head"]) == 2


@pytest.mark.parametrize("known", ["before", "never"])
async def test_a_publication_waits_for_no_measure(
    publish: Publish, measured: Measured, tools: PublishTools, database: str, known: str
) -> None:
    """Whoever measures holds nothing that a publication needs."""
    await publish([deliberation("1")])
    if known == "before":
        await measured()
    connection = await asyncpg.connect(database)
    try:
        async with connection.transaction():
            await connection.execute("SELECT count(*) FROM data.deliberations")
            await connection.execute(f"SELECT pg_advisory_xact_lock({0x50C1F})")
            await publish([deliberation("2")])
            await measured()  # somebody else does it
    finally:
        await connection.close()
    rows = await fetch(database, "SELECT rows FROM catalog.dataset WHERE id = 'deliberations-muret'")
    assert rows[0]["rows"] == 1
