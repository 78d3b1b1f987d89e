"""One version: described, downloaded in every form, compared with another."""

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal

import httpx
import polars as pl
import pytest
import zstandard
from catalog_samples import deliberation, subvention

from shared.blobs import Blobs
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

MURET = "/v1/datasets/deliberations-muret"
PLAIN = {"Accept-Encoding": "identity"}


async def test_a_version_says_what_made_it(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1"), deliberation("2")])
    deposit = await publish([deliberation("1", DELIB_OBJET="x"), deliberation("2"), deliberation("3")])
    answer = await client.get(f"{MURET}/versions/2")
    version = answer.json()
    again = await client.get(f"{MURET}/versions/2", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert version["deposit_id"] == str(deposit.id)
    assert version["counts"] == {"inserted": 1, "updated": 1, "deleted": 0, "unchanged": 1}
    assert (version["mode"], version["schema"]["version"], version["rows"]) == ("replace", "2.1.5", 3)
    whole = (await client.get(f"/v1/datasets/deliberations/versions/{version['publication']}")).json()
    assert (whole["dataset"], whole["number"]) == ("deliberations-muret", 2)
    assert (await client.get(f"{MURET}/versions/3")).status_code == 404


@pytest.mark.parametrize("name", ["deliberations-muret", "deliberations"])
async def test_an_old_version_keeps_its_bytes(client: httpx.AsyncClient, publish: Publish, name: str) -> None:
    await publish([deliberation("1"), deliberation("2")])
    before = {form: (await client.get(f"/v1/datasets/{name}/exports/{form}")).content for form in ("csv", "ndjson")}
    number = (await client.get(f"/v1/datasets/{name}")).json()["version"]
    await publish([deliberation("1"), deliberation("3")])
    for form, content in before.items():
        answer = await client.get(f"/v1/datasets/{name}/versions/{number}/exports/{form}")
        assert answer.content == content
        assert "immutable" in answer.headers["cache-control"]


async def test_every_form_has_the_same_values(client: httpx.AsyncClient, publish: Publish) -> None:
    rows = [
        subvention("1", "12.50", objet='Avec "guillemets",\nligne \\ é', notificationUE="true"),
        subvention("2", "0.10", objet=None, pourcentageSubvention="1"),
    ]
    await publish(rows, schema_name="scdl/subventions", extras=[{"note": ""}, {"autre": "x"}])
    path = "/v1/datasets/subventions-muret"
    records = (await client.get(f"{path}/records")).json()["data"]
    lines = (await client.get(f"{path}/exports/ndjson")).text.splitlines()
    assert '"montant":12.50' in lines[0]
    told = [{key: value for key, value in json.loads(line).items() if value is not None} for line in lines]
    assert told == [{key: value for key, value in row.items() if value is not None} for row in records]
    table = pl.read_parquet(io.BytesIO((await client.get(f"{path}/exports/parquet")).content))
    assert table["montant"].to_list() == [Decimal("12.50"), Decimal("0.10")]
    assert table["dateConvention"].dtype == pl.Date
    assert table["notificationUE"].to_list() == [True, None]
    assert table["note"].to_list() == ["", None]


async def test_a_big_file_is_sent_compressed_once_for_all(
    client: httpx.AsyncClient, publish: Publish, blobs: Blobs
) -> None:
    await publish([deliberation(f"{n}") for n in range(500)])
    path = f"{MURET}/versions/1/exports/csv"
    plain = await client.get(path, headers=PLAIN)
    assert "content-encoding" not in plain.headers
    tags = {plain.headers["etag"]}
    for coding, accepted in (("zstd", "gzip, zstd"), ("gzip", "gzip;q=0.5, zstd;q=0, br")):
        async with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["vary"].startswith("Accept, Accept-Encoding")
        digest = hashlib.sha256(raw).digest()
        assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
        decoded = zstandard.ZstdDecompressor().stream_reader(raw).read() if coding == "zstd" else gzip.decompress(raw)
        assert decoded == plain.content
        tags.add(answer.headers["etag"])
        known = await client.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]})
        assert known.status_code == 304
    assert len(tags) == 3
    part = await client.get(path, headers={"Accept-Encoding": "zstd", "Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, plain.content[10:20])
    kept = [name for name in await blobs.names("snapshots/deliberations-muret") if not name.endswith(".csv")]
    assert sorted(name.rpartition(".")[2] for name in kept) == ["gzip", "zstd"]


async def test_two_versions_compared(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(6)])
    await publish([deliberation(f"{n}") for n in range(5)] + [deliberation("9")])
    await publish([deliberation("0", DELIB_OBJET="x"), *(deliberation(f"{n}") for n in range(1, 6))])
    answer = (await client.get(f"{MURET}/diff", params={"from": 1, "to": 3})).json()
    assert answer["meta"] | {"limit": 0} == {
        "dataset": "deliberations-muret", "from": 1, "to": 3, "inserted": 0, "updated": 1, "deleted": 0, "limit": 0
    }  # fmt: skip
    (change,) = answer["data"]
    assert (change["op"], change["identity"]["DELIB_ID"]) == ("update", "0")
    assert (change["before"]["DELIB_OBJET"], change["after"]["DELIB_OBJET"]) == ("Délibération 0", "x")
    whole = "/v1/datasets/deliberations"
    ends = [(await client.get(f"{MURET}/versions/{number}")).json()["publication"] for number in (1, 3)]
    (same,) = (await client.get(f"{whole}/diff", params={"from": ends[0], "to": ends[1]})).json()["data"]
    (row,) = (await client.get(f"{whole}/records", params={"DELIB_ID": "0"})).json()["data"]
    assert same["after"] == row
    assert (same["before"]["organisation_nom"], same["before"]["version"], row["version"]) == ("Muret", 1, 3)
    back = (await client.get(f"{MURET}/diff", params={"from": 3, "to": 1})).json()
    assert (back["data"][0]["before"], back["data"][0]["after"]) == (change["after"], change["before"])


async def test_a_long_difference_has_pages(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(25)])
    await publish([deliberation(f"{n}", DELIB_OBJET="x") for n in range(5, 30)])
    url: str | None = f"{MURET}/diff?from=1&to=2&limit=7"
    found: dict[str, int] = {}
    while url is not None:
        page = (await client.get(url)).json()
        for change in page["data"]:
            found[change["op"]] = found.get(change["op"], 0) + 1
        url = page["links"]["next"]
    assert found == {"insert": 5, "update": 20, "delete": 5}


@pytest.mark.parametrize("asked", [{"from": 1, "to": 9}, {"from": 1, "to": 1, "cursor": "x"}])
async def test_what_cannot_be_compared_is_refused(
    client: httpx.AsyncClient, publish: Publish, asked: dict[str, str]
) -> None:
    await publish([deliberation("1")])
    assert (await client.get(f"{MURET}/diff", params=asked)).status_code in (400, 404)
