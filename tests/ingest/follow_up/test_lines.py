"""The follow-up: who publishes what, how fresh and how conformant."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from journal import MURET
from pushes import refused

TOULOUSE = "213105554"
NOW = datetime.now(UTC)


async def followed(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.get("/v1/follow-up", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def line(found: dict[str, Any], schema: str) -> dict[str, Any]:
    return next(one for one in found["data"] if one["schema"] == schema)


async def test_every_organisation_is_there_under_every_core_schema(stranger):
    found = await followed(stranger, departement="31")
    lines = {(one["siren"], one["schema"]) for one in found["data"]}
    assert len(lines) == len(found["data"]) == found["meta"]["total"] == 6 * found["meta"]["totals"]["organisations"]
    assert found["meta"]["totals"]["by_onboarding"]["not_contacted"] == found["meta"]["totals"]["organisations"]
    assert len(found["meta"]["history"]) == 12
    assert found["meta"]["history"][-1]["month"] == f"{datetime.now(UTC):%Y-%m}"
    assert {one["freshness"] for one in found["data"]} == {"never"}


async def test_a_line_tells_what_became_of_the_last_deposits(stranger, judged):
    await judged(MURET, "scdl/deliberations", NOW - timedelta(days=200))
    await judged(MURET, "scdl/deliberations", NOW - timedelta(days=150), warnings=2)
    await judged(MURET, "scdl/deliberations", NOW - timedelta(days=3), errors=4)
    await judged(MURET, "scdl/deliberations", NOW - timedelta(days=1), dry_run=True)
    await judged(MURET, "scdl/prenoms", NOW - timedelta(days=150))
    found = await followed(stranger, organisation="31395")
    late, fresh = line(found, "scdl/deliberations"), line(found, "scdl/prenoms")
    assert (late["freshness"], late["version"], late["verdict"], late["errors"]) == ("late", 2, "invalid", 4)
    assert late["last_deposit_at"][:10] == f"{NOW - timedelta(days=3):%Y-%m-%d}"
    assert (late["last_vendor"], late["vendors"]) == ("Logiciels du Midi", ["Logiciels du Midi"])
    assert (fresh["freshness"], fresh["verdict"], fresh["warnings"]) == ("up-to-date", "valid", 0)
    assert late["onboarding"] == fresh["onboarding"] == "publishing"
    assert late["onboarding_since"] == f"{NOW - timedelta(days=200):%Y-%m-%d}"
    totals = found["meta"]["totals"]
    assert totals["by_onboarding"]["publishing"] == 1
    counts = {"publishing": 1, "up_to_date": 0, "valid": 0, "invalid": 1}
    assert totals["by_schema"]["scdl/deliberations"] == counts
    assert totals["by_schema"]["scdl/equipements"] == dict.fromkeys(counts, 0)
    assert sum(one["publications"] for one in found["meta"]["history"]) == 3
    assert sum(one["deposits"] for one in found["meta"]["history"]) == 4
    assert found["meta"]["history"][-1]["organisations_so_far"] == 1


async def test_pages_follow_each_other_and_totals_come_once(stranger):
    whole = await followed(stranger, schema=["bal", "prenoms"])
    page, found = await followed(stranger, schema=["bal", "prenoms"], limit=501), []
    assert page["meta"]["totals"] == whole["meta"]["totals"]
    while True:
        found += page["data"]
        if page["links"]["next"] is None:
            break
        page = (await stranger.get(page["links"]["next"])).json()
        assert page["meta"]["totals"] is page["meta"]["history"] is None
    assert found == whole["data"]
    first = (await followed(stranger, schema=["bal", "prenoms"], limit=1))["links"]["next"]
    refused(await stranger.get(first.replace("prenoms", "irve")), 400, "invalid-parameter")


async def test_the_table_has_every_line_and_no_contact(stranger, judged):
    await judged(TOULOUSE, "etalab/schema-bal", NOW)
    answer = await stranger.get("/v1/follow-up", params={"format": "csv", "departement": "31"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == (await followed(stranger, departement="31"))["meta"]["total"]
    toulouse = [one for one in rows if one["siren"] == TOULOUSE and one["verdict"] == "valid"]
    assert [one["schema"] for one in toulouse] == ["etalab/schema-bal"]
    assert "@" not in answer.text
    again = await stranger.get(
        "/v1/follow-up",
        params={"format": "csv", "departement": "31"},
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"schema": "nothing"}, 404, "unknown-schema"),
        ({"organisation": "999999999"}, 404, "unknown-organisation"),
        ({"departement": "x"}, 422, "invalid-request"),
        ({"format": "pdf"}, 422, "invalid-request"),
        ({"cursor": "x"}, 400, "invalid-parameter"),
        ({"nothing": "1"}, 400, "invalid-parameter"),
    ],
)
async def test_what_cannot_be_followed_is_refused(stranger, asked: dict[str, str], status: int, code: str):
    refused(await stranger.get("/v1/follow-up", params=asked), status, code)
