"""Publication of whole deposits on a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from catalog_samples import MURET_DELIBERATIONS, current_ids, deliberation, fetch
from journal import MURET
from sqlalchemy import text

from services.catalog.publish import publish_deposit
from services.catalog.publish.job import PublishTools
from shared.blobs import Blobs, read_bytes
from shared.db import Sessions
from shared.deposits import PUBLISH
from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

COLOMIERS = "213101496"


async def test_a_first_deposit_makes_the_data_set_and_its_first_version(database: str, publish: Publish) -> None:
    ended = await publish([deliberation("2024-001"), deliberation("2024-002")])
    assert (ended.state, ended.dataset_id, ended.dataset_version) == ("published", MURET_DELIBERATIONS, 1)
    (dataset,) = await fetch(database, "SELECT * FROM catalog.dataset WHERE id = $1", MURET_DELIBERATIONS)
    assert (dataset["current_version"], dataset["rows"]) == (1, 2)
    assert dataset["title"].endswith("— Muret")
    (whole,) = await fetch(database, "SELECT * FROM catalog.dataset WHERE id = 'deliberations'")
    assert (whole["rows"], whole["current_publication"]) == (2, dataset["current_publication"])
    assert whole["current_version"] == whole["current_publication"]


async def test_the_same_content_again_is_unchanged(database: str, publish: Publish) -> None:
    rows = [deliberation("2024-001"), deliberation("2024-002")]
    await publish(rows)
    again = await publish(list(reversed(rows)))
    assert (again.state, again.dataset_id, again.dataset_version) == ("unchanged", MURET_DELIBERATIONS, 1)
    assert len(await fetch(database, "SELECT FROM catalog.version")) == 1


async def test_only_the_difference_is_written(database: str, publish: Publish) -> None:
    rows = [deliberation(f"2024-{number:03}") for number in range(100)]
    await publish(rows)
    changed = [*rows[:98], deliberation("2024-098", DELIB_OBJET="Corrigée"), deliberation("2024-100")]
    ended = await publish(changed)
    assert ended.dataset_version == 2
    (version,) = await fetch(database, "SELECT * FROM catalog.version WHERE number = 2")
    assert (version["rows_inserted"], version["rows_closed"], version["rows"]) == (2, 2, 100)
    (table,) = await fetch(database, "SELECT count(*) AS n FROM data.deliberations")
    assert table["n"] == 102
    assert "2024-099" not in await current_ids(database)


async def test_a_year_never_erases_another(database: str, publish: Publish) -> None:
    await publish([deliberation("2024-001", "2024-01-10"), deliberation("2024-002", "2024-02-10")])
    await publish([deliberation("2025-001", "2025-01-10")])
    await publish([deliberation("2024-001", "2024-01-10")])
    assert await current_ids(database) == ["2024-001", "2025-001"]


async def test_a_number_that_starts_again_each_year_names_another_row(database: str, publish: Publish) -> None:
    both = [deliberation("1", "2024-01-10"), deliberation("1", "2025-01-10")]
    await publish(both)
    again = await publish(both[1:])
    assert again.state == "unchanged"
    assert await current_ids(database) == ["1", "1"]


async def test_equal_rows_are_kept_as_many_times_as_they_come(database: str, publish: Publish) -> None:
    twice = [deliberation("1"), deliberation("1"), deliberation("2")]
    await publish(twice)
    assert await current_ids(database) == ["1", "1", "2"]
    assert (await publish(twice)).state == "unchanged"
    await publish(twice[1:])
    assert await current_ids(database) == ["1", "2"]


async def test_a_schema_without_slices_is_replaced_whole(database: str, publish: Publish) -> None:
    rows = [{"EQUIP_UID": f"{n}", "EQUIP_NOM": "Piscine", "EQUIP_LAT": "43.4600", "EQUIP_LONG": "1.30"} for n in "abc"]
    await publish(rows, schema_name="scdl/equipements")
    await publish(rows[1:], schema_name="scdl/equipements")
    found = await fetch(database, "SELECT c_equip_uid FROM data.equipements WHERE to_publication IS NULL ORDER BY 1")
    assert [row["c_equip_uid"] for row in found] == ["b", "c"]


async def test_an_older_schema_version_is_brought_into_the_newest_columns(database: str, publish: Publish) -> None:
    row = {"cle_interop": "31395_0010_00001", "commune_insee": "31395", "voie_nom": "Rue des Lilas", "numero": "1"}
    await publish([row], schema_name="etalab/schema-bal", version="1.3.0")
    (found,) = await fetch(database, "SELECT c_toponyme, c_cle_interop, c_numero FROM data.bal")
    assert tuple(found.values()) == ("Rue des Lilas", "31395_0010_00001", 1)


async def test_the_snapshot_is_the_version(database: str, publish: Publish, blobs: Blobs) -> None:
    rows = [deliberation("2", DELIB_OBJET='Avec "guillemets", virgule\net ligne'), deliberation("1", VOTE_REEL="12")]
    await publish(rows, extras=[{"b": "x", "a": ""}, {"a": "é"}])
    (version,) = await fetch(database, "SELECT * FROM catalog.version")
    name = f"snapshots/{MURET_DELIBERATIONS}/{version['snapshot_sha256']}.csv"
    content = await read_bytes(blobs, name)
    assert len(content) == version["snapshot_bytes"]
    header, first, *_rest = content.decode().split("\n")
    assert header.startswith("COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE")
    assert header.endswith("DELIB_URL,a,b")
    assert first.startswith("Commune de Muret,21310395500018,1,2024-03-28")
    assert first.endswith(",é,")
    assert '"Avec ""guillemets"", virgule\net ligne"' in content.decode()
    assert content.endswith(b'"",x\n')


async def test_the_same_rows_in_another_order_give_the_same_bytes(database: str, publish: Publish) -> None:
    rows = [deliberation(f"{number}") for number in range(20)]
    await publish(rows)
    await publish([*rows, deliberation("other")])
    await publish(rows[::-1])
    first, _, third = await fetch(database, "SELECT snapshot_sha256 FROM catalog.version ORDER BY number")
    assert first["snapshot_sha256"] == third["snapshot_sha256"]


async def test_two_jobs_for_one_deposit_make_one_version(
    database: str, tools: PublishTools, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    deposit = await make_validated([deliberation("1")])
    await asyncio.gather(*(publish_deposit(deposit.id, tools) for _ in range(4)))
    await publish_deposit(deposit.id, tools)
    assert len(await fetch(database, "SELECT FROM catalog.version")) == 1
    assert await current_ids(database) == ["1"]


async def test_publications_of_one_table_side_by_side_are_all_there(
    database: str, tools: PublishTools, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    deposits = [
        await make_validated([deliberation(f"{siren}-{n}", COLL_NOM=siren) for n in range(50)], siren=siren)
        for siren in (MURET, COLOMIERS)
    ]
    await asyncio.gather(*(publish_deposit(deposit.id, tools) for deposit in deposits))
    assert len(await current_ids(database)) == 100
    (whole,) = await fetch(database, "SELECT rows, current_publication FROM catalog.dataset WHERE id = 'deliberations'")
    (newest,) = await fetch(database, "SELECT max(publication) AS publication FROM catalog.version")
    assert tuple(whole.values()) == (100, newest["publication"])


async def test_whoever_waits_behind_is_rung_for_before_the_table_is_looked_at(
    tools: PublishTools,
    owner_sessions: Sessions,
    make_validated: Callable[..., Awaitable[Deposit]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.catalog.publish.job.ANALYSED_ROWS", 1)
    first, _behind = await make_validated([deliberation("1")]), await make_validated([deliberation("2")])
    rings = await tools.queue.waiting_rings(PUBLISH)
    async with owner_sessions.begin() as session:
        await session.execute(text("LOCK TABLE data.deliberations IN SHARE UPDATE EXCLUSIVE MODE"))  # keeps ANALYZE out
        publishing = asyncio.create_task(publish_deposit(first.id, tools))
        async with asyncio.timeout(30):
            while await tools.queue.waiting_rings(PUBLISH) == rings:
                await asyncio.sleep(0.05)
        assert not publishing.done()
    assert await publishing


async def test_a_stale_worker_writes_nothing(
    database: str,
    tools: PublishTools,
    owner_sessions: Sessions,
    make_validated: Callable[..., Awaitable[Deposit]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deposit = await make_validated([deliberation("1")])

    async def overtaken(name: str) -> None:
        if name == "publish.before_flip":
            async with owner_sessions.begin() as session:
                await session.execute(text("UPDATE ingest.deposit SET attempt = attempt + 1"))

    monkeypatch.setattr("services.catalog.publish.job.fail_at", overtaken)
    await publish_deposit(deposit.id, tools)
    assert await fetch(database, "SELECT FROM catalog.version") == []
    assert await fetch(database, "SELECT FROM data.deliberations") == []
    (state,) = await fetch(database, "SELECT state FROM ingest.deposit")
    assert state["state"] == "publishing"


async def test_a_publication_that_came_between_makes_the_difference_anew(
    database: str,
    tools: PublishTools,
    make_validated: Callable[..., Awaitable[Deposit]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await publish_deposit((await make_validated([deliberation("1"), deliberation("2")])).id, tools)
    deposit = await make_validated([deliberation("2"), deliberation("3")])
    passages: list[str] = []

    async def another_came_first(name: str) -> None:
        passages.append(name)
        if passages.count("publish.before_flip") == 1 and name == "publish.before_flip":
            await fetch(
                database,
                "UPDATE catalog.dataset SET current_publication = nextval('catalog.publication_number') "
                "WHERE id = 'deliberations-muret'",
            )

    monkeypatch.setattr("services.catalog.publish.job.fail_at", another_came_first)
    await publish_deposit(deposit.id, tools)
    assert passages.count("publish.before_flip") == 2
    assert await current_ids(database) == ["2", "3"]


async def test_an_older_deposit_that_comes_back_is_superseded(
    database: str, tools: PublishTools, owner_sessions: Sessions, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    older = await make_validated([deliberation("old")])
    await _end_as(owner_sessions, older, "failed")
    await publish_deposit((await make_validated([deliberation("new")])).id, tools)
    await _end_as(owner_sessions, older, "validated")
    await publish_deposit(older.id, tools)
    (found,) = await fetch(database, "SELECT state, dataset_version FROM ingest.deposit WHERE id = $1", older.id)
    assert tuple(found.values()) == ("superseded", None)
    assert await current_ids(database) == ["new"]


async def test_an_older_deposit_of_another_year_is_published_late(
    database: str, tools: PublishTools, owner_sessions: Sessions, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    older = await make_validated([deliberation("old", "2023-05-05")])
    await _end_as(owner_sessions, older, "failed")
    await publish_deposit((await make_validated([deliberation("new")])).id, tools)
    await _end_as(owner_sessions, older, "validated")
    await publish_deposit(older.id, tools)
    assert await current_ids(database) == ["new", "old"]


async def test_an_older_deposit_is_superseded_by_a_later_one_that_changed_nothing(
    database: str, tools: PublishTools, owner_sessions: Sessions, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    await publish_deposit((await make_validated([deliberation("good")])).id, tools)
    older = await make_validated([deliberation("old")])
    await _end_as(owner_sessions, older, "failed")
    await publish_deposit((await make_validated([deliberation("good")])).id, tools)
    await _end_as(owner_sessions, older, "validated")
    await publish_deposit(older.id, tools)
    assert await current_ids(database) == ["good"]


async def test_a_bug_gives_the_deposit_back_and_counts(
    database: str, tools: PublishTools, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    deposit = await make_validated([deliberation("1", VOTE_REEL="douze")])
    await publish_deposit(deposit.id, tools)
    (found,) = await fetch(database, "SELECT state, stage_attempts, lease_until > now() AS paused FROM ingest.deposit")
    assert tuple(found.values()) == ("publishing", 1, True)
    assert await fetch(database, "SELECT FROM catalog.version") == []


async def test_a_lost_connection_gives_the_deposit_back_and_does_not_count(
    database: str,
    tools: PublishTools,
    make_validated: Callable[..., Awaitable[Deposit]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deposit = await make_validated([deliberation("1")])

    async def cut(name: str) -> None:
        if name == "publish.loaded":
            await fetch(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'socle_catalog'",
            )

    monkeypatch.setattr("services.catalog.publish.job.fail_at", cut)
    await publish_deposit(deposit.id, tools)
    (found,) = await fetch(database, "SELECT state, stage_attempts FROM ingest.deposit")
    assert tuple(found.values()) == ("publishing", 0)


async def test_a_table_that_is_gone_counts(
    database: str, tools: PublishTools, owner_sessions: Sessions, make_validated: Callable[..., Awaitable[Deposit]]
) -> None:
    deposit = await make_validated([deliberation("1")])
    async with owner_sessions.begin() as session:
        await session.execute(text("UPDATE validator.validation_report SET table_sha256 = repeat('f', 64)"))
    await publish_deposit(deposit.id, tools)
    (found,) = await fetch(database, "SELECT state, stage_attempts FROM ingest.deposit")
    assert tuple(found.values()) == ("publishing", 1)


async def test_a_long_text_in_an_indexed_column_is_published(database: str, publish: Publish) -> None:
    long: Any = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(20_000))
    assert (await publish([deliberation(long)])).state == "published"


async def _end_as(owner_sessions: Sessions, deposit: Deposit, state: str) -> None:
    async with owner_sessions.begin() as session:
        await session.execute(
            text("UPDATE ingest.deposit SET state = :state, stage_attempts = 0, lease_until = NULL WHERE id = :id"),
            {"state": state, "id": deposit.id},
        )
