"""Validation on demand, and the schemas, over HTTP."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
import zstandard
from judging import deliberation_file
from pydantic import SecretStr
from serving import served

from services.validator.app import make_app
from services.validator.settings import ValidatorSettings

MAX_BYTES = 1_000_000


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """The app on a real socket; it needs no database and no queue."""
    settings = ValidatorSettings(
        database_url="postgresql://nobody@localhost/none",
        queue_url="redis://localhost",
        blobs_url="file:///none",
        key_pepper=SecretStr("pepper"),
        VALIDATOR_MAX_VALIDATION_BYTES=MAX_BYTES,
        VALIDATOR_MAX_WAITING_VALIDATIONS=2,
    )
    async with served(make_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=60) as found:
        yield found


async def validate(client: httpx.AsyncClient, content: bytes | str, **parameters: str) -> httpx.Response:
    query = {"schema": "scdl/deliberations", **parameters}
    return await client.post("/v1/validations", params=query, content=content, headers={"Content-Type": "text/csv"})


async def test_a_file_gets_its_report_at_once(client: httpx.AsyncClient) -> None:
    found = await validate(client, deliberation_file({"DELIB_DATE": "32/12/2024"}))
    assert found.status_code == 200
    report = found.json()
    assert (report["verdict"], report["schema"]["version"]) == ("invalid", "2.1.5")
    assert report["by_rule"][0]["code"] == "date-format"


async def test_a_file_may_be_compared_with_an_organisation(client: httpx.AsyncClient) -> None:
    content = deliberation_file({"DELIB_DATE": "1024-03-28"})
    alone = (await validate(client, content)).json()
    assert alone["context"] is None
    assert [rule["code"] for rule in alone["by_rule"] if rule["severity"] == "warning"] == ["year-out-of-range"]
    for number, codes in (("31395", {"year-out-of-range"}), ("31149", {"year-out-of-range", "other-organisation"})):
        report = (await validate(client, content, organisation=number)).json()
        assert report["context"]["reference"].startswith("cog-")
        assert {rule["code"] for rule in report["by_rule"] if rule["severity"] == "warning"} == codes
    assert (await validate(client, content, organisation="31999")).json()["code"] == "organisation-not-found"


async def test_a_report_says_what_would_hold_a_deposit(client: httpx.AsyncClient) -> None:
    report = (await validate(client, deliberation_file({"DELIB_OBJET": "Aide à 269054958815780"}))).json()
    assert (report["verdict"], report["to_confirm"]) == ("valid", [{"code": "personal-nir", "count": 1}])
    assert "269054958815780" not in str(report)


async def test_a_file_may_be_judged_to_the_letter(client: httpx.AsyncClient) -> None:
    content = deliberation_file({"DELIB_DATE": "31/12/2024"})
    corrected = (await validate(client, content)).json()
    assert (corrected["verdict"], corrected["corrections"][0]["after"]) == ("valid", "2024-12-31")
    literal = (await validate(client, content, corrections="none")).json()
    assert (literal["verdict"], literal["corrections"]) == ("invalid", [])
    assert (await validate(client, content, corrections="some")).status_code == 422


async def test_a_file_may_be_corrected_without_being_kept(client: httpx.AsyncClient) -> None:
    content = deliberation_file({"DELIB_DATE": "31/12/2024", "NATURE": "acte"}, delimiter=";").lower()
    path, query = "/v1/validations/corrected", {"schema": "deliberations"}
    found = await client.post(path, params=query, content=content, headers={"Content-Type": "text/csv"})
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert (found.headers["x-socle-verdict"], found.headers["x-socle-corrections"]) == ("valid", "8")
    header, row = found.text.splitlines()
    assert header.startswith("COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE")
    assert header.endswith(",nature")
    assert ",2024-12-31," in row
    again = await validate(client, found.content)
    assert (again.json()["verdict"], again.json()["corrections"]) == ("valid", [])


async def test_what_cannot_be_read_cannot_be_corrected(client: httpx.AsyncClient) -> None:
    found = await client.post("/v1/validations/corrected?schema=deliberations", content=b"a,b\n1,2\n")
    assert (found.status_code, found.json()["code"]) == (422, "nothing-to-correct")


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_compressed_body_is_expanded(client: httpx.AsyncClient, encoding: str) -> None:
    content = deliberation_file({}).encode()
    packed = gzip.compress(content) if encoding == "gzip" else zstandard.compress(content)
    query, headers = {"schema": "scdl/deliberations"}, {"Content-Type": "text/csv", "Content-Encoding": encoding}
    found = await client.post("/v1/validations", params=query, content=packed, headers=headers)
    assert (found.json()["verdict"], found.json()["input"]["encoding"]) == ("valid", "utf-8")


async def test_a_form_is_read_too(client: httpx.AsyncClient) -> None:
    files = {"file": ("d.csv", deliberation_file({}), "text/csv")}
    found = await client.post("/v1/validations", params={"schema": "deliberations"}, files=files)
    assert found.json()["verdict"] == "valid"


async def test_the_charset_may_be_declared(client: httpx.AsyncClient) -> None:
    content = deliberation_file({"DELIB_OBJET": "Élan"}).encode("mac_roman")
    headers = {"Content-Type": "text/csv; charset=macintosh"}
    found = await client.post("/v1/validations?schema=deliberations", content=content, headers=headers)
    assert (found.json()["verdict"], found.json()["input"]["encoding"]) == ("valid", "mac-roman")


@pytest.mark.parametrize(
    ("content", "parameters", "status", "code"),
    [
        (b"", {}, 422, "body-empty"),
        (b"x" * (MAX_BYTES + 1), {}, 413, "body-too-large"),
        (b"a\n1\n", {"schema": "nope"}, 404, "unknown-schema"),
        (b"a\n1\n", {"schema_version": "9"}, 404, "unknown-schema-version"),
        (b"a\n1\n", {"shema": "x"}, 400, "invalid-parameter"),
    ],
)
async def test_a_request_is_refused_precisely(
    client: httpx.AsyncClient, content: bytes, parameters: dict[str, str], status: int, code: str
) -> None:
    found = await validate(client, content, **parameters)
    assert (found.status_code, found.json()["code"]) == (status, code)
    assert found.headers["content-type"] == "application/problem+json"


async def test_beyond_its_places_it_says_so_early(client: httpx.AsyncClient) -> None:
    text = deliberation_file(*({"DELIB_ID": str(n)} for n in range(6_000)))
    answers = await asyncio.gather(*(validate(client, text[:MAX_BYTES]) for _ in range(8)))
    refused = [each for each in answers if each.status_code == 503]
    assert {each.status_code for each in answers} == {200, 503}
    assert refused[0].json()["code"] == "too-many-validations"
    assert refused[0].headers["retry-after"] == "2"


async def test_schemas_are_listed_and_read(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/schemas")).json()
    assert listed["links"] == {"next": None}
    assert "scdl/deliberations" in [each["name"] for each in listed["data"]]
    for each in listed["data"]:
        newest = (await client.get(each["href"])).json()
        assert newest["version"] == each["version"] == each["versions"][-1]
        for href in newest["versions_href"]:
            assert (await client.get(href)).json()["fields"]


async def test_a_version_says_what_we_add(client: httpx.AsyncClient) -> None:
    found = (await client.get("/v1/schemas/scdl/deliberations/versions/2.1.5")).json()
    assert found["identity"] == ["COLL_SIRET", "DELIB_ID"]
    assert found["slice"] == {"field": "DELIB_DATE", "by": "year", "others": []}
    assert (found["theme"], found["takes_deposits"], found["origin"]) == ("GOVE", True, "own")
    assert found["table_schema"]["fieldsMatch"] == "partial"
    versions = (await client.get("/v1/schemas/etalab/schema-bal/versions")).json()["data"]
    assert [each["version"] for each in versions] == ["1.3.0", "1.4.0", "1.5.0"]


@pytest.mark.parametrize("path", ["/v1/schemas/nope", "/v1/schemas/scdl/deliberations/versions/9", "/v1/nope"])
async def test_what_is_not_there_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_it_is_ready_and_documented(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/ready")).json() == {"ready": True, "checks": {"sandbox": True}}
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert "ReportOut" in document["components"]["schemas"]
