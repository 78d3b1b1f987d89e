"""`/validate` as Validata's clients call it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from judging import deliberation_file

from services.validator.routes.validata import known_schema

RIGHT = deliberation_file({})
WRONG = deliberation_file({"DELIB_DATE": "31/12/2024"})


@asynccontextmanager
async def elsewhere(content: bytes) -> AsyncIterator[str]:
    """A file on another server."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/d.csv"


async def test_a_file_elsewhere_is_judged(client: httpx.AsyncClient) -> None:
    schema = "https://schema.data.gouv.fr/schemas/scdl/deliberations/2.1.5/schema.json"
    async with elsewhere(WRONG.encode()) as url:
        found = await client.get("/validate", params={"schema": schema, "url": url})
    assert found.status_code == 200, found.text
    document = found.json()
    assert (document["schema"], document["url"]) == (schema, url)
    assert document["options"] == {"ignore_header_case": False, "include_resource_data": False}
    report = document["report"]
    assert report["valid"] is False
    assert report["stats"]["rows"] == report["stats"]["rows_processed"] == 1
    (error,) = report["errors"]
    assert (error["title"], error["type"], error["rowNumber"], error["fieldName"], error["cell"]) == (
        "Format de date incorrect", "type-error", 2, "DELIB_DATE", "31/12/2024",
    )  # fmt: skip


async def test_a_file_is_sent_as_a_form(client: httpx.AsyncClient) -> None:
    files = {"file": ("d.csv", RIGHT, "text/csv")}
    found = await client.post("/validate", data={"schema": "scdl/deliberations"}, files=files)
    assert found.json()["report"]["valid"] is True
    assert found.json()["url"] is None


async def test_the_verdict_is_to_the_letter_unless_asked_otherwise(client: httpx.AsyncClient) -> None:
    text = RIGHT.replace("COLL_NOM", "coll_nom")
    for option, valid in (("false", False), ("true", True)):
        data = {"schema": "scdl/deliberations", "ignore_header_case": option}
        found = await client.post("/validate", data=data, files={"file": ("d.csv", text, "text/csv")})
        assert found.json()["report"]["valid"] is valid


@pytest.mark.parametrize(
    ("query", "status", "code", "kind"),
    [
        ({"schema": "nope/nope", "url": "http://127.0.0.1:1/"}, 404, "unknown-schema", "schema-error"),
        (
            {"schema": "https://evil.example/s.json", "url": "http://127.0.0.1:1/"},
            404,
            "unknown-schema",
            "schema-error",
        ),
        ({"schema": "scdl/deliberations", "url": "https://127.0.0.1/"}, 400, "address-refused", "source-error"),
        ({"schema": "scdl/deliberations", "url": "http://10.0.0.1/"}, 400, "address-refused", "source-error"),
        ({"schema": "scdl/deliberations", "url": "http://169.254.169.254/"}, 400, "address-refused", "source-error"),
        ({"schema": "scdl/deliberations", "url": "file:///etc/passwd"}, 400, "address-refused", "source-error"),
        ({"schema": "scdl/deliberations", "url": "http://127.0.0.1:1/"}, 422, "fetch-failed", "source-error"),
    ],
)
async def test_refusals_are_problems_that_validata_s_clients_read_too(
    client: httpx.AsyncClient, query: dict[str, str], status: int, code: str, kind: str
) -> None:
    found = await client.get("/validate", params=query)
    assert (found.status_code, found.json()["code"]) == (status, code)
    assert found.json()["error"]["type"] == kind
    assert found.json()["error"]["message"]


async def test_an_empty_file_and_one_too_large_are_refused(client: httpx.AsyncClient) -> None:
    for content, status, code in ((b"", 422, "body-empty"), (b"x" * 1_000_001, 413, "fetch-too-large")):
        async with elsewhere(content) as url:
            found = await client.get("/validate", params={"schema": "scdl/deliberations", "url": url})
            assert (found.status_code, found.json()["code"]) == (status, code)


async def test_a_form_is_complete_and_bounded(client: httpx.AsyncClient) -> None:
    data = {"schema": "scdl/deliberations"}
    bad = [
        (await client.post("/validate", data=data), 422, "multipart-invalid"),
        (await client.post("/validate", files={"file": ("d.csv", RIGHT)}), 422, "multipart-invalid"),
        (await client.post("/validate", data=data, files={"file": ("d.csv", "")}), 422, "body-empty"),
        (await client.post("/validate", data=data, files={"file": ("d.csv", "x" * 1_200_000)}), 413, "body-too-large"),
    ]
    for found, status, code in bad:
        assert (found.status_code, found.json()["code"]) == (status, code)


async def test_the_data_are_never_in_the_answer(client: httpx.AsyncClient) -> None:
    query = {"schema": "scdl/deliberations", "url": "http://127.0.0.1/", "include_resource_data": "true"}
    assert (await client.get("/validate", params=query)).json()["parameter"] == "include_resource_data"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("scdl/deliberations", ("scdl/deliberations", None)),
        ("deliberations", ("deliberations", None)),
        ("https://schema.data.gouv.fr/schemas/scdl/deliberations/latest/schema.json", ("scdl/deliberations", None)),
        ("https://schema.data.gouv.fr/schemas/scdl/deliberations/2.1.5/schema.json", ("scdl/deliberations", "2.1.5")),
        ("https://schema.data.gouv.fr/schemas/scdl/deliberations/v2.1.5/schema.json", ("scdl/deliberations", "2.1.5")),
        ("https://schema.data.gouv.fr/scdl/deliberations/", ("scdl/deliberations", None)),
        ("https://schema.data.gouv.fr/scdl/deliberations/2.1.5/", ("scdl/deliberations", "2.1.5")),
        ("https://schema.data.gouv.fr.evil.example/scdl/deliberations/", None),
    ],
)
def test_a_schema_is_named_or_addressed(asked: str, expected: tuple[str, str | None] | None) -> None:
    assert known_schema(asked) == (expected or (asked, None))
