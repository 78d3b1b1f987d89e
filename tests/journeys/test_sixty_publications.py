"""Sixty publications of the same data sets while eight readers read: each of them always reads one version."""

import asyncio
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from history import History, Row, Rows, all_together, file_of, read_row
from readers import Readers, Seen
from samples import communes
from stack import Stack, end_of, running_stack

from services.catalog.publish.retention import Policy, purge
from services.cli.verify import verify
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.registry import load_registry

pytestmark = pytest.mark.long

ORGANISATIONS, PUBLICATIONS_EACH = 3, 20
ROWS = 60
ALL = "deliberations"
REFUSALS_ALLOWED = {(404, "not-found"), (410, "dataset-withdrawn"), (503, "service-unavailable")}
"""Before the first publication; of what the operator withdrew; when all that send files are busy."""


async def deposit(client: httpx.AsyncClient, history: History, mode: str, rows: Rows) -> None:
    params = {"organisation": history.siren, "schema": "scdl/deliberations", "mode": mode}
    headers = {"Content-Type": "text/csv"}
    pushed = await client.post("/v1/deposits", params=params, content=file_of(rows), headers=headers)
    assert pushed.status_code == 202, pushed.text
    ended = await end_of(client, pushed.json(), seconds=120, pause_seconds=0.1)
    assert ended["state"] == "published", ended
    history.dataset = ended["dataset"]["id"]
    assert ended["dataset"]["version"] == history.published(history.after(mode, rows))


async def roll_back(client: httpx.AsyncClient, history: History, number: int) -> None:
    answer = await client.post(f"/v1/datasets/{history.dataset}/rollback", json={"to": number})
    assert answer.status_code == 201, answer.text
    made = history.published(history.versions[number], equals=number)
    assert (answer.json()["number"], answer.json()["equals"]) == (made, number)


async def publish_in_turn(client: httpx.AsyncClient, history: History, chance: Random) -> None:
    """Replacements, additions, removals and ways back, each a version."""
    await deposit(client, history, "replace", history.made("v1", range(ROWS)))
    while history.number < PUBLICATIONS_EACH:
        mark, some = f"v{history.number + 1}", chance.sample(range(ROWS + 20), 8)
        mode = ("replace", "upsert", "upsert", "delete", "rollback")[history.number % 5]
        older = [number for number, rows in history.versions.items() if rows != history.rows]
        if mode == "rollback":
            await roll_back(client, history, chance.choice(older))
        elif mode == "delete":
            await deposit(client, history, mode, frozenset(chance.sample(sorted(history.rows), 5)))
        else:
            numbers = range(ROWS - chance.randrange(9)) if mode == "replace" else some
            await deposit(client, history, mode, history.made(mark, numbers))


async def decide(stack: Stack, *arguments: str) -> None:
    """What the operator types."""
    environment = {
        "PATH": os.environ["PATH"],
        "SOCLE_DATABASE_URL": stack.postgres.dsn,
        "SOCLE_QUEUE_URL": stack.valkey.url,
        "SOCLE_BLOBS_URL": stack.blobs_url,
    }
    command = [sys.executable, "-m", "services.cli.main", "admin", "dataset", *arguments]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def withdraw_and_restore(stack: Stack, history: History) -> None:
    await decide(stack, "withdraw", history.dataset, "--reason", "Vérification.")
    number = history.published(frozenset())
    await asyncio.sleep(0.5)
    await decide(stack, "restore", history.dataset)
    history.published(history.versions[number - 1], equals=number - 1)


