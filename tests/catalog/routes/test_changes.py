"""The feed of changes: replayed from nothing, it rebuilds the table, whatever was done to it."""

from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
from catalog_samples import deliberation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal import PEPPER

from services.catalog.publish import PublishTools
from services.catalog.publish.decide import DecideTools, SameContent, restore, roll_back, withdraw
from shared.audit import OPERATOR
from shared.models import Deposit
from shared.paging import cursor_secret, encode_cursor

Publish = Callable[..., Awaitable[Deposit]]

MURET = "deliberations-muret"
COLOMIERS = "213101496"
ATOM = "{http://www.w3.org/2005/Atom}"


async def replay(client: httpx.AsyncClient, name: str, *, limit: int, since: str = "0") -> dict[str, Any]:
    """The table that the feed tells, by key."""
    table: dict[str, Any] = {}
    url = f"/v1/datasets/{name}/changes?since={since}&limit={limit}"
    while True:
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for change in page["data"]:
            assert table.get(change["key"]) == change["before"]
            assert (
                change["op"]
                == {(False, True): "insert", (True, True): "update", (True, False): "delete"}[
                    change["before"] is not None, change["after"] is not None
                ]
            )
            if change["after"] is None:
                del table[change["key"]]
            else:
                table[change["key"]] = change["after"]
        url = page["links"]["next"]
        if "immutable" not in answer.headers["cache-control"]:
            return table


async def records(client: httpx.AsyncClient, name: str) -> list[Any]:
    return list((await client.get(f"/v1/datasets/{name}/records", params={"limit": 1000})).json()["data"])


ROWS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2), st.booleans()), min_size=1, max_size=12)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["replace", "upsert", "delete"]), ROWS),
        st.tuples(st.just("rollback"), st.integers(1, 9)),
    ),
    min_size=1,
    max_size=7,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS, limit=st.sampled_from([1, 3, 1000]))
async def test_the_feed_replayed_from_nothing_is_the_table(
    client: httpx.AsyncClient, publish: Publish, tools: PublishTools, steps: list[Any], limit: int
) -> None:
    deciding = DecideTools(tools.engine, tools.sessions, tools.blobs, tools.registry)
    await publish([deliberation("0")])
    for mode, what in steps:
        if mode == "rollback":
            number = (await client.get(f"/v1/datasets/{MURET}")).json()["version"]
            try:
                await roll_back(MURET, 1 + what % number, deciding, decided_by=OPERATOR)
            except SameContent:
                continue
        else:
            chosen = (
                {number: (number, objet, late) for number, objet, late in what}.values() if mode == "upsert" else what
            )
            rows = [
                deliberation(f"{number}", "2025-01-01" if late else "2024-01-01", DELIB_OBJET=f"{objet}")
                for number, objet, late in chosen
            ]
            await publish(rows, mode=mode)
    for name in (MURET, "deliberations"):
        expected = sorted(map(repr, await records(client, name)))
        assert sorted(map(repr, (await replay(client, name, limit=limit)).values())) == expected


async def test_a_feed_goes_on_from_a_version(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1"), deliberation("2")])
    deposit = await publish([deliberation("1", DELIB_OBJET="x"), deliberation("2"), deliberation("3")])
    page = (await client.get(f"/v1/datasets/{MURET}/changes?since=1")).json()
    assert [(change["op"], change["identity"]["DELIB_ID"]) for change in page["data"]] in (
        [("update", "1"), ("insert", "3")],
        [("insert", "3"), ("update", "1")],
    )
    assert {change["deposit_id"] for change in page["data"]} == {str(deposit.id)}
    assert {change["version"] for change in page["data"]} == {2}
    assert (await client.get(page["links"]["next"])).json()["data"] == []
    await publish([deliberation("2"), deliberation("3")])
    (gone,) = (await client.get(page["links"]["next"])).json()["data"]
    assert (gone["op"], gone["after"]) == ("delete", None)


async def test_a_full_page_never_changes_and_the_last_one_may(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(4)])
    full = await client.get(f"/v1/datasets/{MURET}/changes?limit=3")
    last = await client.get(full.json()["links"]["next"])
    assert "immutable" in full.headers["cache-control"]
    assert last.headers["cache-control"] == "public, no-cache"
    same = await client.get(f"/v1/datasets/{MURET}/changes?limit=3", headers={"If-None-Match": full.headers["etag"]})
    assert same.status_code == 304
    await publish([deliberation(f"{n}") for n in range(5)])
    again = await client.get(f"/v1/datasets/{MURET}/changes?limit=3")
    assert again.content == full.content


