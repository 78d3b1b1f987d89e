"""What two organisations publish alike is kept twice, counted and listed."""

from collections.abc import Awaitable, Callable

import httpx
from catalog_samples import deliberation

from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]
Measured = Callable[[], Awaitable[None]]

COLOMIERS = "213101496"


async def test_the_same_identity_twice_is_flagged(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([deliberation(f"{n}") for n in range(6)])
    await publish([deliberation(f"{n}", DELIB_OBJET="autre") for n in range(3, 9)], siren=COLOMIERS)
    assert (await client.get("/v1/datasets/deliberations")).json()["meta"] == {"overlaps": None}
    await measured()
    whole = (await client.get("/v1/datasets/deliberations")).json()
    assert whole["rows"] == 12
    overlaps = whole["meta"]["overlaps"]
    assert (overlaps["count"], overlaps["href"]) == (3, "/v1/datasets/deliberations/overlaps")
    assert overlaps["version"] == whole["version"]
    url, found = f"{whole['meta']['overlaps']['href']}?limit=2", []
    while url is not None:
        page = (await client.get(url)).json()
        found += page["data"]
        url = page["links"]["next"]
    assert sorted(one["identity"]["DELIB_ID"] for one in found) == ["3", "4", "5"]
    assert {tuple(one["datasets"]) for one in found} == {("deliberations-colomiers", "deliberations-muret")}


async def test_one_organisation_overlaps_nobody(
    client: httpx.AsyncClient, publish: Publish, measured: Measured
) -> None:
    await publish([deliberation("1"), deliberation("1")])
    await measured()
    assert (await client.get("/v1/datasets/deliberations")).json()["meta"]["overlaps"]["count"] == 0
    assert (await client.get("/v1/datasets/deliberations-muret")).json()["meta"] == {"overlaps": None}
    assert (await client.get("/v1/datasets/deliberations-muret/overlaps")).json()["data"] == []
