"""The three services behind one port, on a real socket."""

from collections.abc import AsyncIterator

import httpx
import pytest
from journal import PEPPER, HabilitatedVendor
from pushes import PUSH, refused
from pydantic import SecretStr
from serving import served

from services.catalog.app import make_app as make_catalog
from services.catalog.settings import CatalogSettings
from services.cli.data_folder import DataFolder, Sandbox
from services.cli.gateway import Gateway, make_gateway
from services.ingest.app import make_app as make_ingest
from services.ingest.settings import IngestSettings
from services.validator.app import make_app as make_validator
from services.validator.settings import ValidatorSettings

SANDBOX = Sandbox(base_url="http://127.0.0.1:8000", api_key="socle_secret_of_the_sandbox", organisation="213103955")


@pytest.fixture
def gateway(database: str, queue_url: str, tmp_blobs: str, tmp_path) -> Gateway:
    common = {
        "database_url": database,
        "queue_url": queue_url,
        "blobs_url": tmp_blobs,
        "key_pepper": SecretStr(PEPPER),
    }
    apps = {
        "ingest": make_ingest(IngestSettings(**common)),
        "validator": make_validator(ValidatorSettings(**common)),
        "catalog": make_catalog(CatalogSettings(**common)),
    }
    folder = DataFolder(tmp_path)
    folder.write_sandbox(SANDBOX)
    return make_gateway(apps, folder=folder)


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with served(gateway) as url, httpx.AsyncClient(base_url=url, timeout=30) as found:
        yield found


async def test_each_path_goes_to_the_service_that_owns_it(
    client: httpx.AsyncClient, gateway: Gateway, vendor: HabilitatedVendor
):
    assert gateway.path_table["/v1/deposits"] == "ingest"
    assert gateway.path_table["/v1/schemas"] == "validator"
    assert gateway.path_table["/v1/datasets"] == "catalog"
    assert (await client.get("/v1/status")).json()["waiting"] == 0
    assert (await client.get("/v1/schemas")).status_code == 200
    assert (await client.get("/v1/datasets")).status_code == 200
    key = {"X-API-Key": vendor.key, "Content-Type": "text/csv"}
    pushed = await client.post("/v1/deposits", params=PUSH, headers=key, content=b"a,b\n1,2\n")
    assert pushed.status_code == 202
    followed = await client.get(pushed.headers["location"], headers={"X-API-Key": vendor.key})
    assert followed.json()["state"] == "received"


async def test_one_token_is_good_at_every_service(client: httpx.AsyncClient, vendor: HabilitatedVendor):
    asked = {"grant_type": "client_credentials", "scope": "deposit datasets"}
    endpoint = (await client.get("/.well-known/oauth-authorization-server")).json()["token_endpoint"]
    path = httpx.URL(endpoint).path
    token = (await client.post(path, data=asked, auth=(vendor.key[6:14], vendor.key))).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    pushed = await client.post("/v1/deposits", params=PUSH, headers=bearer, content=b"a,b\n1,2\n")
    assert pushed.status_code == 202
    refused(await client.get(pushed.headers["location"], headers=bearer), 403, "key-scope")
    checked = await client.post("/v1/validations?schema=scdl/deliberations", headers=bearer, content=b"a,b\n1,2\n")
    assert checked.status_code == 200
    free = {
        "organisation": "213103955",
        "title": "Comptages routiers",
        "description": "Véhicules comptés chaque jour.",
        "theme": "TRAN",
        "schema": {"fields": [{"name": "point", "type": "string"}]},
    }
    made = await client.post("/v1/datasets", json=free, headers=bearer)
    assert made.status_code == 201, made.text
    narrow = await client.post(path, data=asked | {"scope": "read"}, auth=(vendor.key[6:14], vendor.key))
    bearer = {"Authorization": f"Bearer {narrow.json()['access_token']}"}
    refused(await client.patch(made.headers["location"], json={"title": "Autres"}, headers=bearer), 403, "key-scope")
    bearer = {"Authorization": f"Bearer {token[:-1]}"}
    refused(await client.patch(made.headers["location"], json={"title": "Autres"}, headers=bearer), 401, "key-invalid")


