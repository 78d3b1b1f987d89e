"""What counts as seen in a vendor's own traffic."""

from datetime import UTC, datetime
from typing import Any

from services.cli.certify.watching import (
    Facts,
    event_is_received,
    good_one_is_published,
    key_is_rotated,
    missing_column_is_mended,
    push_is_repeated,
    wrong_value_is_mended,
)

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def deposit(name: str, state: str, *, schema: str = "scdl/deliberations") -> dict[str, Any]:
    return {"id": name, "state": state, "schema": {"name": schema}}


def facts(*deposits: dict[str, Any], codes: str = "", **others: Any) -> Facts:
    """`codes`: of the findings of the rejected deposit `r`."""
    return Facts(SINCE, deposits, {"r": {"findings": [{"code": code} for code in codes.split()]}}, **others)


def test_nothing_is_seen_where_nothing_happened() -> None:
    sights = (good_one_is_published, wrong_value_is_mended, missing_column_is_mended, push_is_repeated)
    assert not [sight for sight in (*sights, event_is_received, key_is_rotated) if sight(Facts(SINCE))]


def test_a_rejection_is_mended_by_a_later_good_deposit_of_the_same_schema() -> None:
    rejected, good = deposit("r", "rejected"), deposit("g", "published")
    assert wrong_value_is_mended(facts(rejected, good, codes="not-a-date"))
    assert not missing_column_is_mended(facts(rejected, good, codes="not-a-date"))
    assert missing_column_is_mended(facts(rejected, good, codes="missing-column"))
    assert not wrong_value_is_mended(facts(good, rejected, codes="not-a-date"))
    assert not wrong_value_is_mended(facts(rejected, deposit("g", "published", schema="scdl/subventions")))


def test_a_key_is_rotated_once_its_successor_has_written() -> None:
    rotation = {"action": "key.rotate", "actor": "key a", "subject": "key b", "detail": {"successor": "c"}}
    assert not key_is_rotated(facts(trail=[rotation]))
    assert key_is_rotated(facts(trail=[rotation, {"action": "deposit.create", "actor": "key c"}]))


def test_an_event_counts_once_the_receiver_has_taken_it_and_a_test_does_not() -> None:
    def delivery(kind: str, state: str) -> dict[str, Any]:
        return {"state": state, "event": {"type": kind}, "attempts": [{"status": 204}]}

    assert not event_is_received(facts(deliveries=[delivery("webhook.test", "delivered")]))
    assert not event_is_received(facts(deliveries=[delivery("deposit.published", "waiting")]))
    assert event_is_received(facts(deliveries=[delivery("deposit.published", "delivered")]))
