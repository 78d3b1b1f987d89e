"""Versions older than the policy lose their rows and files; what is kept reads as before."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from catalog_samples import MURET_DELIBERATIONS, deliberation, fetch
from journal import HabilitatedVendor

from services.catalog.publish import PublishTools
from services.catalog.publish.retention import Policy, purge
from shared.blobs import Blobs
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

MURET = f"/v1/datasets/{MURET_DELIBERATIONS}"


async def run(tools: PublishTools, policy: Policy) -> int:
    return await purge(tools.sessions, tools.blobs, registry=tools.registry, policy=policy)


async def test_old_versions_are_given_up_and_say_so(
    client: httpx.AsyncClient, database: str, publish: Publish, tools: PublishTools, blobs: Blobs
) -> None:
    for mark in "abcd":
        await publish([deliberation("1"), deliberation("2", DELIB_OBJET=mark)])
    await client.get(f"{MURET}/versions/1/exports/ndjson")
    assert await run(tools, Policy(versions=2)) == 2
    assert await run(tools, Policy(versions=2)) == 0
    (count,) = await fetch(database, "SELECT count(*) AS n FROM data.deliberations")
    assert count["n"] == 3
    assert len(await blobs.names(f"snapshots/{MURET_DELIBERATIONS}")) == 2
    for path in ("versions/1/exports/csv", "diff?from=2&to=4", "changes?since=0", "changes?since=2"):
        answer = await client.get(f"{MURET}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (410, "version-purged"), path
        assert answer.json()["restart"] == f"{MURET}/records"
    assert (await client.get(f"{MURET}/versions/1")).json()["purged_at"] is not None
    for path in ("versions/3/exports/csv", "diff?from=3&to=4", "changes?since=3", "exports/csv", "records"):
        assert (await client.get(f"{MURET}/{path}")).status_code == 200, path
    assert (await client.get("/v1/datasets/deliberations/versions/1/exports/csv")).status_code == 410


async def test_a_file_that_a_kept_version_has_too_stays(
    client: httpx.AsyncClient, publish: Publish, tools: PublishTools
) -> None:
    for mark in "aba":
        await publish([deliberation("1", DELIB_OBJET=mark)])
    assert await run(tools, Policy(versions=1)) == 2
    assert (await client.get(f"{MURET}/exports/csv")).status_code == 200


@pytest.mark.parametrize(("policy", "purged"), [(Policy(), 0), (Policy(1, 1.0), 0), (Policy(days=1.0), 0)])
async def test_what_the_policy_keeps_stays(publish: Publish, tools: PublishTools, policy: Policy, purged: int) -> None:
    for mark in "abc":
        await publish([deliberation("1", DELIB_OBJET=mark)])
    assert await run(tools, policy) == purged


async def test_a_version_counts_as_old_from_when_it_was_replaced(
    database: str, publish: Publish, tools: PublishTools
) -> None:
    for mark in "abc":
        await publish([deliberation("1", DELIB_OBJET=mark)])
    await fetch(database, "UPDATE catalog.version SET published_at = now() - interval '3 days' WHERE number < 3")
    assert await run(tools, Policy(days=2)) == 1


async def test_a_version_goes_back_for_who_may_deposit(
    client: httpx.AsyncClient,
    publish: Publish,
    vendor: HabilitatedVendor,
    other_vendor: HabilitatedVendor,
    database: str,
) -> None:
    await publish([deliberation("1"), deliberation("2")])
    await publish([deliberation("1", DELIB_OBJET="x"), deliberation("3")])
    key = {"Authorization": f"Bearer {vendor.key}"}
    assert (await client.post(f"{MURET}/rollback", json={"to": 1})).status_code == 401
    await fetch(
        database,
        "UPDATE ingest.habilitation SET state = 'revoked', ended_at = now() WHERE id = $1",
        other_vendor.habilitation_id,
    )
    answer = await client.post(f"{MURET}/rollback", json={"to": 1}, headers={"X-API-Key": other_vendor.key})
    assert answer.status_code == 403
    answer = await client.post(f"{MURET}/rollback", json={"to": 1}, headers=key)
    assert answer.status_code == 201, answer.text
    version = answer.json()
    assert (version["number"], version["mode"], version["equals"], version["deposit_id"]) == (3, "rollback", 1, None)
    assert answer.headers["location"] == f"{MURET}/versions/3"
    first = (await client.get(f"{MURET}/versions/1")).json()
    assert version["snapshot"] == first["snapshot"]
    assert (await client.get(f"{MURET}/diff?from=1&to=3")).json()["data"] == []
    for to, status in ((1, 409), (9, 404)):
        assert (await client.post(f"{MURET}/rollback", json={"to": to}, headers=key)).status_code == status
    assert (await client.post("/v1/datasets/deliberations/rollback", json={"to": 1}, headers=key)).status_code == 404
