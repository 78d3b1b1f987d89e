"""How fresh a data set is, by the clock of the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.db import Role, Sessions
from shared.freshness import EXPECTED_DAYS, TITLES, Freshness, freshness_of
from shared.registry import load_registry


@pytest.mark.parametrize(
    ("frequency", "age_days", "expected"),
    [
        ("daily", 1.9, "up-to-date"),
        ("daily", 2.1, "late"),
        ("quarterly", 137, "up-to-date"),
        ("quarterly", 139, "late"),
        ("annual", 548, "up-to-date"),
        ("annual", 550, "late"),
        ("irreg", 30, "month"),
        ("irreg", 32, "year"),
        ("irreg", 367, "older"),
        ("unknown", 1, "month"),
        ("annual", None, "never"),
        ("irreg", None, "never"),
    ],
)
async def test_late_is_half_a_period_more(
    sessions_of: Callable[[Role], Sessions], frequency: str, age_days: float | None, expected: str
) -> None:
    updated_at = None if age_days is None else datetime.now(UTC) - timedelta(days=age_days)
    async with sessions_of("socle_reader")() as session:
        assert await freshness_of(session, updated_at, frequency) == expected


def test_each_has_a_french_title() -> None:
    assert set(TITLES) == set(Freshness)


def test_every_frequency_of_the_registry_is_known() -> None:
    assert {schema.frequency for schema in load_registry()} <= {*EXPECTED_DAYS, "irreg"}
