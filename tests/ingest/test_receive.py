"""Pushing a file: what is accepted, what is refused, and what is kept of it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from urllib.parse import urlparse

import httpx
import pytest
from ingest_settings import MAX_BYTES
from journal import MURET, HabilitatedVendor, SessionsOf
from pushes import FILE, PUSH, blobs_kept, deposits_kept, push, refused
from serving import served

from services.ingest.app import make_app
from services.ingest.settings import IngestSettings
from shared.digests import content_digest


async def test_a_202_gives_the_deposit_and_where_to_follow_it(client: httpx.AsyncClient) -> None:
    response = await push(client)
    assert response.status_code == 202
    deposit = response.json()
    assert deposit["state"] == "received"
    assert deposit["schema"] == {"name": "scdl/deliberations", "version": None}
    assert deposit["organisation"] == {"siren": MURET, "name": "Muret"}
    assert deposit["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert deposit["size_bytes"] == len(FILE)
    assert [step["state"] for step in deposit["timeline"]] == ["received"]
    assert deposit["dataset"] is None
    assert deposit["report"] is None
    assert response.headers["location"] == f"/v1/deposits/{deposit['id']}"
    assert response.headers["retry-after"]
    followed = await client.get(response.headers["location"])
    assert followed.json() == deposit


@pytest.mark.parametrize("number", [MURET, "31395", f"{MURET}00011"])
async def test_an_organisation_is_named_by_siren_siret_or_insee_code(client: httpx.AsyncClient, number: str) -> None:
    response = await push(client, params=PUSH | {"organisation": number})
    assert response.json()["organisation"]["siren"] == MURET


async def test_the_exact_bytes_come_back(client: httpx.AsyncClient) -> None:
    content = bytes(range(256)) * 1000
    deposit = (await push(client, content)).json()
    back = await client.get(f"/v1/deposits/{deposit['id']}/file")
    assert back.content == content
    assert back.headers["x-content-type-options"] == "nosniff"


async def test_a_multipart_file_is_kept_without_its_wrapping(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/deposits", params=PUSH, files={"file": ("délibs.csv", FILE, "text/csv")})
    assert response.status_code == 202, response.text
    assert response.json()["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert response.json()["filename"] == "délibs.csv"


async def test_the_key_may_come_as_x_api_key(stranger: httpx.AsyncClient, vendor: HabilitatedVendor) -> None:
    assert (await push(stranger, headers={"X-API-Key": vendor.key})).status_code == 202


async def test_no_key_is_refused(stranger: httpx.AsyncClient) -> None:
    problem = refused(await push(stranger), 401, "key-invalid")
    assert "Authorization" in problem["action"]


@pytest.mark.parametrize("key", ["socle_short", "socle_" + "a" * 8 + "_" + "b" * 43, "Bearer"])
async def test_an_unknown_key_is_refused(stranger: httpx.AsyncClient, key: str) -> None:
    refused(await push(stranger, headers={"X-API-Key": key}), 401, "key-invalid")


async def test_a_foreign_organisation_is_refused(client: httpx.AsyncClient) -> None:
    refused(await push(client, params=PUSH | {"organisation": "213101496"}), 403, "not-habilitated")


async def test_an_unknown_organisation_is_refused(client: httpx.AsyncClient) -> None:
    refused(await push(client, params=PUSH | {"organisation": "999999999"}), 404, "unknown-organisation")
    refused(await push(client, params=PUSH | {"organisation": "Muret"}), 404, "unknown-organisation")


async def test_an_unknown_schema_is_refused(client: httpx.AsyncClient) -> None:
    refused(await push(client, params=PUSH | {"schema": "scdl/licornes"}), 404, "unknown-schema")
    refused(await push(client, params=PUSH | {"schema_version": "9.9.9"}), 404, "unknown-schema-version")


async def test_a_mistyped_parameter_is_named(client: httpx.AsyncClient) -> None:
    problem = refused(await push(client, params=PUSH | {"schema_verison": "2.1.5"}), 400, "invalid-parameter")
    assert problem["parameter"] == "schema_verison"
    assert "schema_version" in problem["action"]


async def test_an_empty_body_is_refused(client: httpx.AsyncClient, tmp_blobs: str) -> None:
    refused(await push(client, b""), 422, "body-empty")
    assert blobs_kept(tmp_blobs) == []


async def test_one_byte_too_much_is_refused_before_and_while_reading(
    client: httpx.AsyncClient, sessions_of: SessionsOf, tmp_blobs: str
) -> None:
    assert (await push(client, b"x" * MAX_BYTES)).status_code == 202
    refused(await push(client, b"y" * (MAX_BYTES + 1)), 413, "body-too-large")

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(MAX_BYTES // 1000):
            yield b"z" * 1000
        yield b"z"

    refused(await push(client, unannounced()), 413, "body-too-large")
    assert len(blobs_kept(tmp_blobs)) == 1
    assert await deposits_kept(sessions_of) == 1


async def test_a_silent_upload_is_given_up(settings: IngestSettings, vendor: HabilitatedVendor, tmp_blobs: str) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.sleep(2)
        yield b"second"

    impatient = settings.model_copy(update={"chunk_timeout_seconds": 0.1})
    key = {"X-API-Key": vendor.key}
    async with served(make_app(impatient)) as url, httpx.AsyncClient(base_url=url, headers=key) as client:
        refused(await push(client, slow()), 400, "body-incomplete")
    assert blobs_kept(tmp_blobs) == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
async def test_a_connection_cut_in_the_middle_keeps_nothing(
    base_url: str, vendor: HabilitatedVendor, sessions_of: SessionsOf, tmp_blobs: str, share: float
) -> None:
    url = urlparse(base_url)
    body = b"x" * 300_000
    _, writer = await asyncio.open_connection(url.hostname, url.port)
    head = (
        f"POST /v1/deposits?organisation={MURET}&schema=scdl/deliberations HTTP/1.1\r\nHost: socle\r\n"
        f"X-API-Key: {vendor.key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[: int(len(body) * share)])
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.sleep(0.2)
    assert blobs_kept(tmp_blobs) == []
    assert await deposits_kept(sessions_of) == 0


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
async def test_a_truncated_multipart_keeps_nothing(client: httpx.AsyncClient, tmp_blobs: str, kept: float) -> None:
    request = client.build_request("POST", "/v1/deposits", params=PUSH, files={"file": ("a.csv", FILE * 100)})
    whole = await request.aread()
    truncated = await push(
        client, whole[: int(len(whole) * kept)], headers={"Content-Type": request.headers["content-type"]}
    )
    refused(truncated, 422, "multipart-invalid")
    assert blobs_kept(tmp_blobs) == []


async def test_a_multipart_with_two_files_or_a_field_is_refused(client: httpx.AsyncClient) -> None:
    two = await client.post("/v1/deposits", params=PUSH, files=[("file", ("a", FILE)), ("file", ("b", FILE))])
    refused(two, 422, "multipart-invalid")
    field = await client.post("/v1/deposits", params=PUSH, files={"file": ("a", FILE)}, data={"schema": "x"})
    refused(field, 422, "multipart-invalid")


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_compressed_body_is_kept_as_it_was_sent(client: httpx.AsyncClient, encoding: str) -> None:
    answer = await push(client, headers={"Content-Encoding": encoding})
    assert answer.status_code == 202
    assert answer.json()["sha256"] == hashlib.sha256(FILE).hexdigest()


async def test_a_body_compressed_otherwise_is_refused_with_what_to_do(client: httpx.AsyncClient) -> None:
    refused(await push(client, headers={"Content-Encoding": "br"}), 415, "content-encoding-unsupported")


async def test_over_capacity_the_answer_is_an_early_503(client: httpx.AsyncClient) -> None:
    gate, all_sent = asyncio.Event(), asyncio.Barrier(4)

    async def held() -> AsyncIterator[bytes]:
        yield b"first"
        await all_sent.wait()
        await asyncio.wait_for(gate.wait(), 60)
        yield b"last"

    uploads = [asyncio.create_task(push(client, held())) for _ in range(3)]
    await all_sent.wait()
    await asyncio.sleep(0.3)  # and read
    response = await push(client)
    gate.set()
    problem = refused(response, 503, "service-unavailable")
    assert int(response.headers["retry-after"]) >= 1
    assert problem["action"]
    assert [upload.status_code for upload in await asyncio.gather(*uploads)] == [202, 202, 202]


async def test_a_wrong_method_or_path_is_a_problem_too(client: httpx.AsyncClient) -> None:
    refused(await client.put("/v1/deposits"), 405, "method-not-allowed")
    refused(await client.get("/v1/nothing"), 404, "not-found")
    refused(await client.get("/v1/deposits/not-an-identifier"), 422, "invalid-request")


def digest_of(content: bytes) -> dict[str, str]:
    return {"Content-Digest": content_digest(hashlib.sha256(content).hexdigest())}


async def test_the_announced_digest_is_checked_and_given_back_with_the_file(
    client: httpx.AsyncClient, sessions_of: SessionsOf, tmp_blobs: str
) -> None:
    for headers in (digest_of(FILE + b"\n"), {"Content-Digest": "md5=:AAAA:"}):
        code = "content-digest-mismatch" if "sha-256" in headers["Content-Digest"] else "content-digest-invalid"
        problem = await push(client, headers=headers | {"Idempotency-Key": "empreinte"})
        refused(problem, 400, code)
        assert problem.headers["want-content-digest"] == "sha-256=1, sha-512=2"
    assert (await deposits_kept(sessions_of), blobs_kept(tmp_blobs)) == (0, [])
    accepted = await push(client, headers=digest_of(FILE) | {"Idempotency-Key": "empreinte"})
    assert accepted.status_code == 202
    refused(
        await push(client, FILE, headers=digest_of(b"") | {"Idempotency-Key": "empreinte"}),
        400,
        "content-digest-mismatch",
    )
    file = await client.get(f"/v1/deposits/{accepted.json()['id']}/file")
    assert file.headers["content-digest"] == digest_of(FILE)["Content-Digest"]


@pytest.mark.parametrize("epilogue", [b"", b"\r\nepilogue" * 2000])
async def test_the_digest_of_a_form_is_that_of_the_whole_form(client: httpx.AsyncClient, epilogue: bytes) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + FILE + b"\r\n--x--" + epilogue
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(await push(client, form, headers=kind | digest_of(FILE)), 400, "content-digest-mismatch")
    answer = await push(client, form, headers=kind | digest_of(form))
    assert answer.json()["sha256"] == hashlib.sha256(FILE).hexdigest()


async def test_what_is_declared_beside_the_file_is_kept(client: httpx.AsyncClient) -> None:
    asked = PUSH | {"external_id": "export n° 12/é", "dry_run": "true"}
    deposit = (await push(client, params=asked)).json()
    assert (deposit["external_id"], deposit["dry_run"], deposit["base_version"]) == ("export n° 12/é", True, None)
    for wrong in ("", "x" * 201, "a\x00b", "a\nb"):
        refused(await push(client, params=PUSH | {"external_id": wrong}), 422, "invalid-request")


async def test_a_key_is_of_one_request_its_further_parameters_included(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "essai"}
    await push(client, params=PUSH | {"dry_run": "true"}, headers=key)
    for other in (PUSH, PUSH | {"dry_run": "true", "external_id": "12"}):
        refused(await push(client, params=other, headers=key), 422, "idempotency-key-reused")
