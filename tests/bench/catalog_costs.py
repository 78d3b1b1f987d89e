"""What publishing and exporting cost, and what they cost those who read meanwhile."""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Protocol

import asyncpg
import httpx
from catalog_questions import Questions
from figures import Figure
from load import load, rss_mb
from publishing import SCHEMA, SCHEMA_VERSION, Publisher

from services.catalog.publish.load import SYSTEM_COLUMNS, Seen, csv_lines
from shared.rows import row_table

EXPORTS = 3


class Server(Protocol):
    """A web process."""

    @property
    def url(self) -> str: ...
    @property
    def pid(self) -> int: ...


async def measure_publication(publisher: Publisher, siren: str) -> Figure:
    """The whole job, beside COPY of the same rows into the same table without indexes, then its indexes."""
    reference = await _copied(publisher)
    seconds = await publisher.publish(siren)
    return {
        "figure": "first publication",
        "rows": publisher.rows,
        "ours_s": round(seconds, 1),
        "copy_then_indexes_s": round(reference, 1),
        "times_copy_then_indexes": round(reference / seconds, 2),
        "aim": 0.6,
    }


async def _copied(publisher: Publisher) -> float:
    registry = publisher.tools.registry
    table, fields = (
        row_table(registry, SCHEMA),
        row_table(registry, SCHEMA).columns_of(registry.get(SCHEMA, SCHEMA_VERSION)),
    )
    columns = ["slice", "key_hash", "row_hash", "occurrence", "extra", *(one.column for one in fields.values())]
    connection = await asyncpg.connect(publisher.stack.postgres.dsn)
    with tempfile.TemporaryDirectory() as folder:
        parquet_path, csv_path = Path(folder, "table.parquet"), Path(folder, "table.csv")
        parquet_path.write_bytes(b"".join([chunk async for chunk in publisher.tools.blobs.read(publisher.table.name)]))
        names = [name for name in SYSTEM_COLUMNS if name != "_line"]
        csv_path.write_bytes(b"".join([lines async for lines in csv_lines(parquet_path, [*names, *fields], Seen())]))
        await connection.execute(
            f"CREATE SCHEMA reference; CREATE TABLE reference.rows (LIKE {table.qualified} INCLUDING IDENTITY); "
            "ALTER TABLE reference.rows ALTER dataset_id SET DEFAULT 1, ALTER from_publication SET DEFAULT 1"
        )
        order = ["slice", "key_hash", "row_hash", "occurrence", "extra"]
        began = time.perf_counter()
        await connection.copy_to_table(
            "rows", schema_name="reference", source=csv_path, columns=[*order, *columns[5:]], format="csv"
        )
        found = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'data' AND tablename = $1"
        for (definition,) in await connection.fetch(found, table.name):
            await connection.execute(definition.replace(f" ON data.{table.name} ", " ON reference.rows "))
        seconds = time.perf_counter() - began
    await connection.execute("DROP SCHEMA reference CASCADE")
    await connection.close()
    return seconds


async def measure_exports(ours: Server, by_hand_url: str, questions: Questions) -> list[Figure]:
    """The whole file beside a static one, and a filtered one beside COPY of the same rows; memory before and after."""
    before = rss_mb(ours.pid)
    whole = {"ours": f"{ours.url}{questions.dataset_path}/exports/csv", "static": f"{by_hand_url}/file"}
    taken: dict[str, list[float]] = {name: [] for name in (*whole, "filtered", "copy")}
    extract = f"{ours.url}{questions.dataset_path}/records.csv?{questions.extract}"
    for _ in range(EXPORTS):
        for name, url in whole.items():
            taken[name].append(await _downloaded(url))
        taken["filtered"].append(await _downloaded(extract))
        taken["copy"].append(await _copied_out(questions))
    seconds = {name: median(each) for name, each in taken.items()}
    return [
        {
            "figure": "whole export",
            "ours_s": round(seconds["ours"], 2),
            "static_file_s": round(seconds["static"], 2),
            "times_static_file": round(seconds["static"] / seconds["ours"], 2),
            "aim": 0.8,
        },
        {
            "figure": "filtered export, streamed",
            "ours_s": round(seconds["filtered"], 2),
            "copy_s": round(seconds["copy"], 2),
            "times_copy": round(seconds["copy"] / seconds["filtered"], 2),
            "aim": 0.6,
        },
        {"figure": "memory of the web process", "grown_mb": round(rss_mb(ours.pid) - before, 1), "aim_grown_mb": 50},
    ]


async def _copied_out(questions: Questions) -> float:
    """Seconds of `COPY … TO STDOUT` of the rows of the filtered export."""
    connection = await asyncpg.connect(questions.dsn)

    async def nowhere(_chunk: bytes) -> None:
        return

    began = time.perf_counter()
    await connection.copy_from_query(questions.extract_sql, output=nowhere, format="csv")
    seconds = time.perf_counter() - began
    await connection.close()
    return seconds


async def _downloaded(url: str) -> float:
    """Seconds until the last byte, by a client that keeps nothing."""
    began = time.perf_counter()
    async with (
        httpx.AsyncClient(timeout=120) as client,
        client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as got,
    ):
        got.raise_for_status()
        async for _ in got.aiter_raw(1 << 20):
            pass
    return time.perf_counter() - began


async def measure_neighbour(url: str, questions: Questions, publisher: Publisher, siren: str) -> Figure:
    """Pages of 20 alone, then while as many rows are published for another organisation."""
    paths = questions.ours["page of 20"]
    quiet = median([(await load(url, paths, seconds=4)).p99_ms for _ in range(3)])
    publishing = asyncio.create_task(publisher.publish(siren))
    busy = []
    while not publishing.done():
        busy.append((await load(url, paths, seconds=4)).p99_ms)
    await publishing
    return {
        "figure": "page of 20 while rows are published",
        "quiet_p99_ms": round(quiet, 1),
        "busy_p99_ms": round(median(busy), 1),
        "worst_p99_ms": round(max(busy), 1),
        "times_quiet": round(median(busy) / quiet, 2),
        "aim_times_quiet": 3,
    }