async def test_rows_come_in_the_order_of_the_file(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(6)])
    page = (await client.get(f"/v1/datasets/{MURET}/changes")).json()
    assert [change["identity"]["DELIB_ID"] for change in page["data"]] == [f"{n}" for n in range(6)]


async def test_a_cursor_from_when_rows_came_by_key_leaves_none_out(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(4)])
    publication = (await client.get("/v1/datasets/deliberations")).json()["version"]
    key = "80000000-0000-0000-0000-000000000000"
    said = {"list": f"changes {MURET}", "p": publication, "w": True, "k": key, "r": 10**9, "whole": False}
    cursor = encode_cursor(said, secret=cursor_secret(PEPPER))
    page = (await client.get(f"/v1/datasets/{MURET}/changes", params={"since": cursor})).json()
    assert len(page["data"]) == 4


async def test_a_cursor_of_another_feed_is_refused(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    cursor = (await client.get(f"/v1/datasets/{MURET}/changes")).json()["links"]["next"].partition("?")[2]
    assert (await client.get(f"/v1/datasets/deliberations/changes?{cursor}")).status_code == 400
    assert (await client.get(f"/v1/datasets/{MURET}/changes?since=99")).status_code == 404


async def test_a_withdrawal_leaves_tombstones_and_a_page_that_says_why(
    client: httpx.AsyncClient, publish: Publish, tools: PublishTools
) -> None:
    deciding = DecideTools(tools.engine, tools.sessions, tools.blobs, tools.registry)
    await publish([deliberation("1"), deliberation("2")])
    await publish([deliberation("3")], siren=COLOMIERS)
    known = (await client.get("/v1/datasets/deliberations")).json()["version"]
    await withdraw(MURET, "Données personnelles publiées par erreur.", deciding, decided_by=OPERATOR)
    for path in ("", "/records", "/exports/csv", "/versions", "/versions/1", "/changes", "/changes.atom"):
        answer = await client.get(f"/v1/datasets/{MURET}{path}")
        assert answer.status_code == 410, path
        assert "Données personnelles publiées par erreur." in answer.json()["detail"]
    assert [row["DELIB_ID"] for row in await records(client, "deliberations")] == ["3"]
    page = (await client.get(f"/v1/datasets/deliberations/changes?since={known}")).json()
    assert [change["op"] for change in page["data"]] == ["delete", "delete"]
    listed = (await client.get("/v1/datasets?schema=deliberations")).json()["data"]
    assert MURET not in [one["id"] for one in listed]
    refused = await publish([deliberation("1")])
    assert (refused.state, "retiré" in str(refused.failure)) == ("failed", True)
    await restore(MURET, deciding, decided_by=OPERATOR)
    assert [row["DELIB_ID"] for row in await records(client, MURET)] == ["1", "2"]


async def test_publications_are_an_atom_feed(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    await publish([deliberation("1"), deliberation("2")])
    for path in (f"/v1/datasets/{MURET}/changes.atom", "/v1/datasets/deliberations/changes.atom", "/v1/changes.atom"):
        answer = await client.get(path)
        assert answer.headers["content-type"].startswith("application/atom+xml")
        feed = fromstring(answer.text)
        titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
        assert len(titles) == 2
        assert str(titles[0]).endswith("— Muret : version 2")
        summary = feed.find(f"{ATOM}entry").findtext(f"{ATOM}summary")  # type: ignore[union-attr]
        assert summary == "1 ligne ajoutée, 0 modifiée, 0 retirée ; 2 lignes dans cette version."
        assert (await client.get(path, headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
