"""On demand, in every format; and the annotated table of a deposit, by a signed address."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from jsonschema_rs import Draft202012Validator
from judging import deliberation_file
from reporting import a_finding, a_report

from shared.blobs import open_blobs, put_bytes
from shared.reports.links import sign_link
from shared.reports.shape import report_schema
from shared.uploads import UPLOAD_TYPES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRONG = deliberation_file({"DELIB_ID": "1"}, {"DELIB_ID": "2", "DELIB_DATE": "2024-13-45"})


async def validate(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
    query = {"schema": "scdl/deliberations", **query}
    return await client.post("/v1/validations", params=query, content=WRONG, headers=headers or {})


async def test_the_report_follows_its_schema(client: httpx.AsyncClient) -> None:
    for lang in ("fr", "en"):
        found = (await validate(client, lang=lang)).json()
        Draft202012Validator(report_schema()).validate(found)
        assert found["language"] == lang
        assert found["links"]["findings"] is None


async def test_the_openapi_document_names_every_format_that_is_read(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path in ("/v1/validations", "/v1/validations/corrected"):
        body = document["paths"][path]["post"]["requestBody"]
        assert set(body["content"]) == {*UPLOAD_TYPES, "multipart/form-data"}


@pytest.mark.parametrize("kind", UPLOAD_TYPES)
async def test_a_file_is_read_whatever_type_it_is_sent_under(client: httpx.AsyncClient, kind: str) -> None:
    found = await validate(client, {"Content-Type": kind})
    assert (found.status_code, found.json()["input"]["format"]) == (200, "csv")


async def test_a_file_is_judged_by_the_mode_of_the_deposit_to_come(client: httpx.AsyncClient) -> None:
    found = (await validate(client, mode="delete")).json()
    assert (found["mode"], [rule["code"] for rule in found["by_rule"]][-1]) == ("delete", "columns-not-read")


async def test_english_is_spoken(client: httpx.AsyncClient) -> None:
    found = (await validate(client, {"Accept-Language": "en"})).json()["findings"]
    assert any(one["message"] == "“2024-13-45” is not a date in the expected format." for one in found)


@pytest.mark.parametrize(
    ("accept", "media_type", "start"),
    [
        ("text/html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("text/csv", "text/csv; charset=utf-8", b"severity,code,row"),
        (XLSX, XLSX, b"PK"),
    ],
)
async def test_accept_chooses_the_format(client: httpx.AsyncClient, accept: str, media_type: str, start: bytes) -> None:
    found = await validate(client, {"Accept": accept})
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == media_type
    assert found.content.startswith(start)


async def test_the_json_lists_as_many_findings_as_asked(client: httpx.AsyncClient) -> None:
    found = (await validate(client, limit=1)).json()
    assert (len(found["findings"]), found["truncated"]) == (1, True)


async def test_csv_says_where_and_how_to_mend(client: httpx.AsyncClient) -> None:
    rows = list(csv.DictReader(io.StringIO((await validate(client, format="csv")).text)))
    (wrong,) = [row for row in rows if row["severity"] == "error"]
    assert (wrong["row"], wrong["column"], wrong["value"]) == ("3", "DELIB_DATE", "2024-13-45")
    assert wrong["how_to_mend"]


async def test_the_workbook_shows_the_wrong_cell(client: httpx.AsyncClient) -> None:
    content = (await validate(client, format="xlsx")).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    commented = {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.comment}
    assert "2024-13-45" in commented.values()
    assert sheet["A3"].value == 3


async def test_a_file_that_cannot_be_read_has_a_workbook_too(client: httpx.AsyncClient) -> None:
    query = {"schema": "scdl/deliberations", "format": "xlsx"}
    found = await client.post("/v1/validations", params=query, content=b"<!doctype html><html></html>")
    book = openpyxl.load_workbook(io.BytesIO(found.content))
    assert book.worksheets[1]["I2"].value == "html-instead-of-csv"


async def annotated(client: httpx.AsyncClient, *, lasting: timedelta = timedelta(minutes=1), **values: Any) -> Any:
    token, _ = sign_link(values, purpose="annotated", key_pepper="pepper", lasting=lasting)
    return await client.get(f"/v1/annotated/{token}")


async def test_the_table_of_a_deposit_is_annotated_with_its_own_report(
    client: httpx.AsyncClient, blobs_path: Path
) -> None:
    blobs = open_blobs(f"file://{blobs_path}")
    raw = await put_bytes(blobs, WRONG.encode(), folder="raw")
    report = a_report(a_finding(2, column="DELIB_OBJET", message="dit au dépôt"))
    kept = await put_bytes(blobs, report.model_dump_json(by_alias=True).encode(), folder="reports", suffix=".json")
    values = {
        "file": raw.name, "type": "text/csv", "schema": "scdl/deliberations", "version": "2.1.5",
        "report": kept.name, "corrections": "all", "lang": "fr",
    }  # fmt: skip
    found = await annotated(client, **values)
    assert found.headers["content-type"] == XLSX
    sheet = openpyxl.load_workbook(io.BytesIO(found.content)).worksheets[0]
    comments = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert list(comments) == ["H2"]
    assert comments["H2"].startswith("dit au dépôt")
    gone = await annotated(client, **{**values, "file": "raw/absent"})
    assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
    old = await annotated(client, lasting=timedelta(seconds=-2), **values)
    assert (old.status_code, old.json()["code"]) == (410, "link-expired")


async def test_nobody_else_writes_such_an_address(client: httpx.AsyncClient) -> None:
    token, _ = sign_link({"file": "x"}, purpose="report", key_pepper="pepper", lasting=timedelta(days=1))
    forged, _ = sign_link({"file": "x"}, purpose="annotated", key_pepper="guess", lasting=timedelta(days=1))
    for one in (token, forged, "abc"):
        assert (await client.get(f"/v1/annotated/{one}")).status_code == 404
