"""Limits: counted together by all processes, borrowed for reads, absent without Valkey."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.limits import LEASED, Bucket, Limiter, Policies, Policy

WIDE = Policy("wide", 10_000, 60)
NARROW = Policy("narrow", 3, 3600)
NO_POLICIES = Policies(None, None, None)


@pytest.fixture
async def limiters(queue_url: str) -> AsyncIterator[tuple[Limiter, Limiter]]:
    """Of two processes."""
    made = (Limiter(queue_url, NO_POLICIES), Limiter(queue_url, NO_POLICIES))
    yield made
    for one in made:
        await one.close()


async def test_processes_count_together(limiters: tuple[Limiter, Limiter]) -> None:
    bucket = (Bucket(NARROW, "somebody"),)
    verdicts = [await limiters[number % 2].take(bucket, shares=False) for number in range(5)]
    assert [one.violated for one in verdicts if one] == [None, None, None, NARROW, NARROW]
    assert [one.left for one in verdicts if one] == [(2,), (1,), (0,), (0,), (0,)]
    refused = verdicts[-1]
    assert refused is not None
    assert 1100 < refused.retry_seconds <= 1200
    another = await limiters[0].take((Bucket(NARROW, "another"),), shares=False)
    assert another is not None
    assert another.violated is None


async def test_a_full_bucket_takes_nothing_from_the_others(limiters: tuple[Limiter, Limiter]) -> None:
    large = Bucket(Policy("large", 1000, 86_400), "a")
    both = (large, Bucket(NARROW, "a"))
    for _ in range(6):
        await limiters[0].take(both, shares=False)
    verdict = await limiters[0].take((large,), shares=False)
    assert verdict is not None
    assert verdict.left == (large.policy.quota - 4,)


async def test_requests_come_back_one_by_one(limiters: tuple[Limiter, Limiter]) -> None:
    bucket = (Bucket(Policy("quick", 4, 1), "a"),)
    for _ in range(4):
        await limiters[0].take(bucket, shares=False)
    refused = await limiters[0].take(bucket, shares=False)
    assert refused is not None
    assert refused.violated is not None
    await asyncio.sleep(0.3)
    allowed = await limiters[0].take(bucket, shares=False)
    assert allowed is not None
    assert allowed.violated is None


async def test_reads_are_borrowed_by_the_handful(limiters: tuple[Limiter, Limiter], queue_url: str) -> None:
    bucket = (Bucket(WIDE, "reader"),)
    seen = []
    for _ in range(LEASED + 1):
        verdict = await limiters[0].take(bucket, shares=True)
        assert verdict is not None
        seen.append(verdict.left[0] + verdict.held)
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == WIDE.quota - 1
    assert seen[LEASED - 1] == WIDE.quota - LEASED


async def test_a_small_quota_is_never_passed_by_borrowing(limiters: tuple[Limiter, Limiter]) -> None:
    bucket = (Bucket(NARROW, "reader"),)
    verdicts = [await limiters[number % 2].take(bucket, shares=True) for number in range(6)]
    assert sum(one is not None and one.violated is None for one in verdicts) == 3


async def test_without_valkey_everybody_passes_and_nobody_waits(tmp_path: Path) -> None:
    limiter = Limiter(f"unix://{tmp_path}/nothing.sock", NO_POLICIES)
    assert limiter.is_enforced
    began = time.monotonic()
    for _ in range(20):
        assert await limiter.take((Bucket(NARROW, "a"),), shares=False) is None
    assert time.monotonic() - began < 2
    assert not limiter.is_enforced
    await limiter.close()
