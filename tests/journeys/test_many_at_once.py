"""Two hundred deposits of twenty organisations at once, while a reader looks all the time."""

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from samples import communes, deliberations
from stack import Stack, end_of, push, running_stack

from services.cli.verify import verify

pytestmark = pytest.mark.long

ORGANISATIONS = 20
DEPOSITS_EACH = 10
ROWS = 25


class Reader:
    """Reads the département-wide table page by page, again and again, and remembers what it saw."""

    def __init__(self) -> None:
        self.passages = 0
        self.last_seen: defaultdict[str, int] = defaultdict(int)
        self.wrong: list[str] = []

    async def read_until(self, done: asyncio.Event, stack: Stack) -> None:
        async with httpx.AsyncClient(base_url=stack.base_url, timeout=30) as client:
            while not done.is_set():
                self._check(await self._whole_table(client))
                self.passages += 1

    @staticmethod
    async def _whole_table(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        link = "/v1/datasets/deliberations/records?limit=200"
        while link:
            response = await client.get(link)
            if response.status_code == 404:
                return []
            assert response.status_code == 200, response.text
            page = response.json()
            rows += page["data"]
            link = page["links"]["next"]
        return rows

    def _check(self, rows: list[dict[str, Any]]) -> None:
        by_organisation: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            by_organisation[row["organisation_siren"]].append(row["DELIB_OBJET"])
        for siren in set(self.last_seen) - set(by_organisation):
            self.wrong.append(f"{siren}: a hole where rows were")
        for siren, marks in by_organisation.items():
            if len(set(marks)) != 1 or len(marks) != ROWS:
                self.wrong.append(f"{siren}: a mixture of {set(marks)}, {len(marks)} rows")
                continue
            mark = int(marks[0])
            if mark < self.last_seen[siren]:
                self.wrong.append(f"{siren}: back from {self.last_seen[siren]} to {mark}")
            self.last_seen[siren] = mark


async def test_nothing_is_lost_nothing_is_published_twice_and_no_reader_sees_a_mixture(tmp_path: Path) -> None:
    sirens = communes(ORGANISATIONS)
    async with running_stack(tmp_path, sirens) as stack, stack.client() as client:
        reader, done = Reader(), asyncio.Event()
        reading = asyncio.create_task(reader.read_until(done, stack))

        async def push_in_turn(siren: str) -> list[dict[str, Any]]:
            return [
                await push(client, siren, deliberations(siren, mark=str(number), rows=ROWS), key=f"{siren}-{number}")
                for number in range(1, DEPOSITS_EACH + 1)
            ]

        accepted = [one for some in await asyncio.gather(*map(push_in_turn, sirens)) for one in some]
        ends = await asyncio.gather(*(end_of(client, one, seconds=180) for one in accepted))
        done.set()
        await reading
        assert len(ends) == ORGANISATIONS * DEPOSITS_EACH
        assert {end["state"] for end in ends} == {"published"}, stack.logs()
        assert reader.wrong == []
        assert reader.passages > 5
        assert reader.last_seen
        versions = await stack.sql("SELECT count(*), count(DISTINCT deposit_id) FROM catalog.version")
        assert versions == [(len(ends), len(ends))]
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []
