"""The schedule of attempts."""

import pytest

from services.ingest.webhooks.schedule import ATTEMPTS, pause_after, throttle_seconds

HOUR = 3600


def test_the_schedule_is_that_of_the_specification() -> None:
    pauses = [pause_after(failed, 0.0) for failed in range(1, ATTEMPTS)]
    assert pauses == [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
    assert pause_after(ATTEMPTS, 0.0) is None


def test_chance_only_ever_makes_a_pause_longer() -> None:
    assert pause_after(1, 1.0) == pytest.approx(6)


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 30), ("", 30), ("demain", 30), ("0", 1), ("7", 7), ("999999", 3600), ("²", 30)]
)
def test_a_receiver_rests_for_as_long_as_it_asks_within_reason(asked: str | None, seconds: int) -> None:
    assert throttle_seconds(asked) == seconds
