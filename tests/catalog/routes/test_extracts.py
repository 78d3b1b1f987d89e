"""All the rows of a question as files: every format, every option, and what happens when the reader leaves."""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import openpyxl
import polars as pl
import pytest
from catalog_samples import deliberation, fetch, subvention

from services.catalog.exports.formats import MEDIA_TYPES, Format
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

RECORDS = "/v1/datasets/deliberations-muret/records"
WHOLE = "/v1/datasets/deliberations/records"
SUBVENTIONS = "/v1/datasets/subventions-muret/records"
EQUIPMENT = "/v1/datasets/equipements-muret/records"
COLOMIERS = "213101496"

HARD_TEXTS = ["007", "a;b,c", 'dit "oui"', "deux\r\nlignes", "=1+1", "+33 5", "é 😀 \\ %", "'", "_x0041_", " x ", ""]


async def get(client: httpx.AsyncClient, path: str, status: int = 200, **parameters: Any) -> httpx.Response:
    answer = await client.get(path, params=parameters or None)
    assert answer.status_code == status, answer.text
    return answer


def read_csv(content: bytes, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=delimiter, strict=True))


def sheet(content: bytes) -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
    return [{name.value: cell for name, cell in zip(header, row, strict=True)} for row in rows]


async def publish_hard_texts(publish: Publish) -> None:
    await publish([deliberation(f"{rank:03}", DELIB_OBJET=one) for rank, one in enumerate([*HARD_TEXTS, None])])


async def test_texts_are_those_of_the_vendor_in_every_format(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish_hard_texts(publish)
    expected = [*HARD_TEXTS, None]
    for path in (RECORDS, WHOLE):
        records = (await get(client, path, limit=1000)).json()["data"]
        assert [row["DELIB_OBJET"] for row in records] == expected
        assert (await get(client, f"{path}.json")).json()["data"] == records
        assert [json.loads(line) for line in (await get(client, f"{path}.ndjson")).text.splitlines()] == records
        table = pl.read_parquet(io.BytesIO((await get(client, f"{path}.parquet")).content))
        assert table["DELIB_OBJET"].to_list() == expected
        cells = [row["DELIB_OBJET"] for row in sheet((await get(client, f"{path}.xlsx")).content)]
        assert [cell.value for cell in cells] == [one and one.replace("_x", "_x005F_x") for one in expected]
        assert {cell.data_type for cell in cells[:-1]} == {"s"}
        for delimiter in (";", ","):
            content = (await get(client, f"{path}.csv", delimiter=delimiter)).content
            table = pl.read_csv(content, separator=delimiter, infer_schema=False)
            assert table["DELIB_OBJET"].to_list() == expected


async def test_numbers_are_those_of_the_vendor_in_every_format(client: httpx.AsyncClient, publish: Publish) -> None:
    amounts = ["12.50", "0.1", "-3.000", "12345678901234567890.123456789", "100", None]
    rows = [
        subvention(f"{rank}", amount) if amount else subvention(f"{rank}", "1", montant=None)
        for rank, amount in enumerate(amounts)
    ]
    await publish(rows, schema_name="scdl/subventions")
    written = [row["montant"] for row in read_csv((await get(client, f"{SUBVENTIONS}.csv")).content)]
    assert written == [amount or "" for amount in amounts]
    for path in (f"{SUBVENTIONS}.ndjson", "/v1/datasets/subventions-muret/exports/ndjson"):
        lines = (await get(client, path)).text.splitlines()
        assert [json.loads(line, parse_float=str, parse_int=str)["montant"] for line in lines] == amounts
    for path in (f"{SUBVENTIONS}.parquet", "/v1/datasets/subventions-muret/exports/parquet"):
        table = pl.read_parquet(io.BytesIO((await get(client, path)).content))
        assert table["montant"].to_list() == [None if one is None else Decimal(one) for one in amounts]
    for path in (f"{SUBVENTIONS}.xlsx", "/v1/datasets/subventions-muret/exports/xlsx"):
        cells = [row["montant"] for row in sheet((await get(client, path)).content)]
        assert [(cell.value, cell.number_format) for cell in cells[:3]] == [(12.5, "0.00"), (0.1, "0.0"), (-3, "0.000")]
        assert [cell.value for cell in cells[3:]] == [amounts[3], 100, None]
    day = sheet((await get(client, f"{SUBVENTIONS}.xlsx")).content)[0]["dateConvention"]
    assert (day.value.date(), day.number_format) == (date(2024, 6, 1), "yyyy-mm-dd")


async def test_a_question_gives_the_same_rows_in_every_format(client: httpx.AsyncClient, publish: Publish) -> None:
    rows = [deliberation(f"{n:03}", f"2024-01-{1 + n % 28:02}", VOTE_POUR=f"{n % 5}") for n in range(60)]
    await publish(rows, extras=[{"note": f"n{n}"} for n in range(60)])
    question = {"VOTE_POUR__greater": "2", "sort": "-VOTE_POUR,DELIB_DATE", "select": "DELIB_ID,VOTE_POUR"}
    expected = (await get(client, RECORDS, limit=1000, **question)).json()["data"]
    assert len(expected) == 36
    assert (await get(client, f"{RECORDS}.json", **question)).json()["data"] == expected
    as_text = [{name: str(value) for name, value in row.items()} for row in expected]
    assert read_csv((await get(client, f"{RECORDS}.csv", **question)).content) == as_text
    table = pl.read_parquet(io.BytesIO((await get(client, f"{RECORDS}.parquet", **question)).content))
    assert table.to_dicts() == expected
    cells = sheet((await get(client, f"{RECORDS}.xlsx", **question)).content)
    assert [{name: cell.value for name, cell in row.items()} for row in cells] == expected
    first = read_csv((await get(client, f"{RECORDS}.csv", limit=5, sort="DELIB_ID")).content)
    assert [(row["DELIB_ID"], row["note"]) for row in first] == [(f"{n:03}", f"n{n}") for n in range(5)]


async def test_no_row_is_left_out(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(3000)])
    assert len((await get(client, f"{RECORDS}.ndjson")).text.splitlines()) == 3000
    assert len((await get(client, f"{WHOLE}.json")).json()["data"]) == 3000


