"""A vendor reads its own trail, whole and page by page, and nobody else's."""

import httpx
from journal import MURET, HabilitatedVendor
from pushes import push


async def test_a_vendor_reads_what_it_wrote_and_what_was_done_about_it(
    client: httpx.AsyncClient, other_vendor: HabilitatedVendor
) -> None:
    deposit = (await push(client)).json()["id"]
    found = (await client.get("/v1/audit")).json()["data"]
    assert found[0]["action"] == "deposit.create"
    assert found[0]["subject"] == f"deposit {deposit}"
    assert found[0]["organisation"] == MURET
    only = (await client.get("/v1/audit", params={"action": "deposit.create", "organisation": MURET})).json()["data"]
    assert [one["subject"] for one in only] == [f"deposit {deposit}"]
    theirs = await client.get("/v1/audit", headers={"Authorization": f"Bearer {other_vendor.key}"})
    assert deposit not in theirs.text
    assert "key.create" in theirs.text


async def test_pages_follow_each_other(client: httpx.AsyncClient) -> None:
    for _ in range(3):
        await push(client)
    whole = (await client.get("/v1/audit")).json()["data"]
    seen, link = [], "/v1/audit?limit=2"
    while link:
        page = (await client.get(link)).json()
        seen += page["data"]
        link = page["links"]["next"]
    assert seen == whole


async def test_the_trail_asks_for_a_key(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/v1/audit")).status_code == 401
