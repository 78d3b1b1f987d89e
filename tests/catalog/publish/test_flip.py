"""How a publication ends when it is a dry run, or starts from a version that is past."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from catalog_samples import MURET_DELIBERATIONS, current_ids, deliberation, fetch
from journal import SessionsOf

from services.catalog.publish import publish_deposit
from services.catalog.publish.job import PublishTools
from shared import deposits
from shared.deposits import PUBLISH
from shared.models import Deposit, DepositState

Publish = Callable[..., Awaitable[Deposit]]

ROWS = [deliberation(f"2024-{number:03}") for number in range(10)]


async def last_event(database: str, deposit: Deposit) -> tuple[str, object]:
    found = await fetch(
        database, "SELECT state, detail FROM ingest.deposit_event WHERE deposit_id = $1 ORDER BY id", deposit.id
    )
    return found[-1]["state"], found[-1]["detail"]


async def test_a_dry_run_says_what_would_change_and_changes_nothing(database: str, publish: Publish) -> None:
    await publish(ROWS)
    ended = await publish([*ROWS[:9], deliberation("2024-009", DELIB_OBJET="Corrigée")], dry_run=True)
    assert (ended.state, ended.dataset_id, ended.dataset_version) == ("checked", None, None)
    assert ended.ended_at is not None
    state, detail = await last_event(database, ended)
    assert state == "checked"
    for said in ('"foreseen": "published"', '"updated": 1', '"unchanged": 9'):
        assert said in str(detail)
    assert len(await fetch(database, "SELECT FROM catalog.version")) == 1
    assert len(await current_ids(database)) == 10


async def test_a_dry_run_before_the_first_version_publishes_nothing(database: str, publish: Publish) -> None:
    assert (await publish(ROWS, dry_run=True)).state == "checked"
    (dataset,) = await fetch(database, "SELECT * FROM catalog.dataset WHERE id = $1", MURET_DELIBERATIONS)
    assert (dataset["current_version"], dataset["rows"]) == (None, 0)


@pytest.mark.parametrize(
    ("kept", "options", "foreseen"),
    [
        (10, {}, "unchanged"),
        (2, {}, "held"),
        (10, {"base_version": 7}, "outdated"),
        (9, {"base_version": 1}, "published"),
    ],
)
async def test_a_dry_run_foresees_every_end(
    database: str, publish: Publish, kept: int, options: dict[str, int], foreseen: str
) -> None:
    await publish(ROWS)
    ended = await publish(ROWS[:kept], dry_run=True, **options)
    state, detail = await last_event(database, ended)
    assert (state, f'"foreseen": "{foreseen}"' in str(detail)) == ("checked", True), detail
    assert ("slice-shrunk" in str(detail)) is (foreseen == "held")


async def test_the_database_lets_no_dry_run_be_published(
    sessions_of: SessionsOf, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    deposit = await make_validated(ROWS, dry_run=True)
    sessions = sessions_of("socle_catalog")
    async with sessions.begin() as session:
        held = await deposits.claim(session, deposit.id, PUBLISH)
    assert held is not None
    for state in (DepositState.PUBLISHED, DepositState.UNCHANGED, DepositState.HELD):
        with pytest.raises(Exception, match="does not belong to socle_catalog"):
            async with sessions.begin() as session:
                await deposits.move(session, held, state)


async def test_a_deposit_is_published_only_from_its_version(database: str, publish: Publish) -> None:
    await publish(ROWS[:8], base_version=0)
    assert (await publish(ROWS[:9], base_version=1)).dataset_version == 2
    late = await publish([*ROWS[:8], deliberation("2024-050")], base_version=1)
    assert (late.state, late.dataset_version) == ("outdated", None)
    assert late.failure is not None
    assert "version 2" in late.failure
    assert len(await current_ids(database)) == 9


async def test_of_twins_that_start_from_one_version_one_is_published(
    database: str, make_validated: Callable[..., Awaitable[Deposit]], tools: PublishTools
) -> None:
    twins = [await make_validated([*ROWS, deliberation(f"2024-1{number}")], base_version=0) for number in range(3)]
    for _ in twins:
        await asyncio.gather(*(publish_deposit(one.id, tools) for one in twins))
    states = [row["state"] for row in await fetch(database, "SELECT state FROM ingest.deposit ORDER BY sequence")]
    assert states == ["published", "outdated", "outdated"]
