"""Two vendors on one data set: nothing is overwritten without a word."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from catalog_samples import deliberation, fetch
from journal import HabilitatedVendor

from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]


@pytest.fixture
async def theirs(database: str, publish: Publish, other_vendor: HabilitatedVendor) -> Deposit:
    """What another vendor published of 2024, after ours of 2023."""
    await publish([deliberation("0", "2023-01-01")])
    deposit = await publish([deliberation(f"{n}") for n in range(10)])
    await fetch(database, "UPDATE ingest.deposit SET vendor_id = $1 WHERE id = $2", other_vendor.vendor.id, deposit.id)
    return deposit


async def warnings_of(database: str, deposit: Deposit) -> list[dict[str, Any]]:
    (found,) = await fetch(
        database, "SELECT detail FROM ingest.deposit_event WHERE deposit_id = $1 ORDER BY id DESC LIMIT 1", deposit.id
    )
    return json.loads(found["detail"]).get("warnings", [])


@pytest.mark.parametrize(("options", "count"), [({"dry_run": True}, 2), ({}, 2), ({"mode": "delete"}, 1)])
async def test_rows_of_another_vendor_that_are_replaced_are_told(
    database: str, publish: Publish, theirs: Deposit, options: dict[str, Any], count: int
) -> None:
    rows = [deliberation("9", DELIB_OBJET="Autre"), *(deliberation(f"{n}") for n in range(8))]
    ended = await publish(rows[:1] if options.get("mode") == "delete" else rows, **options)
    warnings = await warnings_of(database, ended)
    assert warnings == [{"code": "other-vendor", "count": count, "vendor": "Gestion Garonne"}]


async def test_who_only_adds_or_replaces_his_own_is_told_nothing(
    database: str, publish: Publish, theirs: Deposit
) -> None:
    for rows, mode in (
        ([deliberation("99")], "upsert"),
        ([deliberation("0", "2023-01-01", DELIB_OBJET="Autre")], "replace"),
    ):
        ended = await publish(rows, mode=mode)
        assert (ended.state, await warnings_of(database, ended)) == ("published", [])
