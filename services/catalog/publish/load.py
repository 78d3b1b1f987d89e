"""Brings the canonical table of a deposit into a temporary table of the same columns as the row table."""

import asyncio
import tempfile
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import asyncpg
import polars as pl

from services.catalog.publish.target import Target
from shared.blobs import Blobs

INCOMING = "incoming_rows"

ROWS_AT_ONCE = 50_000
"""Held in memory between the canonical table and PostgreSQL."""

SYSTEM_COLUMNS: Mapping[str, str] = {
    "_line": "line",
    "_slice": "slice",
    "_key_hash": "key_hash",
    "_row_hash": "row_hash",
    "_occurrence": "occurrence",
    "_extra": "extra",
}
"""Column of the canonical table → column here."""


async def load_rows(connection: asyncpg.Connection, *, blobs: Blobs, target: Target) -> None:
    """Fill the temporary table `incoming_rows` from the deposit's canonical table; memory stays bounded.

    PostgreSQL casts the canonical texts to the types of the columns. Raises BlobMissing.
    """
    await connection.execute(f"DROP TABLE IF EXISTS {INCOMING}")
    await connection.execute(_create_statement(target))
    fields = target.table.columns_of(target.schema)
    columns = [*SYSTEM_COLUMNS.values(), *(column.column for column in fields.values())]
    with tempfile.TemporaryDirectory(prefix="socle-load-") as folder:
        parquet_path, csv_path = Path(folder, "table.parquet"), Path(folder, "table.csv")
        await _fetch(blobs, f"tables/{target.table_sha256}.parquet", parquet_path)
        await asyncio.to_thread(_write_csv, parquet_path, csv_path, [*SYSTEM_COLUMNS, *fields])
        await connection.copy_to_table(INCOMING, source=csv_path, columns=columns, format="csv")
    await connection.execute(f"ANALYZE {INCOMING}")
    await connection.execute(_RANK_WITHIN_SLICE)


_RANK_WITHIN_SLICE = f"""
    UPDATE {INCOMING} AS one SET occurrence = ranked.occurrence
    FROM (
        SELECT line, row_number() OVER (PARTITION BY slice, key_hash ORDER BY row_hash, line) - 1 AS occurrence
        FROM {INCOMING} WHERE key_hash IN (SELECT key_hash FROM {INCOMING} WHERE occurrence > 0)
    ) AS ranked
    WHERE one.line = ranked.line AND one.occurrence <> ranked.occurrence
"""  # noqa: S608 - constants of this room
"""Rows of one key are told apart within their slice and by their content: neither the order of the file nor the
slices that happen to come together in it can make the same data look changed."""


def _create_statement(target: Target) -> str:
    columns = ", ".join(f"{column.column} {column.sql_type}" for column in target.table.columns)
    return (
        f'CREATE TEMPORARY TABLE {INCOMING} (line bigint, slice text COLLATE "C", key_hash uuid, row_hash uuid, '
        f"occurrence integer, extra jsonb, {columns})"
    )


async def _fetch(blobs: Blobs, name: str, path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in blobs.read(name):
            await asyncio.to_thread(file.write, chunk)


def _write_csv(parquet_path: Path, csv_path: Path, columns: list[str]) -> None:
    # Null is written as nothing and an empty text as "", which is how COPY tells them apart. Read slice by slice:
    # a sink takes as much memory as the whole table.
    table = pl.scan_parquet(parquet_path).select(columns)
    with csv_path.open("wb") as file:
        for start in count(step=ROWS_AT_ONCE):
            rows = table.slice(start, ROWS_AT_ONCE).collect()
            rows.write_csv(file, include_header=False, quote_style="necessary")
            if rows.height < ROWS_AT_ONCE:
                return
