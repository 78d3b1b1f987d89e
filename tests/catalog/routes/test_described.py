"""What describes a data set to programs says what its routes do."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from catalog_samples import deliberation, subvention
from frictionless import Resource, Schema
from jsonschema import Draft202012Validator

from shared.models import Deposit
from shared.registry import load_registry

Publish = Callable[..., Awaitable[Deposit]]

COLOMIERS = "213101496"


async def document_of(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_schema_describes_the_columns_as_they_are_served(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    await publish([deliberation("1")], siren=COLOMIERS)
    for dataset_id in ("deliberations-muret", "deliberations"):
        schema = await document_of(client, f"/v1/datasets/{dataset_id}/schema")
        header = (await client.get(f"/v1/datasets/{dataset_id}/exports/csv")).text.splitlines()[0]
        assert [field["name"] for field in schema["fields"]] == header.split(",")
        assert all(field["title"] for field in schema["fields"])
        assert schema["version"] == load_registry().get("scdl/deliberations").version


async def test_the_schema_is_that_of_the_version_served(client: httpx.AsyncClient, publish: Publish) -> None:
    registry = load_registry()
    oldest = registry.get("etalab/schema-bal", "1.3.0")
    row = {"cle_interop": "31395_0001_00001", "uid_adresse": None, "commune_insee": "31395", "voie_nom": "Rue du Pont"}
    await publish([{name: row.get(name) for name in oldest.field_names}], schema_name="bal", version="1.3.0")
    schema = await document_of(client, "/v1/datasets/bal-muret/schema")
    assert schema["version"] == "1.3.0"
    assert schema["socle"]["links"]["schema"] == "/v1/schemas/etalab/schema-bal/versions/1.3.0"
    newest = registry.get("etalab/schema-bal")
    assert {field.name for field in newest.fields} <= {field["name"] for field in schema["fields"]}


async def test_files_are_valid_under_the_schema_served(
    client: httpx.AsyncClient, publish: Publish, tmp_path: Path
) -> None:
    await publish([deliberation("1", VOTE_POUR="3", DELIB_OBJET="a, « b »"), deliberation("2", DELIB_MATIERE_NOM="x")])
    await publish([deliberation("1")], siren=COLOMIERS)
    for dataset_id in ("deliberations-muret", "deliberations"):
        schema = await document_of(client, f"/v1/datasets/{dataset_id}/schema")
        answer = await client.get(f"/v1/datasets/{dataset_id}/exports/csv")
        (tmp_path / "data.csv").write_bytes(answer.content)
        file = Resource(path="data.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema))
        report = file.validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


async def test_constraints_are_those_that_every_row_fulfils(client: httpx.AsyncClient) -> None:
    registry = load_registry()
    schema = await document_of(client, "/v1/datasets/deliberations/schema")
    served = {field["name"]: field.get("constraints", {}) for field in schema["fields"]}
    versions = registry.deposited("scdl/deliberations")
    for version in versions:
        for field in version.fields:
            name = version.renames.get(field.name, field.name)
            if name in served and served[name].get("required"):
                assert field.name in version.required_columns
    assert any(served.values())


async def test_links_lead_from_the_data_set_to_what_describes_it(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    answer = await client.get("/v1/datasets/deliberations-muret")
    links = answer.links
    assert links["license"]["url"] == answer.json()["licence"]["url"]
    assert (await client.get(links["describedby"]["url"])).json()["name"] == "deliberations-muret"
    assert (await client.get(links["service-desc"]["url"])).json()["openapi"].startswith("3.1")
    assert "atom" in (await client.get(links["alternate"]["url"])).headers["content-type"]


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for child in node.values() for one in references(child)]
    return [one for child in node for one in references(child)] if isinstance(node, list) else []


@pytest.mark.parametrize("dataset_id", ["deliberations-muret", "deliberations", "bal"])
async def test_an_openapi_document_is_whole(client: httpx.AsyncClient, publish: Publish, dataset_id: str) -> None:
    await publish([deliberation("1")])
    document = await document_of(client, f"/v1/datasets/{dataset_id}/openapi.json")
    components = document["components"]["schemas"]
    assert set(references(document)) == {f"#/components/schemas/{name}" for name in components}
    operations = [item["get"] for item in document["paths"].values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for path, item in document["paths"].items():
        assert path.startswith(f"/v1/datasets/{dataset_id}/")
        names = [one["name"] for one in item["get"]["parameters"]]
        assert len(set(names)) == len(names)
        placeholders = {part[1:-1] for part in path.replace(".", "/").split("/") if part.startswith("{")}
        assert placeholders == {one["name"] for one in item["get"]["parameters"] if one["in"] == "path"}
    for schema in components.values():
        Draft202012Validator.check_schema(schema)


async def test_rows_are_what_their_schema_says(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([subvention("1", "10.50"), subvention("2", "7", dateConvention=None)], schema_name="scdl/subventions")
    for dataset_id in ("subventions-muret", "subventions"):
        document = await document_of(client, f"/v1/datasets/{dataset_id}/openapi.json")
        row = document["components"]["schemas"]["Row"]
        assert row["properties"]["montant"]["type"] == ["number", "null"]
        check = Draft202012Validator({**row, "components": document["components"]})
        for record in (await client.get(f"/v1/datasets/{dataset_id}/records")).json()["data"]:
            check.validate(record)
            assert list(record) == list(row["properties"])
        pages = document["paths"][f"/v1/datasets/{dataset_id}/records"]["get"]["responses"]["200"]["content"]
        page = pages["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert document["components"]["schemas"][page]["properties"]["data"]["items"]["$ref"].endswith("/Row")


EXAMPLES = {"integer": "1", "number": "1.5", "boolean": "true", "string": "a"}


def example_of(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        return ",".join([example_of({"schema": schema["items"]})] * 2)
    return "2024-01-01" if schema.get("format") == "date" else EXAMPLES[schema["type"]]


@pytest.mark.parametrize("dataset_id", ["deliberations-muret", "deliberations"])
async def test_every_parameter_of_a_column_is_accepted(
    client: httpx.AsyncClient, publish: Publish, dataset_id: str
) -> None:
    await publish([deliberation("1")])
    document = await document_of(client, f"/v1/datasets/{dataset_id}/openapi.json")
    path = f"/v1/datasets/{dataset_id}/records"
    whole = (await document_of(client, "/openapi.json"))["paths"]["/v1/datasets/{dataset_id}/records"]["get"]
    common = {one["name"] for one in whole["parameters"]}
    assert not any("COLONNE" in one["name"] for item in document["paths"].values() for one in item["get"]["parameters"])
    asked = [one for one in document["paths"][path]["get"]["parameters"] if one["name"] not in common]
    names = {one["name"] for one in asked}
    assert {"DELIB_DATE", "DELIB_DATE__between", "DELIB_OBJET__contains", "VOTE_POUR__isnull"} <= names
    assert "VOTE_POUR__contains" not in names
    assert ("organisation_siren" in names) == (dataset_id == "deliberations")
    for one in asked:
        answer = await client.get(path, params={one["name"]: example_of(one)})
        assert answer.status_code == 200, (one, answer.text)


async def test_places_are_parameters_of_rows_that_have_some(client: httpx.AsyncClient) -> None:
    for dataset_id, has_places in (("deliberations", False), ("bal", True)):
        paths = (await document_of(client, f"/v1/datasets/{dataset_id}/openapi.json"))["paths"]
        for what in ("records", "aggregate"):
            names = {one["name"] for one in paths[f"/v1/datasets/{dataset_id}/{what}"]["get"]["parameters"]}
            assert ({"bbox", "near"} <= names) == (not {"bbox", "near"}.isdisjoint(names)) == has_places


async def test_an_unchanged_document_is_not_sent_again(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    for what in ("schema", "openapi.json"):
        path = f"/v1/datasets/deliberations-muret/{what}"
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, json.dumps(dict(first.headers))
