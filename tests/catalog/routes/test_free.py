"""Free data sets are created and changed over HTTP; who may, what is refused, what others see of them at once."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest
from journal import MURET, HabilitatedVendor
from pushes import refused

from services.ingest.admin import create_key, create_vendor, grant_habilitation

COUNTS = {
    "organisation": MURET,
    "title": "Comptages routiers",
    "description": "Véhicules comptés chaque jour à chaque point de mesure.",
    "theme": "TRAN",
    "schema": {
        "fields": [
            {"name": "point", "type": "string", "constraints": {"required": True, "pattern": "P[0-9]{3}"}},
            {"name": "jour", "type": "date"},
            {"name": "véhicules", "type": "integer", "constraints": {"minimum": 0}},
        ],
        "primaryKey": ["point", "jour"],
    },
}
ID = "libre-comptages-routiers-muret"
NAME = "libre/comptages-routiers-muret"


@pytest.fixture
def headers(vendor: HabilitatedVendor) -> dict[str, str]:
    return {"Authorization": f"Bearer {vendor.key}"}


async def create(client: httpx.AsyncClient, headers: dict[str, str], **changed: Any) -> httpx.Response:
    return await client.post("/v1/datasets", json={**COUNTS, **changed}, headers=headers)


async def edit(client: httpx.AsyncClient, headers: dict[str, str], **patch: Any) -> httpx.Response:
    return await client.patch(f"/v1/datasets/{ID}", json=patch, headers=headers)


async def test_what_was_created_is_described_at_once(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    made = await create(client, headers)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/datasets/{ID}"
    body = made.json()
    assert body["id"] == ID
    assert body["schema"]["name"] == NAME
    assert body["licence"]["id"] == "etalab-2.0"
    assert body["theme"] == "TRAN"
    assert body["spatial"] == ["31395"]
    assert body["deposit"] == f"/v1/deposits?organisation={MURET}&schema={NAME}"
    assert body["version"] is None
    read = (await client.get(f"/v1/datasets/{ID}")).json()
    assert read == {name: value for name, value in body.items() if name in read}
    assert (await client.get(f"/v1/datasets/{ID}/records")).json()["data"] == []
    assert (await client.get("/v1/datasets", params={"q": "comptages"})).status_code == 200


async def test_under_an_idempotency_key_the_second_request_gets_the_first_answer(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    sent = headers | {"Idempotency-Key": "creation-1"}
    first, again = await create(client, sent), await create(client, sent)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == f"/v1/datasets/{ID}"
    assert again.headers["idempotency-replayed"] == "true"
    refused(await create(client, sent, title="Autre"), 422, "idempotency-key-reused")
    refused(await edit(client, sent, title="Autre"), 422, "idempotency-key-reused")


async def test_a_second_request_says_that_the_first_succeeded(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await create(client, headers)
    problem = refused(await create(client, headers), 409, "dataset-exists")
    assert problem["dataset"] == ID
    other = await create(client, headers, slug="comptages-velos")
    assert other.json()["id"] == "libre-comptages-velos-muret"


async def test_two_requests_at_once_make_one_data_set(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answers = await asyncio.gather(*(create(client, headers) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]


async def test_only_a_vendor_of_the_organisation_creates_and_changes(
    client: httpx.AsyncClient, headers: dict[str, str], sessions_of: Any
) -> None:
    refused(await create(client, {}), 401, "key-invalid")
    sessions = sessions_of("socle_ingest")
    stranger = await create_vendor(sessions, name="Étrangers")
    key = await create_key(sessions, vendor=stranger, name="essais", pepper="pepper-of-the-tests")
    theirs = {"X-API-Key": key.text}
    refused(await create(client, theirs), 403, "not-habilitated")
    await grant_habilitation(
        sessions, vendor=stranger, organisation_siren=MURET, schemas=["scdl/deliberations"], basis="essai"
    )
    refused(await create(client, theirs), 403, "not-habilitated")
    await create(client, headers)
    refused(await client.patch(f"/v1/datasets/{ID}", json={"title": "À nous"}, headers=theirs), 403, "not-habilitated")
    await grant_habilitation(sessions, vendor=stranger, organisation_siren=MURET, schemas=[NAME], basis="essai")
    changed = await client.patch(f"/v1/datasets/{ID}", json={"title": "À nous"}, headers=theirs)
    assert changed.json()["title"] == "À nous"


async def test_a_patch_changes_what_it_names_and_nothing_else(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    before = (await create(client, headers)).json()
    said = {
        "licence": "ODbL-1.0",
        "frequency": "monthly",
        "temporal": {"start": "2024-01-01", "end": "2024-12-31"},
        "contact": {"name": "Service voirie", "email": "voirie@mairie-muret.fr"},
    }
    after = (await edit(client, headers, **said)).json()
    assert after["licence"]["title"] == "Open Database License 1.0"
    assert (after["frequency"], after["temporal"], after["contact"]) == (
        "monthly",
        {"start": "2024-01-01", "end": "2024-12-31"},
        {"name": "Service voirie", "email": "voirie@mairie-muret.fr"},
    )
    assert after["description"] == before["description"]
    read = await client.get(f"/v1/datasets/{ID}/records")
    assert f'<{after["licence"]["url"]}>; rel="license"' in read.headers["link"]
    again = (await edit(client, headers, temporal={"end": None}, contact=None, licence=None)).json()
    assert (again["temporal"], again["contact"]) == ({"start": "2024-01-01", "end": None}, None)
    assert again["licence"]["id"] == "etalab-2.0"
    assert (await client.get(f"/v1/datasets/{ID}")).json()["temporal"] == {"start": "2024-01-01", "end": None}


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"theme": "ROUTES"}, "#/theme"),
        ({"title": " "}, "#/title"),
        ({"title": "a\x00b"}, "#/title"),
        ({"licence": "à voir"}, "#/licence"),
        ({"frequency": "parfois"}, "#/frequency"),
        ({"temporal": {"start": "2024-12-31", "end": "2024-01-01"}}, "#/temporal"),
        ({"spatial": ["Muret"]}, "#/spatial/0"),
        ({"contact": {"email": "chez moi"}}, "#/contact/email"),
        ({"slug": "../etc"}, "#/slug"),
        ({"owner": "moi"}, "#/owner"),
        ({"schema": "infer"}, "#/schema"),
        ({"schema": {"fields": []}}, "#/schema/fields"),
        ({"schema": {"fields": [{"name": "a", "type": "blob"}]}}, "#/schema/fields/0/type"),
        ({"organisation": "999999999"}, "#/organisation"),
        ({"title": "…", "slug": None}, "#/slug"),
    ],
)
async def test_each_fault_is_pointed_at(
    client: httpx.AsyncClient, headers: dict[str, str], changed: dict[str, Any], pointer: str
) -> None:
    answer = await create(client, headers, **changed)
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]], answer.text
    assert (await client.get(f"/v1/datasets/{ID}")).status_code == 404


async def test_a_patch_is_judged_as_a_whole(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await create(client, headers, temporal={"start": "2024-01-01"})
    answer = await edit(client, headers, temporal={"end": "2023-01-01"}, title="Autre")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/temporal"]
    assert (await client.get(f"/v1/datasets/{ID}")).json()["title"] == "Comptages routiers"
    assert (await edit(client, headers, organisation="213101074")).json()["errors"][0]["pointer"] == "#/organisation"
    assert (await edit(client, headers, title=None)).json()["errors"][0]["pointer"] == "#/title"
    assert (await edit(client, headers, schema="infer")).json()["errors"][0]["pointer"] == "#/schema"


async def test_a_body_without_end_is_not_read_to_its_end(client: httpx.AsyncClient) -> None:
    refused(await client.post("/v1/datasets", content=b"[" * 2_000_000), 413, "body-too-large")
    deep = await client.post("/v1/datasets", content=b"[" * 500_000, headers={"Content-Type": "application/json"})
    assert deep.status_code in (400, 422)


async def test_half_a_surrogate_pair_is_refused_anywhere(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await create(client, headers)
    for body in (b'{"\\ud800": 1}', b'{"title": "\\ud800"}', b'{"schema": {"fields": [{"name": "\\ud800"}]}}'):
        answer = await client.patch(
            f"/v1/datasets/{ID}", content=body, headers={**headers, "Content-Type": "application/merge-patch+json"}
        )
        assert answer.status_code == 422, answer.text


async def test_a_data_set_with_a_national_schema_says_what_its_schema_says(
    client: httpx.AsyncClient, headers: dict[str, str], publish: Any
) -> None:
    await publish([{"COLL_NOM": "Muret", "DELIB_ID": "1", "DELIB_DATE": "2024-01-01"}])
    answer = await client.patch("/v1/datasets/deliberations-muret", json={"title": "Autre"}, headers=headers)
    refused(answer, 409, "not-free-dataset")
    refused(await client.patch("/v1/datasets/nulle-part", json={}, headers=headers), 404, "not-found")


async def test_a_version_with_other_columns_widens_the_table(
    client: httpx.AsyncClient, headers: dict[str, str], database: str
) -> None:
    await create(client, headers)
    same = await edit(client, headers, schema=COUNTS["schema"])
    assert same.status_code == 200
    fields = [*COUNTS["schema"]["fields"][:2], {"name": "sens"}]
    wider = await edit(client, headers, schema={**COUNTS["schema"], "fields": fields, "foreignKeys": []})
    assert wider.json()["ignored"] == ["#/schema/foreignKeys"]
    owner = await asyncpg.connect(database)
    try:
        versions = await owner.fetch("SELECT number FROM catalog.free_schema WHERE dataset_id = $1 ORDER BY 1", ID)
        columns = await owner.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attname LIKE 'c\\_%' ORDER BY 1",
            f'data."{ID}"',
        )
    finally:
        await owner.close()
    assert [row["number"] for row in versions] == [1, 2]
    assert len(columns) == 4


async def test_whoever_comes_during_a_publication_is_asked_to_come_back(
    client: httpx.AsyncClient, headers: dict[str, str], database: str
) -> None:
    await create(client, headers)
    owner = await asyncpg.connect(database)
    try:
        for held in (
            f"SELECT FROM catalog.dataset WHERE id = '{ID}' FOR UPDATE",
            f'LOCK TABLE data."{ID}" IN ROW EXCLUSIVE MODE',
        ):
            async with owner.transaction():
                await owner.execute(held)
                fields = [*COUNTS["schema"]["fields"], {"name": "sens"}]
                answer = await edit(client, headers, title="Autre", schema={**COUNTS["schema"], "fields": fields})
                assert refused(answer, 503, "service-unavailable")
                assert answer.headers["retry-after"]
    finally:
        await owner.close()
    assert (await client.get(f"/v1/datasets/{ID}")).json()["title"] == "Comptages routiers"
    assert (await edit(client, headers, title="Autre")).json()["title"] == "Autre"


async def test_rows_that_are_there_stay_readable_under_the_next_version(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """Another type would hide their values, another identity would let them come twice."""
    await create(client, headers)
    schema: dict[str, Any] = COUNTS["schema"]
    retyped = {**schema, "fields": [*schema["fields"][:2], {"name": "véhicules", "type": "number"}]}
    problem = refused(await edit(client, headers, schema=retyped), 422, "invalid-dataset")
    assert "un autre nom" in problem["detail"]
    problem = refused(await edit(client, headers, schema={**schema, "primaryKey": "point"}), 422, "invalid-dataset")
    assert problem["errors"][0]["pointer"] == "#/schema/primaryKey"
    assert (await client.get(f"/v1/datasets/{ID}")).json()["title"] == "Comptages routiers"


async def test_the_table_is_kept_as_any_other(
    client: httpx.AsyncClient, headers: dict[str, str], database: str
) -> None:
    """Catalog closes rows of it and never rewrites them; readers read it; the next migration may change it."""
    await create(client, headers)
    owner = await asyncpg.connect(database)
    try:
        for role, rights in (("socle_catalog", "adrw"), ("socle_reader", "r")):
            for right, name in (("a", "INSERT"), ("d", "DELETE"), ("r", "SELECT"), ("w", "UPDATE"), ("t", "TRUNCATE")):
                held = await owner.fetchval("SELECT has_table_privilege($1, $2, $3)", role, f'data."{ID}"', name)
                assert held == (right in rights.replace("w", "")), (role, name)
        closing = await owner.fetchval(
            "SELECT has_column_privilege('socle_catalog', $1, 'to_publication', 'UPDATE')", f'data."{ID}"'
        )
        assert closing
    finally:
        await owner.close()
