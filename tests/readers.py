"""Readers that never stop while others publish, and what they saw: of which version, and what was in it."""

import asyncio
import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from history import Row, Rows, read_row

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Seen:
    """All that one answer, or one set of pages, told of a version."""

    kind: str
    dataset: str
    version: int
    rows: Rows | None = None
    total: tuple[int, int] | None = None
    """Rows and sum of the votes, of what was asked."""
    among: str | None = None
    """The only object that was asked for; None for all."""
    sha256: str | None = None


@dataclass
class Readers:
    """Several readers of several data sets, and the answers that are no answer."""

    base_url: str
    seen: list[Seen] = field(default_factory=list)
    statuses: Counter[tuple[int, str]] = field(default_factory=Counter)
    """What was answered: status, and the code of a refusal."""

    async def get(self, client: httpx.AsyncClient, url: str, **params: Any) -> httpx.Response | None:
        """The answer; None while the data set does not exist yet or was withdrawn. Asks again after a 503."""
        for _ in range(PATIENCE_SECONDS):
            answer = await client.get(url, params=params or None)
            refused = answer.headers["content-type"] == "application/problem+json"
            self.statuses[answer.status_code, answer.json()["code"] if refused else ""] += 1
            if answer.status_code != 503:
                return answer if answer.status_code == 200 else None
            await asyncio.sleep(float(answer.headers["retry-after"]))
        raise AssertionError("asked in vain for a minute")

    async def page(self, client: httpx.AsyncClient, dataset: str) -> None:
        """All pages from the first to the last, by their links."""
        rows: list[Row] = []
        versions: set[int] = set()
        link: str | None = f"/v1/datasets/{dataset}/records?limit=20"
        while link:
            answer = await self.get(client, link)
            if answer is None:
                return
            page = answer.json()
            versions.add(page["meta"]["version"])
            rows += map(read_row, page["data"])
            link = page["links"]["next"]
            await asyncio.sleep(0.02)  # publications come between two pages
        (version,) = versions
        assert len(set(rows)) == len(rows)
        self.seen.append(Seen("pages", dataset, version, rows=frozenset(rows)))

    async def export(self, client: httpx.AsyncClient, dataset: str) -> None:
        """The whole file."""
        answer = await self.get(client, f"/v1/datasets/{dataset}/exports/csv")
        if answer is not None:
            digest = hashlib.sha256(answer.content).hexdigest()
            rows = frozenset(map(read_row, csv.DictReader(io.StringIO(answer.text))))
            self.seen.append(Seen("export", dataset, version_named(answer), rows=rows, sha256=digest))

    async def extract(self, client: httpx.AsyncClient, dataset: str) -> None:
        """The rows of a question as a file, in two forms."""
        answer = await self.get(client, f"/v1/datasets/{dataset}/records.csv", DELIB_ID__startswith="D", delimiter=",")
        if answer is not None:
            rows = frozenset(map(read_row, csv.DictReader(io.StringIO(answer.text))))
            self.seen.append(Seen("records.csv", dataset, version_named(answer), rows=rows))
        answer = await self.get(client, f"/v1/datasets/{dataset}/records.ndjson", VOTE_POUR__greater=0)
        if answer is not None:
            rows = frozenset(read_row(json.loads(line)) for line in answer.text.splitlines())
            self.seen.append(Seen("records.ndjson", dataset, version_named(answer), rows=rows))

    async def aggregate(self, client: httpx.AsyncClient, dataset: str) -> None:
        """Groups, and the sum of them all."""
        measures = "count,VOTE_POUR__sum"
        url = f"/v1/datasets/{dataset}/aggregate"
        answer = await self.get(client, url, group_by="DELIB_OBJET", measures=measures, limit=1000)
        if answer is not None:
            body = answer.json()
            for group in body["data"]:
                told = (group["count"], int(group["VOTE_POUR__sum"]))
                version = body["meta"]["version"]
                self.seen.append(Seen("group", dataset, version, total=told, among=group["DELIB_OBJET"]))
        answer = await self.get(client, url, measures=measures)
        if answer is not None:
            body = answer.json()
            (whole,) = body["data"]
            told = (whole["count"], int(whole["VOTE_POUR__sum"] or 0))
            self.seen.append(Seen("sum", dataset, body["meta"]["version"], total=told))

    async def read_until(
        self, done: asyncio.Event, read: Callable[[httpx.AsyncClient, str], Awaitable[None]], dataset: str
    ) -> None:
        """One reader, with a connection of its own."""
        async with httpx.AsyncClient(base_url=self.base_url, timeout=60) as client:
            while not done.is_set():
                await read(client, dataset)
                await asyncio.sleep(0.02)


def version_named(answer: httpx.Response) -> int:
    """The version in the name of a file."""
    found = re.search(r"-v(\d+)[-.]", answer.headers["content-disposition"])
    assert found, answer.headers
    return int(found[1])
