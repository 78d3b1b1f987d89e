"""Whole data sets as CSV files over HTTP."""

import base64
import csv
import hashlib
import io
from collections.abc import Awaitable, Callable

import httpx
import pytest
from catalog_samples import deliberation

from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

MURET = "/v1/datasets/deliberations-muret/exports/csv"
WHOLE = "/v1/datasets/deliberations/exports/csv"
COLOMIERS = "213101496"


def read_csv(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline=""), strict=True))


@pytest.mark.parametrize("name", ["deliberations-muret", "deliberations"])
async def test_the_file_has_the_rows_of_the_records(client: httpx.AsyncClient, publish: Publish, name: str) -> None:
    await publish([deliberation("old", "2023-01-01"), deliberation("gone")])
    await publish([deliberation(f"{n}", DELIB_OBJET=f'"{n}",\r\né;') for n in range(30)])
    records = (await client.get(f"/v1/datasets/{name}/records", params={"limit": 1000})).json()["data"]
    exported = read_csv(await client.get(f"/v1/datasets/{name}/exports/csv"))
    as_text = [{key: "" if value is None else str(value) for key, value in row.items()} for row in records]
    assert sorted(map(repr, exported)) == sorted(map(repr, as_text))
    assert len(exported) == 31


async def test_the_consolidated_file_begins_with_whose_each_row_is(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("2")])
    await publish([deliberation("1")], siren=COLOMIERS, extras=[{"note": "x"}])
    answer = await client.get(WHOLE)
    header = answer.text.splitlines()[0]
    assert header.startswith("organisation_siren,organisation_nom,deposit_id,version,COLL_NOM,")
    assert "note" not in header
    rows = read_csv(answer)
    assert [(row["organisation_nom"], row["DELIB_ID"]) for row in rows] == [("Colomiers", "1"), ("Muret", "2")]
    again = await client.get(WHOLE)
    assert again.headers["etag"] == answer.headers["etag"]
    await publish([deliberation("3")])
    assert [row["DELIB_ID"] for row in read_csv(await client.get(WHOLE))] == ["1", "3"]


async def test_a_consolidated_file_before_the_first_version_has_only_its_header(client: httpx.AsyncClient) -> None:
    answer = await client.get(WHOLE)
    assert (answer.status_code, read_csv(answer)) == (200, [])


async def test_the_headers_say_what_the_bytes_are(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    answer = await client.get(MURET)
    digest = hashlib.sha256(answer.content)
    assert answer.headers["etag"] == f'"{digest.hexdigest()}"'
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert answer.headers["content-disposition"] == 'attachment; filename="deliberations-muret-v1.csv"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    head = await client.head(MURET)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "accept-ranges"):
        assert head.headers[name] == answer.headers[name]


async def test_a_known_file_is_not_sent_again(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    tag = (await client.get(MURET)).headers["etag"]
    for condition in (tag, f'"other", W/{tag}', "*"):
        answer = await client.get(MURET, headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content) == (304, b"")
    assert (await client.get(MURET, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-3", slice(0, 4)),
        ("bytes=5-", slice(5, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=10-99999999", slice(10, None)),
        ("bytes=-99999999", slice(0, None)),
    ],
)
async def test_a_range_is_that_part_of_the_file(
    client: httpx.AsyncClient, publish: Publish, asked: str, expected: slice
) -> None:
    await publish([deliberation("1")])
    whole = (await client.get(MURET)).content
    answer = await client.get(MURET, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, whole[expected])
    start = whole.index(answer.content)
    assert answer.headers["content-range"] == f"bytes {start}-{start + len(answer.content) - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=3-1", "bytes=-", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b"])
async def test_what_is_no_single_byte_range_is_ignored(client: httpx.AsyncClient, publish: Publish, asked: str) -> None:
    await publish([deliberation("1")])
    whole = await client.get(MURET)
    answer = await client.get(MURET, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, whole.content)


async def test_a_range_beyond_the_end_is_a_416(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    size = len((await client.get(MURET)).content)
    for asked in (f"bytes={size}-", "bytes=-0"):
        answer = await client.get(MURET, headers={"Range": asked})
        assert (answer.status_code, answer.json()["code"]) == (416, "range-not-satisfiable")
        assert answer.headers["content-range"] == f"bytes */{size}"


async def test_a_range_of_another_version_is_answered_whole(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    tag = (await client.get(MURET)).headers["etag"]
    await publish([deliberation("2")])
    answer = await client.get(MURET, headers={"Range": "bytes=5-", "If-Range": tag})
    assert answer.status_code == 200
    answer = await client.get(MURET, headers={"Range": "bytes=5-", "If-Range": answer.headers["etag"]})
    assert answer.status_code == 206


async def test_booleans_are_written_in_the_schemas_words(client: httpx.AsyncClient, publish: Publish) -> None:
    rows = [{"id": f"{n}", "marcheInnovant": value} for n, value in enumerate(["true", "false", None])]
    await publish(rows, schema_name="decp/marches")
    answer = await client.get("/v1/datasets/marches-muret/exports/csv")
    assert [row["marcheInnovant"] for row in read_csv(answer)] == ["true", "false", ""]


async def test_an_unknown_data_set_is_a_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/datasets/rien/exports/csv")).status_code == 404
    assert (await client.head("/v1/datasets/rien/exports/csv")).status_code == 404
