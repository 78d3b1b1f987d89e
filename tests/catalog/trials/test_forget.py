"""Trials go away with all that was theirs; nothing else does."""

from typing import Any

import httpx
from catalog_samples import deliberation
from journal import HabilitatedVendor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.publish import PublishTools
from services.catalog.trials.forget import forget_trials
from shared.blobs import Blobs
from shared.db import Sessions


async def age(session: AsyncSession, days: int) -> None:
    """Let everything be that much older."""
    for table, column in (("ingest.deposit", "received_at"), ("catalog.dataset", "created_at")):
        await session.execute(text(f"UPDATE {table} SET {column} = {column} - make_interval(days => {days})"))


async def counted(session: AsyncSession) -> dict[str, int]:
    tables = (
        'data."deliberations"', "ingest.deposit", "ingest.deposit_event", "catalog.version",
        "validator.validation_report", "catalog.profile", "ingest.idempotency_key",
    )  # fmt: skip
    return {one: (await session.execute(text(f"SELECT count(*) FROM {one}"))).scalar_one() for one in tables}


async def run(tools: PublishTools, days: float = 30) -> dict[str, int]:
    found = await forget_trials(tools.sessions, tools.blobs, registry=tools.registry, days=days)
    return dict(next(iter(found.values()), {}))


async def test_a_trial_goes_away_whole_after_its_time_and_leaves_a_line(
    client: httpx.AsyncClient,
    publish: Any,
    tools: PublishTools,
    vendor: HabilitatedVendor,
    owner_sessions: Sessions,
    blobs: Blobs,
    key_of: Any,
    measured: Any,
) -> None:
    await publish([deliberation("1"), deliberation("2")])
    await measured()
    async with owner_sessions() as session:
        before = await counted(session)
    folders = ("raw", "tables", "reports", "corrected", "snapshots")
    kept = [name for folder in folders for name in await blobs.names(folder)]
    trial = vendor.vendor.id
    first = await publish([deliberation("1"), deliberation("2")], trial_of=trial)
    await publish([deliberation("1"), deliberation("2", DELIB_OBJET="autre")], trial_of=trial)
    await publish([deliberation("1")], trial_of=trial, dry_run=True)
    key, path = await key_of(vendor), f"/v1/datasets/{first.dataset_id}"
    assert (await client.get(f"{path}/exports/xlsx", headers=key)).status_code == 200
    await measured()

    assert await run(tools) == {}
    async with owner_sessions.begin() as session:
        await age(session, 29)
    assert await run(tools) == {}
    assert (await client.get(path, headers=key)).status_code == 200
    async with owner_sessions.begin() as session:
        await age(session, 2)
    assert await run(tools) == {"datasets": 1, "rows": 3, "deposits": 3}
    assert await run(tools) == {}

    async with owner_sessions() as session:
        assert await counted(session) == before
        assert (await session.execute(text('SELECT count(*) FROM trials."deliberations"'))).scalar_one() == 0
        lines = await session.execute(
            text("SELECT actor, vendor_id, detail FROM audit.entry WHERE action = 'trial.purge'")
        )
        assert [tuple(one) for one in lines] == [("clock", trial, {"datasets": 1, "rows": 3, "deposits": 3})]
    assert (await client.get(path, headers=key)).status_code == 404
    assert [name for folder in folders for name in await blobs.names(folder)] == kept
    assert [name for folder in folders for name in await blobs.names(f"essais-{folder}")] == []

    again = await publish([deliberation("1")], trial_of=trial)
    assert (again.state, again.dataset_version) == ("published", 1)
    assert again.dataset_id != first.dataset_id


async def test_a_version_of_a_younger_deposit_goes_with_its_data_set_and_the_deposit_later(
    publish: Any, tools: PublishTools, vendor: HabilitatedVendor, owner_sessions: Sessions
) -> None:
    await publish([deliberation("1")], trial_of=vendor.vendor.id)
    async with owner_sessions.begin() as session:
        await age(session, 31)
    await publish([deliberation("1", DELIB_OBJET="autre")], trial_of=vendor.vendor.id)
    assert await run(tools) == {"datasets": 1, "rows": 2, "deposits": 1}
    async with owner_sessions.begin() as session:
        await age(session, 31)
    assert await run(tools) == {"deposits": 1}


async def test_the_database_lets_catalog_delete_trials_only(
    publish: Any, tools: PublishTools, vendor: HabilitatedVendor, owner_sessions: Sessions
) -> None:
    live = await publish([deliberation("1")])
    async with tools.sessions.begin() as session:
        for statement in (
            "DELETE FROM catalog.version",
            "DELETE FROM catalog.dataset WHERE current_version IS NOT NULL",
            f"SELECT ingest.forget_trials(ARRAY['{live.id}'::uuid])",
        ):
            await session.execute(text(statement))
    async with owner_sessions() as session:
        found = await counted_live(session)
    assert found == (1, 2, 1)


async def counted_live(session: AsyncSession) -> tuple[int, ...]:
    row = await session.execute(
        text(
            "SELECT (SELECT count(*) FROM catalog.version), (SELECT count(*) FROM catalog.dataset "
            "WHERE current_version IS NOT NULL), (SELECT count(*) FROM ingest.deposit)"
        )
    )
    return tuple(row.one())