async def test_an_empty_answer_is_well_formed(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    nothing = {"DELIB_ID": "rien"}
    document = (await get(client, f"{RECORDS}.json", **nothing)).json()
    assert document["data"] == []
    assert document["meta"] == {"dataset": "deliberations-muret", "version": 1, "publication": 1}
    assert (await get(client, f"{RECORDS}.ndjson", **nothing)).content == b""
    assert read_csv((await get(client, f"{RECORDS}.csv", **nothing)).content) == []
    assert sheet((await get(client, f"{RECORDS}.xlsx", **nothing)).content) == []
    assert pl.read_parquet(io.BytesIO((await get(client, f"{RECORDS}.parquet", **nothing)).content)).height == 0


async def test_csv_options(client: httpx.AsyncClient, publish: Publish) -> None:
    risky = ["=1+1", "+33", "-x", "@a", "\tb", "＝c", "sain"]
    await publish(
        [deliberation(f"{rank}", DELIB_OBJET=one, VOTE_POUR="-1") for rank, one in enumerate(risky)],
        extras=[{"=note": "=2"} for _ in risky],
    )
    plain = await get(client, f"{RECORDS}.csv")
    assert plain.content.startswith(b"COLL_NOM;")
    assert [row["DELIB_OBJET"] for row in read_csv(plain.content)] == risky
    marked = await get(client, f"{RECORDS}.csv", bom="true")
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert marked.headers["etag"] != plain.headers["etag"]
    escaped = read_csv((await get(client, f"{RECORDS}.csv", formulas="escape")).content)
    assert [row["DELIB_OBJET"] for row in escaped] == [*(f"'{one}" for one in risky[:-1]), "sain"]
    assert (escaped[0]["VOTE_POUR"], escaped[0]["'=note"]) == ("-1", "'=2")
    of_all = read_csv((await get(client, "/v1/datasets/deliberations/records.csv", formulas="escape")).content)
    assert [row["DELIB_OBJET"] for row in of_all] == [row["DELIB_OBJET"] for row in escaped]


@pytest.mark.parametrize(
    ("path", "parameters", "named"),
    [
        (".csv", {"delimiter": "|"}, "delimiter"),
        (".csv", {"bom": "oui"}, "bom"),
        (".csv", {"cursor": "x"}, "cursor"),
        (".csv", {"DELIB_DAT": "2024-01-01"}, "DELIB_DAT"),
        (".json", {"delimiter": ";"}, "delimiter"),
    ],
)
async def test_what_cannot_be_understood_is_refused_by_name(
    client: httpx.AsyncClient, publish: Publish, path: str, parameters: dict[str, str], named: str
) -> None:
    await publish([deliberation("1")])
    problem = (await get(client, RECORDS + path, 400, **parameters)).json()
    assert (problem["code"], problem["parameter"]) == ("invalid-parameter", named)


async def test_a_map_has_the_places_of_the_rows(client: httpx.AsyncClient, publish: Publish) -> None:
    places = [("43.460", "1.3250"), ("95", "1"), (None, "1.3")]
    rows = [
        {"EQUIP_UID": f"{rank}", "EQUIP_NOM": "Gymnase", "EQUIP_LAT": lat, "EQUIP_LONG": lon}
        for rank, (lat, lon) in enumerate(places)
    ]
    await publish(rows, schema_name="scdl/equipements")
    for path in (f"{EQUIPMENT}.geojson", "/v1/datasets/equipements-muret/exports/geojson"):
        answer = await get(client, path)
        assert answer.headers["content-type"] == "application/geo+json"
        collection = json.loads(answer.text, parse_float=str)
        assert collection["type"] == "FeatureCollection"
        geometries = [feature["geometry"] for feature in collection["features"]]
        assert geometries == [{"type": "Point", "coordinates": ["1.3250", "43.460"]}, None, None]
        assert collection["features"][1]["properties"]["EQUIP_NOM"] == "Gymnase"
    selected = (await get(client, f"{EQUIPMENT}.geojson", select="EQUIP_UID", EQUIP_UID="0")).json()
    assert selected["features"][0]["properties"] == {"EQUIP_UID": "0"}


async def test_what_has_no_place_is_no_map(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    for path in (f"{RECORDS}.geojson", "/v1/datasets/deliberations-muret/exports/geojson"):
        assert (await get(client, path, 406)).json()["code"] == "format-not-available"


@pytest.mark.parametrize("format_", [one for one in Format if one not in (Format.JSON, Format.GEOJSON)])
async def test_the_preferred_format_is_that_of_the_extension(
    client: httpx.AsyncClient, publish: Publish, format_: Format
) -> None:
    await publish([deliberation("1"), deliberation("2")])
    media_type = MEDIA_TYPES[format_].partition(";")[0]
    asked = await client.get(RECORDS, headers={"Accept": f"{media_type}, */*;q=0.1"}, params={"DELIB_ID": "2"})
    named = await client.get(f"{RECORDS}.{format_}", params={"DELIB_ID": "2"})
    assert (asked.status_code, asked.content) == (200, named.content)
    assert asked.headers["content-type"] == named.headers["content-type"] == MEDIA_TYPES[format_]
    assert asked.headers["vary"].startswith("Accept, Accept-Encoding")
    assert named.headers["content-disposition"] == f'attachment; filename="deliberations-muret-v1-extrait.{format_}"'


async def test_a_browser_gets_a_page(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "application/xml"):
        answer = await client.get(RECORDS, headers={"Accept": accept})
        assert (answer.headers["content-type"], answer.json()["meta"]["limit"]) == ("application/json", 20)


async def test_a_known_extract_is_not_sent_again(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    for format_ in ("csv", "ndjson", "xlsx", "parquet"):
        path = f"{RECORDS}.{format_}"
        answer, again = await client.get(path), await client.get(path)
        tag = answer.headers["etag"]
        assert (again.content, again.headers["etag"]) == (answer.content, tag)
        known = await client.get(path, headers={"If-None-Match": tag})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
        head = await client.head(path)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
        assert 'rel="license"' in head.headers["link"]
    await publish([deliberation("2")])
    assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_an_extract_of_an_older_version(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")], extras=[{"note": "x"}])
    await publish([deliberation("2")])
    (row,) = read_csv((await get(client, f"{RECORDS}.csv", as_of="1")).content)
    assert (row["DELIB_ID"], row["note"]) == ("1", "x")
    (row,) = read_csv((await get(client, f"{RECORDS}.csv")).content)
    assert (row["DELIB_ID"], "note" in row) == ("2", False)


async def test_any_site_may_read(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1")])
    for path in (RECORDS, f"{RECORDS}.csv", "/v1/datasets/deliberations-muret/exports/csv"):
        answer = await client.get(path, headers={"Origin": "https://exemple.fr"})
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Link", "Repr-Digest", "RateLimit", "Content-Disposition"} <= set(exposed)
        asked = {"Origin": "https://exemple.fr", "Access-Control-Request-Method": "GET"}
        assert (await client.options(path, headers=asked)).status_code == 200


async def test_a_reader_who_leaves_frees_the_database(
    client: httpx.AsyncClient, publish: Publish, database: str
) -> None:
    await publish([deliberation(f"{n}", DELIB_OBJET="x" * 2000) for n in range(20_000)])
    reading = "SELECT count(*) AS n FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE 'COPY%'"
    for _ in range(6):
        async with client.stream("GET", f"{RECORDS}.ndjson") as answer:
            assert answer.status_code == 200
            await anext(answer.aiter_raw())
    for _ in range(200):
        if (await fetch(database, reading))[0]["n"] == 0:
            break
        await asyncio.sleep(0.05)
    assert (await fetch(database, reading))[0]["n"] == 0
    assert len((await get(client, f"{RECORDS}.ndjson", limit=3)).text.splitlines()) == 3