@pytest.mark.parametrize("service", ["ingest", "validator", "catalog"])
async def test_each_service_has_its_own_pages_under_its_name(client: httpx.AsyncClient, service: str):
    for path in ("docs", "docs/reference", "openapi.json", "health/live", "health/ready"):
        answer = await client.get(f"/{service}/{path}")
        assert answer.status_code == 200, (path, answer.text)
    page = (await client.get(f"/{service}/docs")).text
    assert f"/{service}/openapi.json" in page
    assert (await client.get(f"/{service}/docs-assets/swagger-ui.css")).status_code == 200
    assert (await client.get(f"/{service}/openapi.json")).json()["servers"] == [{"url": f"/{service}"}]


async def test_the_merged_documentation_has_every_operation_of_the_services(client: httpx.AsyncClient):
    whole = (await client.get("/openapi.json")).json()
    own = [(await client.get(f"/{name}/openapi.json")).json()["paths"] for name in ("ingest", "validator", "catalog")]
    assert set(whole["paths"]) == {path for paths in own for path in paths}
    operations = [one["operationId"] for item in whole["paths"].values() for one in item.values()]
    assert len(set(operations)) == len(operations)
    assert "servers" not in whole


async def test_every_reference_of_the_merged_documentation_leads_somewhere(client: httpx.AsyncClient):
    whole = (await client.get("/openapi.json")).json()

    def references(node: object) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(references, node)) if node else set()
        if not isinstance(node, dict):
            return set()
        found = set().union(*map(references, node.values())) if node else set()
        return found | ({node["$ref"]} if isinstance(node.get("$ref"), str) else set())

    for reference in references(whole):
        _, _, kind, name = reference.split("/")
        assert name in whole["components"][kind]


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/reference"])
async def test_pages_ask_nothing_of_anybody_else(client: httpx.AsyncClient, path: str):
    page = (await client.get(path)).text
    outside = [word for word in ("src=", "href=", "url(") if f'{word}"http' in page or f"{word}http" in page]
    assert not outside
    for asset in ("swagger-ui-bundle.js", "redoc.standalone.js", "swagger-ui.css", "favicon.png"):
        if asset in page:
            assert (await client.get(f"/docs-assets/{asset}")).status_code == 200


async def test_ready_means_all_three(client: httpx.AsyncClient):
    assert (await client.get("/health/live")).json() == {"live": True}
    ready = await client.get("/health/ready")
    assert ready.json() == {"ready": True, "checks": {"ingest": True, "validator": True, "catalog": True}}


@pytest.mark.parametrize(
    "path", ["/nowhere", "/v1", "/v1/", "/v1/nowhere", "/ingest", "/ingest/nowhere", "/v1/status/x"]
)
async def test_elsewhere_is_a_problem_document(client: httpx.AsyncClient, path: str):
    refused(await client.get(path), 404, "not-found")


async def test_each_request_has_one_id_and_keeps_the_one_it_came_with(client: httpx.AsyncClient):
    for path in ("/", "/v1/status", "/nowhere"):
        answer = await client.get(path, headers={"X-Request-Id": "given-by-the-caller"})
        assert answer.headers.get_list("x-request-id") == ["given-by-the-caller"]


async def test_head_and_preflight_are_answered(client: httpx.AsyncClient):
    head = await client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    asked = {"Origin": "https://portail.example", "Access-Control-Request-Method": "GET"}
    for path in ("/v1/datasets", "/openapi.json"):
        preflight = await client.options(path, headers=asked)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "*"


async def test_the_sandbox_key_is_shown_to_this_machine_only(client: httpx.AsyncClient):
    assert SANDBOX.api_key in (await client.get("/")).text
    by_another_name = await client.get("/", headers={"Host": "socle.example"})
    assert SANDBOX.api_key not in by_another_name.text
    through_a_proxy = await client.get("/", headers={"X-Forwarded-For": "192.0.2.7"})
    assert SANDBOX.api_key not in through_a_proxy.text
