"""Reading rows over HTTP: filters, order, pages, and what stays whole while versions follow each other."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from catalog_samples import deliberation, fetch, subvention
from journal import MURET
from sqlalchemy import text

from shared.db import Sessions
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

RECORDS = "/v1/datasets/deliberations-muret/records"
WHOLE = "/v1/datasets/deliberations/records"
COLOMIERS = "213101496"


async def get(client: httpx.AsyncClient, path: str, status: int = 200, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(path, params=parameters or None)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ids(client: httpx.AsyncClient, path: str = RECORDS, **parameters: Any) -> list[str]:
    return [row["DELIB_ID"] for row in (await get(client, path, **parameters))["data"]]


async def all_pages(client: httpx.AsyncClient, path: str) -> list[list[dict[str, Any]]]:
    pages: list[list[dict[str, Any]]] = []
    following: str | None = path
    while following is not None:
        body = await get(client, following)
        pages.append(body["data"])
        following = body["links"]["next"]
    return pages


async def test_a_row_has_the_declared_columns_and_the_vendors_own(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1", VOTE_POUR="25")], extras=[{'Service "instructeur"': "Culture", "note": "é"}])
    body = await get(client, RECORDS)
    (row,) = body["data"]
    assert list(row)[:4] == ["COLL_NOM", "COLL_SIRET", "DELIB_ID", "DELIB_DATE"]
    assert (row["DELIB_DATE"], row["VOTE_POUR"], row["VOTE_CONTRE"]) == ("2024-03-28", 25, None)
    assert (row['Service "instructeur"'], row["note"]) == ("Culture", "é")
    assert body["links"] == {"next": None}
    assert body["meta"] == {"dataset": "deliberations-muret", "version": 1, "publication": 1, "limit": 20}


async def test_a_consolidated_row_tells_whose_it_is(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")], extras=[{"note": "à nous"}])
    await publish([deliberation("2")], siren=COLOMIERS)
    body = await get(client, WHOLE)
    assert [(row["organisation_siren"], row["organisation_nom"], row["version"]) for row in body["data"]] == [
        (MURET, "Muret", 1),
        (COLOMIERS, "Colomiers", 1),
    ]
    assert all("note" not in row for row in body["data"])
    assert await ids(client, WHOLE, organisation_siren=COLOMIERS) == ["2"]
    assert await ids(client, WHOLE, organisation_siren="'; DROP TABLE data.deliberations; --") == []


async def test_rows_are_filtered_by_where_they_come_from(client: httpx.AsyncClient, publish: Publish) -> None:
    first = await publish([deliberation("1"), deliberation("2")])
    await publish([deliberation("1"), deliberation("2", DELIB_OBJET="x")])
    await publish([deliberation("3")], siren=COLOMIERS)
    for found, question in {
        "12": {"organisation_nom": "Muret"},
        "3": {"organisation_nom__search": "COLÔ"},
        "132": {"organisation_siren__startswith": "2131"},
        "1": {"deposit_id": str(first.id)},
        "32": {"deposit_id__notin": f"{first.id},x"},
        "13": {"version": "1", "organisation_nom__isnotnull": ""},
        "2": {"or": '(version__between="2,9",organisation_nom__contains=zzz)'},
    }.items():
        assert sorted(await ids(client, WHOLE, **question)) == sorted(found), question
    for question in ({"version": "un"}, {"version__contains": "1"}, {"sort": "organisation_nom"}):
        answer = await client.get(WHOLE, params=question)
        assert answer.status_code == 400
    assert "dit d'où vient une ligne" in answer.json()["detail"]
    groups = await get(client, "/v1/datasets/deliberations/aggregate", organisation_nom="Muret")
    assert groups["data"] == [{"count": 2}]
    lines = (await client.get(f"{WHOLE}.csv", params={"organisation_nom": "Colomiers"})).text.splitlines()
    assert len(lines) == 2


async def test_numbers_come_back_as_the_vendor_wrote_them(client: httpx.AsyncClient, publish: Publish) -> None:
    amounts = ["1200.50", "0.10", "100", "-3.000", "12345678901234567890.123456789", "1E+2"]
    rows = [subvention(f"{rank}", amount) for rank, amount in enumerate(amounts)]
    await publish(rows, schema_name="scdl/subventions")
    answer = await client.get("/v1/datasets/subventions-muret/records", params={"select": "montant"})
    written = json.loads(answer.text, parse_float=str, parse_int=str)["data"]
    assert [row["montant"] for row in written] == [*amounts[:5], "100"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"DELIB_ID": "b"}, "b"),
        ({"DELIB_ID__greater": "b"}, "bcd"),
        ({"DELIB_ID__strictly_greater": "b"}, "cd"),
        ({"DELIB_ID__less": "b"}, "ab"),
        ({"DELIB_ID__strictly_less": "b"}, "a"),
        ({"DELIB_DATE": "2024-02-02"}, "b"),
        ({"DELIB_DATE__greater": "2024-02-02", "DELIB_DATE__strictly_less": "2024-04-04"}, "bc"),
        ({"VOTE_POUR__greater": "3"}, "cd"),
        ({"VOTE_POUR__exact": "2"}, "b"),
        ({"sort": "-VOTE_POUR"}, "dcba"),
        ({"sort": "VOTE_POUR"}, "bcda"),
        ({"sort": "COLL_NOM,-DELIB_ID"}, "dcba"),
        ({"sort": "-DELIB_DATE", "limit": "2"}, "dc"),
    ],
)
async def test_filters_and_orders(
    client: httpx.AsyncClient, publish: Publish, question: dict[str, str], expected: str
) -> None:
    await publish(
        [
            deliberation("a", "2024-01-01"),
            deliberation("b", "2024-02-02", VOTE_POUR="2"),
            deliberation("c", "2024-03-03", VOTE_POUR="3"),
            deliberation("d", "2024-04-04", VOTE_POUR="10"),
        ]
    )
    assert "".join(await ids(client, **question)) == expected
    assert "".join(await ids(client, WHOLE, **question)) == expected


async def test_select_gives_the_asked_columns_in_the_asked_order(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")], extras=[{"note": "x"}])
    body = await get(client, RECORDS, select="DELIB_DATE,DELIB_ID")
    assert [list(row.items()) for row in body["data"]] == [[("DELIB_DATE", "2024-03-28"), ("DELIB_ID", "1")]]
    body = await get(client, WHOLE, select="version,DELIB_ID")
    assert body["data"] == [{"version": 1, "DELIB_ID": "1"}]


@pytest.mark.parametrize(
    ("question", "parameter", "hint"),
    [
        ({"DELIB_DAT": "2024-01-01"}, "DELIB_DAT", "« DELIB_DATE »"),
        ({"delib_date": "2024-01-01"}, "delib_date", "« DELIB_DATE »"),
        ({"DELIB_DATE__grater": "2024-01-01"}, "DELIB_DATE__grater", "« DELIB_DATE__greater »"),
        ({"DELIB_DATE": "01/01/2024"}, "DELIB_DATE", "AAAA-MM-JJ"),
        ({"DELIB_DATE": "2024-02-30"}, "DELIB_DATE", "AAAA-MM-JJ"),
        ({"VOTE_POUR": "deux"}, "VOTE_POUR", "nombre entier"),
        ({"VOTE_POUR": "9223372036854775808"}, "VOTE_POUR", "nombre entier"),
        ({"DELIB_ID": "a\0b"}, "DELIB_ID", "Retirez"),
        ({"limit": "0"}, "limit", "1 à 1000"),
        ({"limit": "1001"}, "limit", "1 à 1000"),
        ({"sort": "row_id"}, "sort", "Colonnes"),
        ({"sort": ""}, "sort", "Colonnes"),
        ({"select": "c_delib_id"}, "select", "« DELIB_ID »"),
        ({"dataset_id": "1"}, "dataset_id", "Colonnes"),
        ({"cursor": "abc"}, "cursor", "links.next"),
        ({"DELIB_ID; DROP TABLE data.deliberations": "1"}, "DELIB_ID; DROP TABLE data.deliberations", "Colonnes"),
    ],
)
async def test_what_cannot_be_understood_is_refused_by_name(
    client: httpx.AsyncClient, publish: Publish, question: dict[str, str], parameter: str, hint: str
) -> None:
    await publish([deliberation("1")])
    problem = await get(client, RECORDS, 400, **question)
    assert (problem["code"], problem["parameter"]) == ("invalid-parameter", parameter)
    assert hint in problem["action"]


async def test_an_unknown_data_set_is_a_404(client: httpx.AsyncClient) -> None:
    problem = await get(client, "/v1/datasets/deliberations-nulle-part/records", 404)
    assert problem["code"] == "not-found"


async def test_a_consolidated_data_set_before_its_first_version_is_empty(client: httpx.AsyncClient) -> None:
    body = await get(client, WHOLE)
    assert body["data"] == []
    assert body["meta"]["publication"] is None


@pytest.mark.parametrize("order", ["", "sort=VOTE_POUR&", "sort=-VOTE_POUR,DELIB_DATE&", "sort=-DELIB_OBJET&"])
async def test_pages_cover_every_row_once(client: httpx.AsyncClient, publish: Publish, order: str) -> None:
    rows = [
        deliberation(
            f"{rank}",
            f"2024-01-{1 + rank % 9:02}",
            VOTE_POUR=None if rank % 4 == 0 else f"{rank % 3}",
            DELIB_OBJET=None if rank % 5 == 0 else "x" * (rank % 7),
        )
        for rank in range(53)
    ]
    await publish(rows)
    for path in (RECORDS, WHOLE):
        pages = await all_pages(client, f"{path}?{order}limit=5")
        found = [row["DELIB_ID"] for page in pages for row in page]
        assert sorted(found) == sorted(str(row["DELIB_ID"]) for row in rows)
        assert found == await ids(client, f"{path}?{order}limit=1000")


async def test_pages_stay_on_the_version_they_began_with(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{rank:02}") for rank in range(10)])
    for path in (RECORDS, WHOLE):
        first = await get(client, f"{path}?limit=4&sort=-DELIB_ID")
        await publish([deliberation(f"{rank:02}", DELIB_OBJET=path) for rank in range(5, 15)])
        second = await get(client, first["links"]["next"])
        third = await get(client, second["links"]["next"])
        found = [row for page in (first, second, third) for row in page["data"]]
        assert [row["DELIB_ID"] for row in found] == [f"{rank:02}" for rank in range(9, -1, -1)]
        assert {row["DELIB_OBJET"] for row in found} == {f"Délibération {rank:02}" for rank in range(10)}
        assert first["meta"] == second["meta"] == third["meta"]
        await publish([deliberation(f"{rank:02}") for rank in range(10)])


async def test_a_cursor_of_another_question_is_refused(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{rank}") for rank in range(3)])
    following = (await get(client, RECORDS, limit=1))["links"]["next"]
    await get(client, f"{following}&sort=DELIB_ID", 400)
    await get(client, following.replace("deliberations-muret", "deliberations"), 400)
    await get(client, f"{following}&DELIB_ID=1", 400)


async def test_the_same_question_again_costs_a_304_until_a_version_lands(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish([deliberation("1")])
    first = await client.get(RECORDS, params={"limit": 5})
    again = {"If-None-Match": first.headers["etag"]}
    unchanged = await client.get(RECORDS, params={"limit": 5}, headers=again)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (await client.get(RECORDS, params={"limit": 6}, headers=again)).status_code == 200
    await publish([deliberation("2")])
    assert (await client.get(RECORDS, params={"limit": 5}, headers=again)).status_code == 200


async def test_a_reader_sees_whole_versions_only(client: httpx.AsyncClient, publish: Publish) -> None:
    """Each version has one object for all rows and its own number of rows: a mixture would show."""
    await publish([deliberation(f"{rank}", DELIB_OBJET="v0") for rank in range(20)])
    over = asyncio.Event()
    seen: list[tuple[int, set[str]]] = []

    async def read(path: str) -> None:
        while not over.is_set():
            data = (await get(client, path, limit=1000))["data"]
            seen.append((len(data), {row["DELIB_OBJET"] for row in data}))

    readers = [asyncio.create_task(read(path)) for path in (RECORDS, WHOLE, RECORDS)]
    for number in range(1, 15):
        await publish([deliberation(f"{rank}", DELIB_OBJET=f"v{number}") for rank in range(20 + number)])
    over.set()
    await asyncio.gather(*readers)
    assert len(seen) > 20
    assert all(len(objects) == 1 and count == 20 + int(next(iter(objects))[1:]) for count, objects in seen)


async def test_a_question_over_its_time_is_refused_with_what_to_do(
    client: httpx.AsyncClient, publish: Publish, database: str, owner_sessions: Sessions
) -> None:
    await publish([deliberation("1")])
    async with owner_sessions.begin() as session, asyncio.timeout(30):
        await session.execute(text("LOCK TABLE data.deliberations"))
        asked = asyncio.create_task(client.get(RECORDS))
        waiting = "datname = current_database() AND wait_event_type = 'Lock'"
        while not await fetch(database, f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {waiting}"):
            await asyncio.sleep(0.01)
    answer = await asked
    assert (answer.status_code, answer.json()["code"]) == (422, "query-too-costly")


async def test_decimals_compare_as_numbers(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(
        [subvention("a", "9.5"), subvention("b", "10"), subvention("c", "10.50")], schema_name="scdl/subventions"
    )
    body = await get(client, "/v1/datasets/subventions-muret/records", montant__greater="10.0", sort="-montant")
    assert [Decimal(str(row["montant"])) for row in body["data"]] == [Decimal("10.5"), Decimal(10)]
    assert [row["referenceDecision"] for row in body["data"]] == ["c", "b"]
