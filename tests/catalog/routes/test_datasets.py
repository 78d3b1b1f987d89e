"""Finding data sets and reading what they are."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from catalog_samples import deliberation, subvention

from shared.models import Deposit
from shared.registry import load_registry

Publish = Callable[..., Awaitable[Deposit]]

L_ISLE = "213102395"
COLOMIERS = "213101496"


async def ids(client: httpx.AsyncClient, **parameters: str) -> list[str]:
    answer = await client.get("/v1/datasets", params=parameters)
    assert answer.status_code == 200, answer.text
    return [dataset["id"] for dataset in answer.json()["data"]]


async def test_consolidated_data_sets_are_there_from_the_start(client: httpx.AsyncClient) -> None:
    registry = load_registry()
    assert await ids(client) == sorted(registry.get(name).dataset.id for name in registry.names())


async def test_a_search_ignores_accents_and_case(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")], siren=L_ISLE)
    await publish([deliberation("1")])
    found = await ids(client, q="L’ISLE délibérations")
    assert len(found) == 1
    assert found[0].startswith("deliberations-")
    assert await ids(client, q="DELIBERATIONS mûret") == ["deliberations-muret"]
    assert await ids(client, q="muret xyz") == []
    assert await ids(client, q="%") == await ids(client)


async def test_lists_are_filtered_by_schema_and_organisation(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    await publish([subvention("1", "10")], schema_name="scdl/subventions")
    assert await ids(client, schema="deliberations") == ["deliberations", "deliberations-muret"]
    for code in ("213103955", "21310395500018", "31395"):
        assert await ids(client, organisation=code) == ["deliberations-muret", "subventions-muret"]


async def test_a_data_set_without_a_version_is_not_shown(
    client: httpx.AsyncClient, publish: Publish, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    await publish([deliberation("1", VOTE_POUR="deux")])
    assert await ids(client, q="muret") == []
    assert (await client.get("/v1/datasets/deliberations-muret")).status_code == 404


async def test_pages_of_data_sets_follow_each_other(client: httpx.AsyncClient) -> None:
    found, following = [], "/v1/datasets?limit=4"
    while following:
        body = (await client.get(following)).json()
        found += [dataset["id"] for dataset in body["data"]]
        following = body["links"]["next"]
    assert found == await ids(client)


@pytest.mark.parametrize(
    "path", ["/v1/datasets?q=muret", "/v1/datasets/deliberations-muret", "/v1/datasets/deliberations-muret/versions"]
)
async def test_a_description_is_asked_again_for_nothing(client: httpx.AsyncClient, publish: Publish, path: str) -> None:
    await publish([deliberation("1")])
    first = await client.get(path)
    assert first.headers["cache-control"] == "public, no-cache"
    assert "Accept" in first.headers["vary"]
    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await publish([deliberation("1"), deliberation("2")])
    changed = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.json() != first.json()) == (200, True)


async def test_a_cursor_belongs_to_its_question(client: httpx.AsyncClient) -> None:
    following = (await client.get("/v1/datasets?limit=2&sort=title")).json()["links"]["next"]
    assert (await client.get(following)).status_code == 200
    for other in ("sort=-title", "sort=title&theme=GOVE", "sort=title&q=a"):
        answer = await client.get(following.replace("sort=title", other))
        assert (answer.status_code, answer.json()["parameter"]) == (400, "cursor")


async def test_facets_come_with_the_first_page(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    body = (await client.get("/v1/datasets", params={"limit": 2})).json()
    facets = body["meta"]["facets"]
    assert list(facets) == ["theme", "organisation", "schema", "licence", "format", "freshness"]
    assert facets["organisation"] == [{"value": "213103955", "title": "Muret", "count": 1}]
    registry = load_registry()
    governing = sum(registry.get(name).dataset.theme == "GOVE" for name in registry.names()) + 1
    assert {"value": "GOVE", "title": "Gouvernement et secteur public", "count": governing} in facets["theme"]
    assert facets["licence"] == [
        {"value": "etalab-2.0", "title": "Licence Ouverte 2.0", "count": body["meta"]["total"]}
    ]
    assert {"value": "csv", "title": "CSV", "count": body["meta"]["total"]} in facets["format"]
    following = (await client.get(body["links"]["next"])).json()
    assert (following["meta"]["facets"], following["meta"]["total"]) == (None, body["meta"]["total"])


async def test_filters_repeat_and_add_up(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    both = {"schema": ["deliberations", "scdl/subventions"]}
    assert (await client.get("/v1/datasets", params=both)).json()["meta"]["total"] == 3
    narrowed = both | {"freshness": "up-to-date"}
    assert len((await client.get("/v1/datasets", params=narrowed)).json()["data"]) == 2
    geographic = (await client.get("/v1/datasets", params={"format": "geojson"})).json()["data"]
    assert geographic
    assert all("geojson" in one["formats"] for one in geographic)


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"schema": "scdl/inconnu"}, 404, "unknown-schema"),
        ({"organisation": "000000000"}, 400, "invalid-parameter"),
        ({"organisation": "été"}, 400, "invalid-parameter"),
        ({"limit": "0"}, 422, "invalid-request"),
        ({"cursor": "x"}, 400, "invalid-parameter"),
        ({"page": "2"}, 400, "invalid-parameter"),
        ({"sort": "name"}, 422, "invalid-request"),
        ({"theme": "gove"}, 422, "invalid-request"),
        ({"format": "shp"}, 422, "invalid-request"),
    ],
)
async def test_wrong_questions_are_refused(
    client: httpx.AsyncClient, parameters: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get("/v1/datasets", params=parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_data_set_tells_what_it_is(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1"), deliberation("2")])
    body = (await client.get("/v1/datasets/deliberations-muret")).json()
    assert body["title"].endswith("— Muret")
    assert body["organisation"] == {"siren": "213103955", "name": "Muret"}
    assert (body["version"], body["rows"], body["schema"]["name"]) == (1, 2, "scdl/deliberations")
    assert body["licence"]["title"] == "Licence Ouverte 2.0"
    assert body["updated_at"] is not None
    for link in ("self", "records", "csv", "versions"):
        assert (await client.get(body["links"][link])).status_code == 200


async def test_versions_are_listed_newest_first(client: httpx.AsyncClient, publish: Publish) -> None:
    for number in range(3):
        await publish([deliberation(f"{number}"), deliberation("always")])
    body = (await client.get("/v1/datasets/deliberations-muret/versions?limit=2")).json()
    assert [version["number"] for version in body["data"]] == [3, 2]
    newest = body["data"][0]
    assert (newest["rows"], newest["rows_inserted"], newest["rows_closed"], newest["slices"]) == (2, 1, 1, ["2024"])
    assert newest["schema"]["version"] == "2.1.5"
    rest = (await client.get(body["links"]["next"])).json()
    assert ([version["number"] for version in rest["data"]], rest["links"]["next"]) == ([1], None)


async def test_versions_of_a_consolidated_data_set_are_those_of_each(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish([deliberation("1")])
    await publish([deliberation("1")], siren=COLOMIERS)
    body = (await client.get("/v1/datasets/deliberations/versions")).json()
    assert [version["dataset"] for version in body["data"]] == ["deliberations-colomiers", "deliberations-muret"]
