"""A trial, and what everybody but its vendor finds in its place: nothing."""

from typing import Any

import httpx
from catalog_samples import deliberation
from journal import MURET, HabilitatedVendor
from sqlalchemy import text
from walking import ask, dataset_operations, told

from shared.db import Sessions
from shared.models import Deposit

LIVE = "/v1/datasets/deliberations-muret"
PRIVATE = "private, no-store"
NOWHERE = "essai-qui-n-existe-pas"


async def publish_trial(publish: Any, holder: HabilitatedVendor, *numbers: str, **more: Any) -> Deposit:
    deposit: Deposit = await publish([deliberation(number) for number in numbers], trial_of=holder.vendor.id, **more)
    assert deposit.state == "published", deposit.failure
    return deposit


async def test_every_operation_on_a_trial_finds_nothing_without_the_key_for_tests_of_its_vendor(
    client: httpx.AsyncClient, publish: Any, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor, key_of: Any
) -> None:
    trial = await publish_trial(publish, vendor, "1", "2")
    dataset_id = str(trial.dataset_id)
    keys = {
        "nobody": None,
        "a live key of the vendor": {"Authorization": f"Bearer {vendor.key}"},
        "another vendor": {"Authorization": f"Bearer {other_vendor.key}"},
        "another vendor's test key": await key_of(other_vendor),
        "a key for another commune": await key_of(vendor, organisations=["213101496"]),
        "a key for other schemas": await key_of(vendor, schemas=["scdl/subventions"]),
        "a key that may not read": await key_of(vendor, actions=("deposit", "datasets")),
        "no key at all": {"Authorization": "Bearer socle_test_abcdefgh_" + "a" * 43},
    }
    found = await dataset_operations(client)
    assert len(found) > 15
    for who, key in keys.items():
        for operation in found:
            if operation[1].endswith("/rollback") and who.startswith("a key"):
                continue  # of the vendor itself: told what it lacks, as of a live data set
            status, said = told(await ask(client, operation, dataset_id, key), dataset_id)
            assert (status, said) == told(await ask(client, operation, NOWHERE, key), NOWHERE), (who, operation)
            assert status >= 400, (who, operation)


async def test_its_vendor_reads_all_of_it_and_no_cache_keeps_it(
    client: httpx.AsyncClient, publish: Any, vendor: HabilitatedVendor, key_of: Any, measured: Any
) -> None:
    trial = await publish_trial(publish, vendor, "1", "2")
    await measured()
    key = await key_of(vendor)
    first = (await client.get(f"/v1/datasets/{trial.dataset_id}/records", headers=key)).json()
    for operation in await dataset_operations(client):
        answer = await ask(client, operation, str(trial.dataset_id), key, row_id=str(first["ids"][0]))
        if operation[0] != "GET" or operation[1].endswith("/overlaps"):
            assert answer.status_code in (200, 201, 403, 404, 409), operation
            continue
        assert answer.status_code == 200, (operation, answer.text)
        assert answer.headers["cache-control"] == PRIVATE, operation
    again = await client.get(
        f"/v1/datasets/{trial.dataset_id}/records", headers=key | {"If-None-Match": '"x"'}, params={"DELIB_ID": "2"}
    )
    assert [row["DELIB_ID"] for row in again.json()["data"]] == ["2"]


async def test_nothing_that_anybody_reads_changes_by_a_trial(
    client: httpx.AsyncClient, publish: Any, vendor: HabilitatedVendor, owner_sessions: Sessions, measured: Any
) -> None:
    await publish([deliberation("1"), deliberation("2")])
    await measured()
    paths = [
        "/v1/datasets",
        "/v1/datasets?q=muret",
        "/v1/changes.atom",
        *(
            f"/v1/datasets/{one}{end}"
            for one in ("deliberations", "deliberations-muret")
            for end in ("", "/records", "/versions", "/changes", "/changes.atom", "/aggregate", "/preview", "/overlaps")
        ),
    ]

    async def read() -> dict[str, tuple[int, str]]:
        answers = {path: await client.get(path) for path in paths}
        return {path: (one.status_code, one.text) for path, one in answers.items() if one.status_code != 404}

    before = await read()
    assert len(before) > 12
    for numbers in ("3", "456", "67"):
        await publish_trial(publish, vendor, *numbers, scope="all")
    await measured()
    assert await read() == before
    async with owner_sessions() as session:
        rows = (await session.execute(text('SELECT count(*) FROM data."deliberations"'))).scalar_one()
        tried = (await session.execute(text('SELECT count(*) FROM trials."deliberations"'))).scalar_one()
    assert (rows, tried) == (2, 5)


async def test_a_vendor_has_one_trial_by_organisation_and_schema(
    client: httpx.AsyncClient, publish: Any, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor
) -> None:
    await publish([deliberation("1")])
    first = await publish_trial(publish, vendor, "1")
    second = await publish_trial(publish, vendor, "1", "2")
    assert (first.dataset_id, first.dataset_version) == (second.dataset_id, 1)
    assert second.dataset_version == 2
    assert str(first.dataset_id).startswith("essai-deliberations-muret-")
    assert (await client.get(LIVE)).json()["version"] == 1
    assert second.organisation_siren == MURET
