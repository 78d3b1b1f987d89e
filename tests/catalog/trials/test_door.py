"""A trial, and what everybody but its vendor finds in its place: nothing."""

from typing import Any

import httpx
from catalog_samples import deliberation
from journal import MURET, HabilitatedVendor
from sqlalchemy import text

from shared.db import Sessions
from shared.models import Deposit

LIVE = "/v1/datasets/deliberations-muret"
PRIVATE = "private, no-store"

VALUES = {"number": "1", "row_id": "1", "format": "csv", "from": "1", "to": "1", "since": "0"}
"""Of the parameters of routes about one data set."""


async def operations(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Method and path of everything that can be done with a data set, as the document of the API says it."""
    document = (await client.get("/openapi.json")).json()
    return [
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if "{dataset_id}" in path
    ]


def request_of(path: str, dataset_id: str) -> dict[str, Any]:
    """Address and parameters that make sense of a path of the document."""
    filled = path.replace("{dataset_id}", dataset_id)
    for name, value in VALUES.items():
        filled = filled.replace(f"{{{name}}}", value)
    return {"url": filled, "params": {"from": "1", "to": "1"} if path.endswith("/diff") else None}


async def answer_of(
    client: httpx.AsyncClient, operation: tuple[str, str], dataset_id: str, key: dict[str, str] | None
) -> tuple[int, str]:
    """Status and body, without what tells one request from another."""
    method, path = operation
    body = {"to": 1} if path.endswith("/rollback") else {}
    sent = None if method == "GET" else body
    answer = await client.request(method, **request_of(path, dataset_id), headers=key, json=sent)
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    problem.pop("request_id", None)
    return answer.status_code, str(problem).replace(dataset_id, "…")


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
    found = await operations(client)
    assert len(found) > 15
    for who, key in keys.items():
        for operation in found:
            status, said = await answer_of(client, operation, dataset_id, key)
            if operation[1].endswith("/rollback") and who.startswith("a key"):
                continue  # of the vendor itself: told what it lacks, as of a live data set
            expected = await answer_of(client, operation, "essai-qui-n-existe-pas", key)
            assert (status, said) == expected, (who, operation)
            assert status >= 400, (who, operation)


async def test_its_vendor_reads_all_of_it_and_no_cache_keeps_it(
    client: httpx.AsyncClient, publish: Any, vendor: HabilitatedVendor, key_of: Any, measured: Any
) -> None:
    trial = await publish_trial(publish, vendor, "1", "2")
    await measured()
    key = await key_of(vendor)
    first = (await client.get(f"/v1/datasets/{trial.dataset_id}/records", headers=key)).json()
    VALUES["row_id"] = str(first["ids"][0]) if "ids" in first else "1"
    for method, path in await operations(client):
        if method != "GET":
            continue
        answer = await client.get(**request_of(path, str(trial.dataset_id)), headers=key)
        if path.endswith("/overlaps"):
            assert answer.status_code in (200, 404)
            continue
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["cache-control"] == PRIVATE, path
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