async def versions_of(client: httpx.AsyncClient, dataset: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    link: str | None = f"/v1/datasets/{dataset}/versions"
    while link:
        page = (await client.get(link)).json()
        found |= {version["number"]: version for version in page["data"]}
        link = page["links"]["next"]
    return found


def check_seen(seen: Seen, told: Rows, records: dict[int, dict[str, Any]]) -> None:
    """Whether a reader saw exactly what the version was."""
    among = [row for row in told if seen.among in (None, row[2])]
    if seen.rows is not None:
        assert seen.rows == told, (seen.kind, seen.dataset, seen.version)
    if seen.total is not None:
        assert seen.total == (len(among), sum(row[3] for row in among)), seen
    if seen.sha256 is not None:
        assert seen.sha256 == records[seen.version]["snapshot"]["sha256"]


def check_seen_enough(readers: Readers) -> None:
    """That the readers read all the while, in every way."""
    kinds = {seen.kind for seen in readers.seen}
    assert kinds == {"pages", "export", "records.csv", "records.ndjson", "group", "sum"}
    versions = {(seen.kind, seen.version) for seen in readers.seen if seen.dataset == ALL}
    assert len({version for _, version in versions}) > ORGANISATIONS * PUBLICATIONS_EACH / 4
    assert len({version for kind, version in versions if kind == "pages"}) > 5


async def whole_file(client: httpx.AsyncClient, dataset: str, number: int) -> bytes:
    answer = await client.get(f"/v1/datasets/{dataset}/versions/{number}/exports/csv")
    assert answer.status_code == 200, answer.text
    return answer.content


async def check_rollbacks(client: httpx.AsyncClient, history: History, records: dict[int, dict[str, Any]]) -> None:
    """Each version that goes back is, byte for byte, the one it goes back to."""
    for number, older in history.equals.items():
        content = await whole_file(client, history.dataset, number)
        assert content == await whole_file(client, history.dataset, older)
        assert hashlib.sha256(content).hexdigest() == records[number]["snapshot"]["sha256"]
        assert records[number]["rows"] == len(history.versions[older])


async def check_difference(
    client: httpx.AsyncClient, dataset: str, start: tuple[int, Rows], end: tuple[int, Rows]
) -> None:
    """The differences, applied to the rows of one version, give those of the other."""
    rows = {row[:2]: row for row in start[1]}
    link: str | None = f"/v1/datasets/{dataset}/diff?from={start[0]}&to={end[0]}&limit=7"
    while link:
        answer = await client.get(link)
        assert answer.status_code == 200, answer.text
        for change in answer.json()["data"]:
            apply(change, rows)
        link = answer.json()["links"]["next"]
    assert frozenset(rows.values()) == end[1], (dataset, start[0], end[0])


def apply(change: dict[str, Any], rows: dict[tuple[str, str], Row]) -> None:
    """Make a change to a table. What it says was there before must have been there."""
    before, after = (change[name] and read_row(change[name]) for name in ("before", "after"))
    place = (before or after)[:2]
    assert rows.get(place) == before
    assert change["op"] == ("insert" if before is None else "delete" if after is None else "update")
    if after is None:
        del rows[place]
    else:
        rows[place] = after


async def check_feed(client: httpx.AsyncClient, dataset: str, told: dict[int, Rows]) -> None:
    """The changes from the very first one: after those of each version, the table is that version's."""
    rows: dict[tuple[str, str], Row] = {}
    reached = 0
    link = f"/v1/datasets/{dataset}/changes?since=0&limit=13"
    while True:
        answer = await client.get(link)
        assert answer.status_code == 200, answer.text
        for change in answer.json()["data"]:
            if reached and change["version"] != reached:
                assert frozenset(rows.values()) == told[reached], (dataset, reached)
            reached = change["version"]
            apply(change, rows)
        link = answer.json()["links"]["next"]
        if not answer.json()["data"]:
            break
    assert frozenset(rows.values()) == told[max(told)]


async def check_purged(stack: Stack, client: httpx.AsyncClient, history: History) -> None:
    """Pages begun on a version go on until it is given up; then 410 says where to begin again."""
    begun = await client.get(f"/v1/datasets/{history.dataset}/records?as_of=1&limit=20")
    following = begun.json()["links"]["next"]
    assert (await client.get(following)).json()["meta"]["version"] == 1
    engine = make_engine(stack.postgres.dsn, "socle_catalog", pool_size=2)
    blobs = open_blobs(stack.blobs_url)
    assert await purge(make_sessions(engine), blobs, registry=load_registry(), policy=Policy(versions=3)) > 0
    await engine.dispose()
    gone = await client.get(following)
    assert (gone.status_code, gone.json()["code"]) == (410, "version-purged")
    assert (await client.get(f"/v1/datasets/{history.dataset}/records")).status_code == 200


async def test_every_reader_reads_one_version_and_versions_lead_to_one_another(tmp_path: Path) -> None:
    histories = [History(siren, "") for siren in communes(ORGANISATIONS)]
    async with running_stack(tmp_path, [one.siren for one in histories]) as stack, stack.client() as client:
        chance, done = Random(4), asyncio.Event()
        await asyncio.gather(*(deposit(client, one, "replace", one.made("v0", range(ROWS))) for one in histories))
        readers = Readers(stack.base_url)
        names = [one.dataset for one in histories]
        places = [*zip((readers.page, readers.export, readers.extract, readers.aggregate), [ALL, *names], strict=True)]
        places += [*zip((readers.page, readers.page, readers.export, readers.aggregate), [*names, ALL], strict=True)]
        reading = [asyncio.create_task(readers.read_until(done, *place)) for place in places]
        await asyncio.gather(*(publish_in_turn(client, one, chance) for one in histories))
        await withdraw_and_restore(stack, histories[0])
        done.set()
        await asyncio.gather(*reading)
        assert not [one for one in readers.statuses if one[0] != 200 and one not in REFUSALS_ALLOWED], readers.statuses
        records = {one.dataset: await versions_of(client, one.dataset) for one in histories}
        for one in histories:
            one.publications = {number: found["publication"] for number, found in records[one.dataset].items()}
        told = {one.dataset: one.versions for one in histories} | {ALL: all_together(histories)}
        for seen in readers.seen:
            check_seen(seen, told[seen.dataset][seen.version], records.get(seen.dataset, {}))
        check_seen_enough(readers)
        for one in histories:
            await check_rollbacks(client, one, records[one.dataset])
        for dataset, versions in told.items():
            for _ in range(10):
                ends = chance.sample(sorted(versions), 2)
                await check_difference(client, dataset, *((number, versions[number]) for number in ends))
            await check_feed(client, dataset, versions)
        assert await verify(stack.postgres.dsn, stack.blobs_url) == [], stack.logs()
        await check_purged(stack, client, histories[1])
