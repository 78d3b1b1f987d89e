"""What each mode does with the rows that are there, counted row by row."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from catalog_samples import current_ids, deliberation, fetch

from services.catalog.publish import PublishTools, publish_deposit
from shared.db import Sessions
from shared.deposits import decide
from shared.models import Deposit, DepositState

Publish = Callable[..., Awaitable[Deposit]]
MakeValidated = Callable[..., Awaitable[Deposit]]


async def outcome(database: str, deposit: Deposit) -> Mapping[str, Any]:
    """What the last event of a deposit says of rows: inserted, updated, deleted, unchanged."""
    (found,) = await fetch(
        database, "SELECT detail FROM ingest.deposit_event WHERE deposit_id = $1 ORDER BY id DESC LIMIT 1", deposit.id
    )
    detail = json.loads(found["detail"])
    return {name: detail.get(name) for name in ("inserted", "updated", "deleted", "unchanged")}


def counted(inserted: int = 0, updated: int = 0, deleted: int = 0, unchanged: int = 0) -> dict[str, int]:
    return {"inserted": inserted, "updated": updated, "deleted": deleted, "unchanged": unchanged}


async def test_a_replace_counts_what_happened_to_each_row(database: str, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(10)])
    rows = [deliberation("0", DELIB_OBJET="Corrigée"), *(deliberation(f"{n}") for n in range(2, 12))]
    assert await outcome(database, await publish(rows)) == counted(2, 1, 1, 8)
    (version,) = await fetch(database, "SELECT * FROM catalog.version WHERE number = 2")
    assert (version["mode"], version["rows_updated"], version["rows_unchanged"]) == ("replace", 1, 8)


async def test_an_upsert_adds_and_replaces_and_leaves_the_rest(database: str, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(5)])
    rows = [
        deliberation("4"),
        deliberation("3", DELIB_OBJET="Corrigée"),
        deliberation("9"),
        deliberation("1", "2025-01-01"),
    ]
    ended = await publish(rows, mode="upsert")
    assert (ended.state, await outcome(database, ended)) == ("published", counted(2, 1, 0, 1))
    assert await current_ids(database) == ["0", "1", "1", "2", "3", "4", "9"]
    again = await publish(rows, mode="upsert")
    assert (again.state, await outcome(database, again)) == ("unchanged", counted(unchanged=4))


async def test_an_upsert_makes_one_row_of_an_identity_that_had_several(database: str, publish: Publish) -> None:
    await publish([deliberation("1", DELIB_OBJET="a"), deliberation("1", DELIB_OBJET="b"), deliberation("2")])
    await publish([deliberation("1", DELIB_OBJET="c")], mode="upsert")
    assert await current_ids(database) == ["1", "2"]


async def test_an_upsert_that_names_an_identity_twice_is_refused(database: str, publish: Publish) -> None:
    await publish([deliberation("1")])
    ended = await publish([deliberation("1", DELIB_OBJET="a"), deliberation("1", DELIB_OBJET="b")], mode="upsert")
    assert ended.state == "failed"
    assert "identité" in str(ended.failure)
    assert len(await fetch(database, "SELECT FROM catalog.version")) == 1


async def test_a_delete_takes_away_the_named_identities(database: str, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(10)])
    rows = [deliberation("3", DELIB_OBJET="qu'importe"), deliberation("4"), deliberation("99")]
    ended = await publish(rows, mode="delete")
    assert (ended.state, await outcome(database, ended)) == ("published", counted(deleted=2, unchanged=1))
    assert await current_ids(database) == ["0", "1", "2", "5", "6", "7", "8", "9"]
    assert (await publish(rows, mode="delete")).state == "unchanged"


async def test_there_is_nothing_to_delete_before_the_first_version(publish: Publish) -> None:
    ended = await publish([deliberation("1")], mode="delete")
    assert (ended.state, ended.dataset_id) == ("failed", None)


async def test_slice_all_replaces_the_slices_that_the_file_lacks_too(database: str, publish: Publish) -> None:
    await publish([deliberation("1", "2023-01-01"), *(deliberation(f"{n}") for n in range(10, 20))])
    held = await publish([deliberation(f"{n}") for n in range(10, 20)], scope="all")
    assert held.state == "held"
    assert held.held_reasons == [{"code": "slice-emptied", "count": 1, "slice": "2023", "of": 1}]


async def test_a_slice_that_loses_most_of_its_rows_waits_for_a_person(
    database: str, publish: Publish, tools: PublishTools, owner_sessions: Sessions
) -> None:
    await publish([deliberation(f"{n}") for n in range(10)])
    held = await publish([deliberation(f"{n}") for n in range(4)])
    assert (held.state, held.dataset_version) == ("held", None)
    assert held.held_reasons == [{"code": "slice-shrunk", "count": 6, "slice": "2024", "of": 10}]
    assert len(await current_ids(database)) == 10
    async with owner_sessions.begin() as session:
        deposit = await session.get_one(Deposit, held.id)
        await decide(session, deposit, DepositState.VALIDATED)
    await publish_deposit(held.id, tools)
    assert len(await current_ids(database)) == 4
    (event,) = await fetch(
        database, "SELECT detail FROM ingest.deposit_event WHERE state = 'published' AND deposit_id = $1", held.id
    )
    assert '"slice-shrunk"' in event["detail"]


async def test_a_confirmation_is_worth_for_the_figures_that_were_confirmed(
    database: str, publish: Publish, tools: PublishTools, owner_sessions: Sessions, make_validated: MakeValidated
) -> None:
    await publish([deliberation(f"{n}") for n in range(10)])
    held = await publish([deliberation(f"{n}") for n in range(4)])
    async with owner_sessions.begin() as session:
        await decide(session, await session.get_one(Deposit, held.id), DepositState.VALIDATED)
    await fetch(
        database,
        "UPDATE data.deliberations SET to_publication = from_publication WHERE c_delib_id = '9'",
    )
    await publish_deposit(held.id, tools)
    (found,) = await fetch(database, "SELECT state, held_reasons FROM ingest.deposit WHERE id = $1", held.id)
    assert found["state"] == "held"
    assert '"count": 5' in found["held_reasons"]


async def test_a_loss_that_is_less_is_published_and_told(database: str, publish: Publish) -> None:
    await publish([deliberation(f"{n}") for n in range(10)])
    ended = await publish([deliberation(f"{n}") for n in range(7)])
    assert ended.state == "published"
    (event,) = await fetch(
        database,
        "SELECT detail->'warnings' AS w FROM ingest.deposit_event WHERE state = 'published' AND deposit_id = $1",
        ended.id,
    )
    assert '"count": 3' in event["w"]


async def test_deleting_a_whole_slice_is_held(publish: Publish) -> None:
    await publish([deliberation("1", "2023-01-01"), deliberation("2")])
    assert (await publish([deliberation("2")], mode="delete")).state == "held"


async def test_an_older_upsert_never_undoes_a_later_deposit(
    database: str, publish: Publish, tools: PublishTools, make_validated: MakeValidated
) -> None:
    await publish([deliberation(f"{n}") for n in range(5)])
    older = await make_validated([deliberation("1", DELIB_OBJET="old")], mode="upsert")
    await fetch(database, "UPDATE ingest.deposit SET state = 'failed' WHERE id = $1", older.id)
    await publish([deliberation("1", DELIB_OBJET="new")], mode="upsert")
    await fetch(database, "UPDATE ingest.deposit SET state = 'validated', lease_until = NULL WHERE id = $1", older.id)
    await publish_deposit(older.id, tools)
    (found,) = await fetch(database, "SELECT state FROM ingest.deposit WHERE id = $1", older.id)
    assert found["state"] == "superseded"
