"""The HTTP edge that every service shares."""

import errno
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from serving import served
from sqlalchemy.exc import OperationalError

from shared.errors import NotFound
from shared.logs import JsonFormatter, current_request_id, logged_with
from shared.uploads import open_upload
from shared.web import make_service_app, refusals
from shared.web.small_bodies import MAX_BODY_BYTES

router = APIRouter(prefix="/v1")


class Thing(BaseModel):
    """A body."""

    size: int


@router.get("/things/{number}", responses=refusals(NotFound))
async def get_thing(number: int, colour: str | None = None) -> dict[str, Any]:
    """Things 1 to 4 fail, each in its way."""
    if number == 1:
        raise NotFound("Rien.", action="Cherchez ailleurs.")
    if number == 2:
        raise OperationalError("SELECT", {}, ConnectionRefusedError("password=secret"))
    if number == 3:
        raise RuntimeError("a bug with a secret inside")
    if number == 4:
        raise OSError(errno.ENOSPC, "No space left on device", "/a/secret/path")
    return {"number": number, "colour": colour, "request_id": current_request_id()}


@router.post("/things")
async def post_thing(thing: Thing) -> Thing:
    """A body comes back."""
    return thing


@router.put("/things/files")
async def put_thing(request: Request) -> int:
    """How many bytes a file has."""
    upload = await open_upload(request, max_bytes=3 * MAX_BODY_BYTES, chunk_timeout_seconds=5)
    return sum([len(chunk) async for chunk in upload.chunks])


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    async def check() -> bool:
        return True

    app = make_service_app(
        title="Essai", description="Essai", routers=[router], lifespan=lifespan, checks=lambda: {"thing": check}
    )
    async with served(app) as url, httpx.AsyncClient(base_url=url) as found:
        yield found


async def test_a_refusal_is_a_problem_document(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/1")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/problems/not-found",
        "title": "Ressource introuvable",
        "status": 404,
        "detail": "Rien.",
        "code": "not-found",
        "action": "Cherchez ailleurs.",
        "instance": "/v1/things/1",
        "request_id": response.headers["x-request-id"],
    }


