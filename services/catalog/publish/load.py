"""Brings rows into a work table: those of a deposit's canonical table, or those of an older version."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg
import polars as pl

from services.catalog.publish.target import Content, Target
from shared.blobs import Blobs
from shared.rows import RowTable

ROWS_AT_ONCE = 50_000
"""Held in memory between the canonical table and PostgreSQL."""

ANALYSED_ROWS = 5_000
"""Below, PostgreSQL plans well enough from the size of a table alone."""

SYSTEM_COLUMNS: Mapping[str, str] = {
    "_line": "line",
    "_slice": "slice",
    "_key_hash": "key_hash",
    "_row_hash": "row_hash",
    "_occurrence": "occurrence",
    "_extra": "extra",
}
"""Column of the canonical table → column here."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a work table holds."""

    rows: int
    slices: tuple[str, ...]
    """Slices that there are rows of, in any order."""
    doubled: bool = False
    """Whether rows have the same identity."""
    in_order: bool = False
    """Whether the rows lie one after the other in the order of `line`."""


@dataclass(slots=True)
class Seen:
    """What passed by on its way to a work table."""

    slices: set[str] = field(default_factory=set)
    doubled: bool = False
    """Whether an identity came twice."""

    def look_at(self, rows: pl.DataFrame) -> None:
        """Some rows of a canonical table."""
        self.slices.update(rows["_slice"].unique())
        self.doubled = self.doubled or bool((rows["_occurrence"] > 0).any())


async def load_rows(
    connection: asyncpg.Connection, into: str, *, blobs: Blobs, table: RowTable, content: Content
) -> Loaded:
    """Fill a work table from the deposit's canonical table; memory stays bounded.

    PostgreSQL casts the canonical texts to the types of the columns. Raises BlobMissing.
    """
    fields = table.columns_of(content.schema)
    columns = [*SYSTEM_COLUMNS.values(), *(column.column for column in fields.values())]
    with tempfile.TemporaryDirectory(prefix="socle-load-") as folder:
        path = Path(folder, "table.parquet")
        await _fetch(blobs, content.table_name, path)
        seen = Seen()
        lines = csv_lines(path, [*SYSTEM_COLUMNS, *fields], seen)
        copied = await connection.copy_to_table(into, source=lines, columns=columns, format="csv")
    rows = rows_of(copied)
    if seen.doubled:
        await analyse(connection, into, rows)
        await connection.execute(_rank_within_slice(into))
    return Loaded(rows, tuple(seen.slices), doubled=seen.doubled, in_order=not seen.doubled)


async def analyse(connection: asyncpg.Connection, table: str, rows: int) -> None:
    """Let PostgreSQL look at a work table before it joins it to others."""
    if rows >= ANALYSED_ROWS:
        await connection.execute(f"ANALYZE {table}")


async def load_version(connection: asyncpg.Connection, into: str, *, target: Target, publication: int) -> Loaded:
    """Fill a work table with the rows of the data set as of a publication."""
    table = target.table
    columns = ", ".join(
        ["slice", "key_hash", "row_hash", "occurrence", "extra", *(one.column for one in table.columns)]
    )
    loaded = await connection.execute(
        f"INSERT INTO {into} (line, {columns}) SELECT row_id, {columns} FROM {table.qualified} "  # noqa: S608
        "WHERE dataset_id = $1 AND from_publication <= $2 AND (to_publication IS NULL OR to_publication > $2)",
        target.number,
        publication,
    )
    slices = await connection.fetch(f"SELECT DISTINCT slice FROM {into}")  # noqa: S608 - a name of ours
    return Loaded(rows_of(loaded), tuple(row[0] for row in slices))


def rows_of(command_tag: str) -> int:
    """How many rows a command says it wrote: `COPY 3`, `INSERT 0 3`, `UPDATE 3`."""
    return int(command_tag.rsplit(" ", 1)[1])


def _rank_within_slice(table: str) -> str:
    """Rows of one key are told apart within their slice and by their content: neither the order of the file nor the
    slices that happen to come together in it can make the same data look changed."""
    return f"""
        UPDATE {table} AS one SET occurrence = ranked.occurrence
        FROM (
            SELECT line, row_number() OVER (PARTITION BY slice, key_hash ORDER BY row_hash, line) - 1 AS occurrence
            FROM {table} WHERE key_hash IN (SELECT key_hash FROM {table} WHERE occurrence > 0)
        ) AS ranked
        WHERE one.line = ranked.line AND one.occurrence <> ranked.occurrence
    """  # noqa: S608 - a name of ours


async def _fetch(blobs: Blobs, name: str, path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in blobs.read(name):
            await asyncio.to_thread(file.write, chunk)


async def csv_lines(parquet_path: Path, columns: list[str], seen: Seen) -> AsyncIterator[bytes]:
    """The columns of a table as COPY reads them, in pieces: the next one is written while one is sent.

    Null is nothing and an empty text is `""`, which is how COPY tells them apart. Read slice by slice: a sink takes as
    much memory as the whole table.
    """
    table = pl.scan_parquet(parquet_path).select(columns)

    def write(start: int) -> tuple[bytes, bool]:
        rows = table.slice(start, ROWS_AT_ONCE).collect()
        seen.look_at(rows)
        lines = rows.write_csv(include_header=False, quote_style="necessary").encode()
        return lines, rows.height == ROWS_AT_ONCE

    following = asyncio.create_task(asyncio.to_thread(write, 0))
    try:
        for start in count(ROWS_AT_ONCE, ROWS_AT_ONCE):
            lines, may_be_more = await following
            if may_be_more:
                following = asyncio.create_task(asyncio.to_thread(write, start))
            if lines:
                yield lines
            if not may_be_more:
                return
    finally:
        following.cancel()
        await asyncio.wait({following})
