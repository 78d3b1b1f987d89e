"""The edge's limits, as whoever asks sees them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from journal import HabilitatedVendor
from pushes import refused
from serving import served

from services.ingest.app import make_app
from services.ingest.settings import IngestSettings


@pytest.fixture
async def tight(settings: IngestSettings) -> AsyncIterator[str]:
    """Where an ingest with small quotas answers."""
    limits = {"limit_key_per_minute": 5, "limit_deposits_per_day": 2}
    async with served(make_app(settings.model_copy(update=limits))) as url:
        yield url


async def test_every_answer_to_a_key_says_what_is_left(tight: str, vendor: HabilitatedVendor) -> None:
    async with httpx.AsyncClient(base_url=tight, headers={"X-API-Key": vendor.key}) as client:
        for left in (4, 3, 2, 1, 0):
            answer = await client.get("/v1/deposits")
            assert answer.status_code == 200
            assert answer.headers["RateLimit-Policy"] == '"key";q=5;w=60'
            assert answer.headers["RateLimit"].startswith(f'"key";r={left};t=')
        problem = refused(await client.get("/v1/deposits"), 429, "quota-exceeded")
        assert problem["violated-policies"] == ["key"]
        answer = await client.get("/v1/deposits")
        assert 1 <= int(answer.headers["Retry-After"]) <= 12
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Request-Id" in answer.headers


async def test_a_push_counts_as_a_request_and_as_a_deposit(tight: str, vendor: HabilitatedVendor) -> None:
    async with httpx.AsyncClient(base_url=tight, headers={"Authorization": f"Bearer {vendor.key}"}) as client:
        for left in (1, 0):
            answer = await client.post("/v1/deposits")
            assert answer.headers["RateLimit-Policy"] == '"key";q=5;w=60, "deposits";q=2;w=86400'
            assert f'"deposits";r={left};' in answer.headers["RateLimit"]
        problem = refused(await client.post("/v1/deposits"), 429, "quota-exceeded")
        assert problem["violated-policies"] == ["deposits"]


async def test_another_key_has_its_own_quota_and_this_machine_none(
    tight: str, vendor: HabilitatedVendor, other_vendor: HabilitatedVendor
) -> None:
    async with httpx.AsyncClient(base_url=tight) as client:
        for _ in range(6):
            await client.get("/v1/deposits", headers={"X-API-Key": vendor.key})
        assert (await client.get("/v1/deposits", headers={"X-API-Key": other_vendor.key})).status_code == 200
        answer = await client.get("/v1/limits")
        assert "RateLimit" not in answer.headers


async def test_limits_are_documented(tight: str, vendor: HabilitatedVendor) -> None:
    async with httpx.AsyncClient(base_url=tight) as client:
        found = (await client.get("/v1/limits")).json()
        assert (await client.get("/v1/status")).json()["limits_enforced"] is True
        mine = (await client.get("/v1/whoami", headers={"X-API-Key": vendor.key})).json()["limits"]
    assert mine == {"href": "/v1/limits", "counted": found["limits"]}
    assert found["enforced"] is True
    assert [(one["name"], one["quota"], one["window_seconds"]) for one in found["limits"]] == [
        ("address", 12_000, 60),
        ("key", 5, 60),
        ("deposits", 2, 86_400),
    ]


async def test_addresses_told_by_a_trusted_proxy_are_counted(tight: str) -> None:
    async with httpx.AsyncClient(base_url=tight, headers={"X-Forwarded-For": "2001:db8::1"}) as client:
        answer = await client.get("/v1/limits")
    assert answer.headers["RateLimit"].startswith('"address";r=')
