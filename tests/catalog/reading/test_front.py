"""Reads in front of the framework: refusals as elsewhere, never an older version, answers kept only while true."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from catalog_samples import deliberation

from services.catalog.publish import PublishTools
from services.catalog.publish.retention import Policy, purge
from shared.models import Deposit
from shared.paging import encode_cursor

Publish = Callable[..., Awaitable[Deposit]]

RECORDS = "/v1/datasets/deliberations-muret/records"


async def test_a_row_is_read_by_the_number_its_page_tells(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1"), deliberation("2")], extras=[{"note": "a"}, {"note": "b"}])
    page = (await client.get(RECORDS)).json()
    for number, row in zip(page["ids"], page["data"], strict=True):
        answer = await client.get(f"{RECORDS}/{number}")
        assert answer.json() == {
            "data": row,
            "meta": {"dataset": "deliberations-muret", "version": 1, "publication": 1},
        }
        again = await client.get(f"{RECORDS}/{number}", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", ["999", "-1", "1.0", "x", "9" * 30, "%00", "１"])
async def test_a_number_that_no_row_has_is_a_404(client: httpx.AsyncClient, publish: Publish, number: str) -> None:
    await publish([deliberation("1")])
    answer = await client.get(f"{RECORDS}/{number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_changed_row_has_another_number(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1"), deliberation("2")])
    first = (await client.get(RECORDS)).json()["ids"]
    await publish([deliberation("1"), deliberation("2", DELIB_OBJET="autre")])
    second = (await client.get(RECORDS)).json()["ids"]
    assert second[0] == first[0]
    assert second[1] not in first
    assert (await client.get(f"{RECORDS}/{first[1]}")).status_code == 404


async def test_what_is_remembered_of_the_version_before_answers_nothing(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    """Each first question after a publication: of a row that was replaced, of one that is new, of a filter."""
    await publish([deliberation("1")])
    (number,) = (await client.get(RECORDS)).json()["ids"]
    await publish([deliberation("1", DELIB_OBJET="autre")])
    assert (await client.get(f"{RECORDS}/{number}")).status_code == 404
    assert (await client.get(f"{RECORDS}/{number + 2}")).status_code == 404
    await publish([deliberation("1", DELIB_OBJET="troisième")])
    assert (await client.get(f"{RECORDS}/{number + 2}")).json()["meta"]["version"] == 3
    await publish([deliberation("1"), deliberation("2")])
    assert len((await client.get(f"{RECORDS}?DELIB_ID__contains=2")).json()["data"]) == 1


async def test_rows_asked_for_at_once_are_each_their_own(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(str(rank)) for rank in range(5)])
    page = (await client.get(RECORDS)).json()
    numbers = [*page["ids"], 999_999]
    answers = await asyncio.gather(*(client.get(f"{RECORDS}/{number}") for number in numbers))
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert [answer.json()["data"] for answer in answers[:5]] == page["data"]


async def test_both_ways_in_give_the_same_answer(client: httpx.AsyncClient, publish: Publish) -> None:
    """What Accept leaves open is decided by the framework's route, which asks the same room."""
    await publish([deliberation("1")])
    for path in (RECORDS, "/v1/datasets/deliberations-muret/aggregate"):
        plain = await client.get(path)
        chosen = await client.get(path, headers={"Accept": "application/json;q=0.9, text/html;q=0.1"})
        assert (plain.content, plain.headers["etag"]) == (chosen.content, chosen.headers["etag"])
        assert plain.headers["link"] == chosen.headers["link"]


async def test_refusals_and_methods_are_those_of_the_other_routes(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    head = await client.head(RECORDS)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len((await client.get(RECORDS)).content)
    wrong = await client.get(f"{RECORDS}?x=1", headers={"X-Request-Id": "request-of-a-test", "Origin": "https://a.fr"})
    assert wrong.headers["content-type"] == "application/problem+json"
    assert (wrong.json()["request_id"], wrong.json()["instance"]) == ("request-of-a-test", RECORDS)
    assert wrong.headers["access-control-allow-origin"] == "*"
    post = await client.post(RECORDS)
    assert (post.status_code, post.json()["code"]) == (405, "method-not-allowed")
    unknown = await client.get(f"{RECORDS}/1?limit=2")
    assert (unknown.status_code, unknown.json()["parameter"]) == (400, "limit")


async def test_who_knows_of_a_version_never_reads_an_older_one(client: httpx.AsyncClient, publish: Publish) -> None:
    """The same questions all the time, so that answers are kept; each must be of the version known, or a later one."""
    await publish([deliberation("1", DELIB_OBJET="0")])
    known, over, asked = 0, False, 0

    async def read(path: str) -> None:
        nonlocal asked
        while not over:
            at_least = known
            row = (await client.get(path)).json()["data"][0]
            assert int(row["DELIB_OBJET"]) >= at_least
            asked += 1

    readers = [asyncio.create_task(read(path)) for path in (RECORDS, RECORDS, f"{RECORDS}?select=DELIB_OBJET")]
    for number in range(1, 12):
        await publish([deliberation("1", DELIB_OBJET=str(number))])
        known = number
        assert (await client.get(RECORDS)).json()["data"][0]["DELIB_OBJET"] == str(number)
    over = True
    await asyncio.gather(*readers)
    assert asked > 10


async def test_a_cursor_of_a_purged_version_is_a_410_with_where_to_start_again(
    client: httpx.AsyncClient, publish: Publish, tools: PublishTools
) -> None:
    await publish([deliberation(str(rank)) for rank in range(5)])
    following = (await client.get(f"{RECORDS}?limit=2&sort=-DELIB_ID")).json()["links"]["next"]
    assert (await client.get(following)).status_code == 200
    await publish([deliberation(str(rank), DELIB_OBJET="autre") for rank in range(5)])
    policy = Policy(versions=1, days=0)
    await purge(tools.sessions, tools.blobs, registry=tools.registry, policy=policy)
    answer = await client.get(following)
    assert (answer.status_code, answer.json()["code"]) == (410, "version-purged")
    assert answer.json()["restart"] == RECORDS


@pytest.mark.parametrize(
    "said", [{"p": 1, "v": 1, "r": 1}, {"d": "deliberations-muret", "p": 1, "r": 1, "q": "x"}, {"d": "x"}, {}]
)
async def test_a_forged_cursor_is_refused(client: httpx.AsyncClient, publish: Publish, said: dict[str, Any]) -> None:
    await publish([deliberation("1"), deliberation("2")])
    ours = (await client.get(f"{RECORDS}?limit=1")).json()["links"]["next"].partition("cursor=")[2]
    for cursor in (encode_cursor(said, secret=b"another"), ours[:-2] + "AA", ours[4:], ours + ours):
        answer = await client.get(f"{RECORDS}?limit=1", params={"limit": 1, "cursor": cursor})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "cursor")
