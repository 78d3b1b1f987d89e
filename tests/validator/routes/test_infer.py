"""A schema is proposed over HTTP, by the same kind of process as examines files."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pushes import refused
from pydantic import SecretStr
from serving import served

from services.validator.app import make_app
from services.validator.settings import ValidatorSettings


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    settings = ValidatorSettings(
        database_url="postgresql://nobody@127.0.0.1:1/none",
        queue_url="redis://localhost",
        blobs_url="file:///none",
        key_pepper=SecretStr("pepper"),
        VALIDATOR_MAX_VALIDATION_BYTES=100_000,
    )
    async with served(make_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=60) as found:
        yield found


async def test_a_file_gets_a_schema(client: httpx.AsyncClient) -> None:
    found = await client.post("/v1/schemas/infer", content="jour;véhicules\n31/12/2024;12\n".encode("cp1252"))
    assert found.status_code == 200, found.text
    body = found.json()
    assert body["schema"] == {"fields": [{"name": "jour", "type": "date"}, {"name": "véhicules", "type": "integer"}]}
    assert (body["rows"], body["columns"][1]["filled"]) == (1, 1)


async def test_what_has_no_table_gets_a_reason(client: httpx.AsyncClient) -> None:
    refused(await client.post("/v1/schemas/infer", content=b"\x00\x01\x02"), 422, "not-a-table")
    refused(await client.post("/v1/schemas/infer", content=b"a,a\n1,2\n"), 422, "not-a-table")
    refused(await client.post("/v1/schemas/infer", content=b""), 422, "body-empty")
    refused(await client.post("/v1/schemas/infer", content=b"a,b\n" * 50_000), 413, "body-too-large")


async def test_a_file_is_still_judged_after_a_proposal(client: httpx.AsyncClient) -> None:
    await client.post("/v1/schemas/infer", content=b"a,b\n1,2\n")
    report = await client.post("/v1/validations", params={"schema": "scdl/prenoms"}, content=b"a,b\n1,2\n")
    assert report.json()["verdict"] == "invalid"
