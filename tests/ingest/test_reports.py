"""The report of a deposit: formats, languages, pages, and links that need no key."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from journal import PEPPER, HabilitatedVendor, MakeDeposit, SessionsOf
from jsonschema_rs import Draft202012Validator
from pushes import push, refused
from reporting import a_finding, a_report

from shared.blobs import open_blobs, put_bytes
from shared.models import ValidationReport
from shared.reports.links import read_link, sign_link
from shared.reports.shape import StoredReport

Reported = Callable[..., Awaitable[UUID]]


@pytest.fixture
def reported(make_deposit: MakeDeposit, sessions_of: SessionsOf, tmp_blobs: str) -> Reported:
    """A deposit with a report, as validator leaves it."""

    async def make(report: StoredReport) -> UUID:
        deposit = await make_deposit()
        content = report.model_dump_json(by_alias=True).encode()
        kept = await put_bytes(open_blobs(tmp_blobs), content, folder="reports", suffix=".json")
        async with sessions_of("socle_validator").begin() as session:
            session.add(
                ValidationReport(
                    deposit_id=deposit.id,
                    verdict=report.verdict,
                    schema_name=report.judged_by.name,
                    schema_version=report.judged_by.version,
                    schema_sha256=report.judged_by.sha256,
                    engine_version=report.engine_version,
                    rows=report.stats.rows,
                    errors=report.stats.errors,
                    warnings=report.stats.warnings,
                    corrections=report.stats.corrections,
                    report_sha256=kept.sha256,
                )
            )
        return deposit.id

    return make


@pytest.fixture
async def rejected(reported: Reported) -> UUID:
    """A deposit with 25 errors and 5 warnings."""
    errors = [a_finding(row) for row in range(2, 27)]
    warnings = [a_finding(row, severity="warning", code="siret-invalid", column="COLL_SIRET") for row in range(2, 7)]
    return await reported(a_report(*errors, *warnings))


async def test_the_report_is_json_by_default_and_follows_its_schema(client: httpx.AsyncClient, rejected: UUID) -> None:
    found = await client.get(f"/v1/deposits/{rejected}/report")
    schema = (await client.get("/v1/reports/schema")).json()
    Draft202012Validator(schema).validate(found.json())
    assert found.headers["content-type"] == "application/json"
    assert found.headers["content-language"] == "fr"
    assert "english" not in found.json()
    assert found.json()["links"] == {
        "next": None,
        "findings": f"/v1/deposits/{rejected}/report/findings",
        "json_schema": "/v1/reports/schema",
    }


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("*/*", "application/json"),
        ("image/png;q=0.9, text/csv;q=0.2", "text/csv; charset=utf-8"),
    ],
)
async def test_accept_chooses_the_format(
    client: httpx.AsyncClient, rejected: UUID, accept: str, media_type: str
) -> None:
    found = await client.get(f"/v1/deposits/{rejected}/report", headers={"Accept": accept})
    assert found.headers["content-type"] == media_type
    assert found.headers["vary"].startswith("Accept, Accept-Language")


async def test_a_format_we_do_not_have_is_refused(client: httpx.AsyncClient, rejected: UUID) -> None:
    address = f"/v1/deposits/{rejected}/report"
    refused(await client.get(address, headers={"Accept": "image/png"}), 406, "not-acceptable")
    refused(await client.get(address, params={"format": "pdf"}), 422, "invalid-request")


async def test_the_parameter_prevails_over_the_header(client: httpx.AsyncClient, rejected: UUID) -> None:
    address = f"/v1/deposits/{rejected}/report"
    found = await client.get(address, params={"format": "csv", "lang": "en"}, headers={"Accept": "application/json"})
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert len(rows) == 30
    assert rows[0]["message"] == "“31/12/2024” is not a date in the expected format."


async def test_it_speaks_english_to_who_prefers_it(client: httpx.AsyncClient, rejected: UUID) -> None:
    found = await client.get(f"/v1/deposits/{rejected}/report", headers={"Accept-Language": "en-GB,fr;q=0.5"})
    assert found.headers["content-language"] == "en"
    assert found.json()["findings"][0]["expected"] == "a date YYYY-MM-DD"


async def test_validata_s_shape_is_given_on_demand(client: httpx.AsyncClient, rejected: UUID) -> None:
    found = (await client.get(f"/v1/deposits/{rejected}/report?format=validata")).json()
    assert found["report"]["valid"] is False
    assert len(found["report"]["errors"]) == found["report"]["stats"]["errors"] == 25


async def test_a_long_report_is_read_page_by_page(client: httpx.AsyncClient, rejected: UUID) -> None:
    first = (await client.get(f"/v1/deposits/{rejected}/report?limit=10")).json()
    assert first["truncated"] is True
    assert len(first["findings"]) == 10
    lines = [(one["severity"], one["row"]) for one in first["findings"]]
    link = first["links"]["next"]
    while link:
        page = (await client.get(link)).json()
        lines += [(one["severity"], one["row"]) for one in page["data"]]
        link = page["links"]["next"]
    assert len(lines) == len(set(lines)) == 30


async def test_findings_are_filtered_and_counted(client: httpx.AsyncClient, rejected: UUID) -> None:
    address = f"/v1/deposits/{rejected}/report/findings"
    found = (await client.get(address, params={"severity": "error", "column": "DELIB_DATE", "limit": 3})).json()
    assert found["meta"] == {"limit": 3, "counted": 25, "listed": 25, "truncated": False, "language": "fr"}
    assert [one["row"] for one in found["data"]] == [2, 3, 4]
    following = (await client.get(found["links"]["next"])).json()
    assert [one["row"] for one in following["data"]] == [5, 6, 7]
    assert (await client.get(address, params={"code": "nope"})).json()["data"] == []


async def test_what_is_counted_without_being_listed_is_said(client: httpx.AsyncClient, reported: Reported) -> None:
    report = a_report(*(a_finding(row) for row in range(2, 12)), truncated=True)
    rule = report.by_rule[0].model_copy(update={"count": 5000})
    deposit_id = await reported(report.model_copy(update={"by_rule": [rule]}))
    meta = (await client.get(f"/v1/deposits/{deposit_id}/report/findings")).json()["meta"]
    assert (meta["counted"], meta["listed"], meta["truncated"]) == (5000, 10, True)
    assert (await client.get(f"/v1/deposits/{deposit_id}/report")).json()["truncated"] is True


async def test_a_cursor_of_another_report_is_refused(client: httpx.AsyncClient, reported: Reported) -> None:
    one, other = [await reported(a_report(*(a_finding(row) for row in range(2, 2 + n)))) for n in (5, 6)]
    link = (await client.get(f"/v1/deposits/{one}/report/findings?limit=2")).json()["links"]["next"]
    refused(await client.get(link.replace(str(one), str(other))), 400, "invalid-parameter")
    refused(await client.get(f"/v1/deposits/{one}/report/findings?cursor=abc"), 400, "invalid-parameter")


async def test_a_shared_report_is_a_page_that_needs_no_key(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, rejected: UUID
) -> None:
    made = await client.post(f"/v1/deposits/{rejected}/report/link")
    assert made.status_code == 201
    lasts = datetime.fromisoformat(made.json()["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < lasts < timedelta(days=30, minutes=1)
    path = "/v1/reports/" + made.json()["href"].rpartition("/")[2]
    page = await stranger.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Muret · scdl/deliberations 2.1.5" in page.text
    assert f"{path}?format=csv" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await stranger.get(path, params={"format": "json"})).json()["verdict"] == "invalid"
    assert (await stranger.get(path, params={"format": "json"})).json()["links"]["findings"] is None


async def test_a_link_shows_the_table_only_if_its_vendor_said_so(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, rejected: UUID
) -> None:
    for table in (False, True):
        made = await client.post(f"/v1/deposits/{rejected}/report/link", params={"table": table})
        path = "/v1/reports/" + made.json()["href"].rpartition("/")[2]
        assert ("format=xlsx" in (await stranger.get(path)).text) is table
        found = await stranger.get(path, params={"format": "xlsx"})
        if table:
            assert found.status_code == 303
        else:
            refused(found, 406, "not-acceptable")


async def test_a_link_gives_nothing_else(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, rejected: UUID, other_vendor: HabilitatedVendor
) -> None:
    address = f"/v1/deposits/{rejected}/report/link"
    refused(await stranger.post(address), 401, "key-invalid")
    refused(await stranger.post(address, headers={"X-API-Key": other_vendor.key}), 404, "not-found")
    token = (await client.post(address)).json()["href"].rpartition("/")[2]
    for wrong in (token[:-2], token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "é"):
        refused(await stranger.get(f"/v1/reports/{wrong}"), 404, "not-found")


async def test_an_old_link_says_so(stranger: httpx.AsyncClient, rejected: UUID) -> None:
    past = timedelta(seconds=-2)
    token, _ = sign_link({"deposit": str(rejected), "table": False}, purpose="report", key_pepper=PEPPER, lasting=past)
    refused(await stranger.get(f"/v1/reports/{token}"), 410, "link-expired")


async def test_a_link_made_for_something_else_opens_no_report(stranger: httpx.AsyncClient, rejected: UUID) -> None:
    day = timedelta(days=1)
    token, _ = sign_link(
        {"deposit": str(rejected), "table": False}, purpose="annotated", key_pepper=PEPPER, lasting=day
    )
    refused(await stranger.get(f"/v1/reports/{token}"), 404, "not-found")


async def test_the_annotated_table_is_one_redirection_away(client: httpx.AsyncClient, rejected: UUID) -> None:
    found = await client.get(f"/v1/deposits/{rejected}/report?format=xlsx&lang=en")
    assert found.status_code == 303
    head, _, token = found.headers["location"].rpartition("/")
    assert head == "/v1/annotated"
    values = read_link(token, purpose="annotated", key_pepper=PEPPER)
    assert re.fullmatch(r"reports/\w{64}\.json", values.pop("report"))
    assert values == {
        "file": f"raw/{'0' * 64}", "type": "text/csv", "schema": "scdl/deliberations", "version": "2.1.5",
        "corrections": "all", "lang": "en",
    }  # fmt: skip


async def test_without_a_verdict_there_is_nothing_to_share(client: httpx.AsyncClient) -> None:
    deposit_id = (await push(client)).json()["id"]
    for method, path in (("GET", "report/findings"), ("POST", "report/link"), ("GET", "report?format=xlsx")):
        refused(await client.request(method, f"/v1/deposits/{deposit_id}/{path}"), 404, "report-not-ready")