async def test_an_outage_of_the_database_is_a_503_that_tells_when_to_come_back(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/2")
    assert (response.status_code, response.json()["code"]) == (503, "service-unavailable")
    assert response.headers["retry-after"] == "2"
    assert "secret" not in response.text


async def test_a_full_disk_is_a_503_too(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/4")
    assert (response.status_code, response.headers["retry-after"]) == (503, "30")
    assert "secret" not in response.text


async def test_a_bug_says_nothing_of_our_insides(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/3", headers={"X-Request-Id": "request-of-a-bug"})
    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert response.json()["request_id"] == "request-of-a-bug"
    assert "secret" not in response.text


async def test_an_unknown_parameter_is_named_with_the_nearest_one(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/v1/things/9", params={"color": "bleu"})).json()
    assert problem["code"] == "invalid-parameter"
    assert problem["parameter"] == "color"
    assert "« colour »" in problem["action"]


async def test_an_address_that_is_too_long_is_refused_with_its_longest_parameter(client: httpx.AsyncClient) -> None:
    for length in (2001, 8001):
        response = await client.get("/v1/things/9", params={"colour": "b" * length})
        assert (response.status_code, response.json()["code"]) == (400, "invalid-parameter")
        assert response.json()["parameter"] == "colour"
    assert (await client.get("/v1/things/9", params={"colour": "b" * 2000})).status_code == 200
    repeated = await client.get("/v1/things/9?colour=" + "b" * 2001 + "&colour=b")
    assert (repeated.status_code, repeated.json()["parameter"]) == (400, "colour")


async def test_head_is_get_without_its_body(client: httpx.AsyncClient) -> None:
    head, get = await client.head("/v1/things/9"), await client.get("/v1/things/9")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert (await client.head("/v1/things/1")).status_code == 404
    assert (await client.head("/v1/things")).status_code == 405


async def test_a_method_that_does_not_exist_is_refused_with_those_that_do(client: httpx.AsyncClient) -> None:
    for method, path, allowed in (
        ("DELETE", "/v1/things/9", "GET, HEAD"),
        ("GET", "/v1/things", "POST"),
        ("POST", "/problems", "GET, HEAD"),
        ("PUT", "/health/live", "GET, HEAD"),
    ):
        response = await client.request(method, path)
        assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
        assert response.headers["allow"] == allowed
        assert allowed in response.json()["action"]


async def test_an_address_that_leads_nowhere_is_a_problem_document_too(client: httpx.AsyncClient) -> None:
    for path in ("/v1/nothing", "/problems/nothing", "/docs-assets/nothing"):
        response = await client.get(path)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json"), path


async def test_a_wrong_parameter_is_named(client: httpx.AsyncClient) -> None:
    [error] = (await client.get("/v1/things/neuf")).json()["errors"]
    assert error == {
        "in": "path",
        "name": "number",
        "rule": "int_parsing",
        "detail": "Un nombre entier est attendu.",
    }


async def test_a_body_that_is_not_json_is_pointed_at_as_a_whole(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/things", content=b'{"size": ', headers={"Content-Type": "application/json"})
    [error] = response.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("#", "json_invalid")
    assert "caractère" in error["detail"]


async def test_a_wrong_body_is_pointed_at(client: httpx.AsyncClient) -> None:
    problem = (await client.post("/v1/things", json={"size": "grand"})).json()
    assert problem["code"] == "invalid-request"
    assert problem["errors"][0]["pointer"] == "#/size"


@pytest.mark.parametrize("offered", ["short", "with space inside", "x" * 65, "é" * 10])
async def test_a_request_id_that_is_not_one_is_replaced(client: httpx.AsyncClient, offered: str) -> None:
    response = await client.get("/v1/things/9", headers={"X-Request-Id": offered.encode("utf-8")})
    assert response.headers["x-request-id"] != offered
    assert response.json()["request_id"] == response.headers["x-request-id"]


async def test_a_well_formed_request_id_is_kept(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/9", headers={"X-Request-Id": "vendor-42.a_B"})
    assert response.headers["x-request-id"] == "vendor-42.a_B"


async def test_health_tells_what_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"live": True}
    assert (await client.get("/health/ready")).json() == {"ready": True, "checks": {"thing": True}}


async def test_the_documentation_needs_no_other_host(client: httpx.AsyncClient) -> None:
    for path in ("/docs", "/docs/reference"):
        page = await client.get(path)
        assert page.status_code == 200
        addresses = [part.split('"')[0] for part in page.text.split('src="')[1:] + page.text.split('href="')[1:]]
        assert addresses
        for address in addresses:
            assert address.startswith("/")
            assert (await client.get(address)).status_code == 200


async def test_the_openapi_document_declares_problems_only(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]


def test_a_log_line_is_an_object_that_carries_its_context() -> None:
    record = logging.makeLogRecord(
        {"name": "here", "msg": "seen %s", "args": ("this",), "levelname": "INFO", "size": 3}
    )
    with logged_with(request_id="r1"), logged_with(deposit_id="d1"):
        line = json.loads(JsonFormatter("work-here").format(record))
    assert (line["message"], line["size"], line["process"]) == ("seen this", 3, "work-here")
    assert (line["request_id"], line["deposit_id"]) == ("r1", "d1")


async def test_a_body_that_is_no_file_is_read_to_its_limit(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_BODY_BYTES // 2)

    json_type = {"Content-Type": "application/json"}
    for content in (b" " * (MAX_BODY_BYTES + 1), endless()):
        answer = await client.post("/v1/things", content=content, headers=json_type)
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
        assert answer.json()["limit_bytes"] == MAX_BODY_BYTES
    just = b'{"size": 1}'.rjust(MAX_BODY_BYTES)
    assert (await client.post("/v1/things", content=just, headers=json_type)).json() == {"size": 1}


async def test_a_file_has_the_limit_of_its_route(client: httpx.AsyncClient) -> None:
    assert (await client.put("/v1/things/files", content=b"x" * (2 * MAX_BODY_BYTES))).json() == 2 * MAX_BODY_BYTES


async def test_the_document_tells_of_the_limit(client: httpx.AsyncClient) -> None:
    operations = (await client.get("/openapi.json")).json()["paths"]["/v1/things"]
    assert "body-too-large" in operations["post"]["responses"]["413"]["description"]
