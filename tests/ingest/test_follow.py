"""Reading deposits back: a vendor sees its own, page by page, and nothing else."""

import httpx
from journal import HabilitatedVendor, MakeDeposit
from pushes import push, refused


async def test_another_vendors_deposit_does_not_exist(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, other_vendor: HabilitatedVendor
) -> None:
    deposit_id = (await push(client)).json()["id"]
    other = {"X-API-Key": other_vendor.key}
    for path in ("", "/report", "/file"):
        refused(await stranger.get(f"/v1/deposits/{deposit_id}{path}", headers=other), 404, "not-found")
        refused(await stranger.get(f"/v1/deposits/{deposit_id}{path}"), 401, "key-invalid")
    assert (await stranger.get("/v1/deposits", headers=other)).json()["data"] == []


async def test_a_list_is_paged_from_the_newest_without_hole_or_repeat(
    client: httpx.AsyncClient, make_deposit: MakeDeposit
) -> None:
    made = [str((await make_deposit()).id) for _ in range(7)]
    found, link, pages = [], "/v1/deposits?limit=3", 0
    while link:
        page = (await client.get(link)).json()
        found += [deposit["id"] for deposit in page["data"]]
        link, pages = page["links"]["next"], pages + 1
        if pages == 1:
            await make_deposit()
    assert found == made[::-1]
    assert pages == 3


async def test_a_list_is_filtered_by_organisation_schema_and_state(
    client: httpx.AsyncClient, make_deposit: MakeDeposit
) -> None:
    await make_deposit(schema_name="scdl/subventions")
    await make_deposit(siren="213101496")

    async def count(**params: str) -> int:
        return len((await client.get("/v1/deposits", params=params)).json()["data"])

    assert await count() == 2
    assert await count(organisation="31149") == 1
    assert await count(schema="subventions") == 1
    assert await count(schema="subventions", organisation="31149") == 0
    assert await count(state="received") == 2
    assert await count(state="published") == 0
    refused(await client.get("/v1/deposits", params={"state": "lost"}), 422, "invalid-request")


async def test_a_list_is_searched_by_the_vendors_own_reference(
    client: httpx.AsyncClient, make_deposit: MakeDeposit
) -> None:
    wanted = [str((await make_deposit(external_id="export 12")).id) for _ in range(3)]
    await make_deposit(external_id="export 1")
    await make_deposit()
    page = (await client.get("/v1/deposits", params={"external_id": "export 12", "limit": 2})).json()
    rest = (await client.get(page["links"]["next"])).json()
    assert [one["id"] for one in page["data"] + rest["data"]] == wanted[::-1]
    assert (await client.get("/v1/deposits", params={"external_id": "export"})).json()["data"] == []


async def test_a_forged_cursor_is_refused(client: httpx.AsyncClient) -> None:
    refused(await client.get("/v1/deposits", params={"cursor": "eyJiZWZvcmUiOjF9"}), 400, "invalid-parameter")


async def test_a_deposit_without_verdict_has_no_report_yet(client: httpx.AsyncClient) -> None:
    deposit_id = (await push(client)).json()["id"]
    response = await client.get(f"/v1/deposits/{deposit_id}/report")
    problem = refused(response, 404, "report-not-ready")
    assert problem["state"] == "received"
    assert response.headers["retry-after"] == "1"


async def test_the_status_is_public_and_counts(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, make_deposit: MakeDeposit
) -> None:
    empty = (await stranger.get("/v1/status")).json()
    assert empty["oldest_waiting_seconds"] is None
    await make_deposit()
    status = (await stranger.get("/v1/status")).json()
    assert status["waiting"] == 1
    assert status["states_24h"]["received"] == 1
    assert status["oldest_waiting_seconds"] >= 0
    assert status["queue_up"] is True
    assert status["versions"]["postgresql"].startswith("18")
