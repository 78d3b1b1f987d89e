"""The CSV file of a version, written before the version exists. Same rows, same bytes."""

from collections.abc import AsyncIterator

import asyncpg

from services.catalog.copy_out import copy_out
from services.catalog.exports.csv_columns import csv_expression, csv_header
from services.catalog.publish.diff import Difference
from services.catalog.publish.target import Target
from shared.blobs import Blob, Blobs
from shared.rows import RowTable


async def write_snapshot(
    connection: asyncpg.Connection, *, blobs: Blobs, target: Target, difference: Difference
) -> Blob:
    """Keep `snapshots/<data set>/<sha256>.csv`: current rows that stay, and those that come.

    Columns of the schema (all its versions), then the vendor's own columns in alphabetical order; rows by the
    schema's identity. Durable on return.
    """
    lines = _lines(connection, target, _resulting_rows(target.table, difference))
    return await blobs.put(lines, folder=f"snapshots/{target.dataset_id}", suffix=".csv")


async def _lines(connection: asyncpg.Connection, target: Target, rows: str) -> AsyncIterator[bytes]:
    extra_names = await _extra_names(connection, target, rows)
    yield csv_header([*(column.field_name for column in target.table.columns), *extra_names])
    query = _query(target.table, rows, len(extra_names))
    async for chunk in copy_out(connection, query, target.number, *extra_names):
        yield chunk


async def _extra_names(connection: asyncpg.Connection, target: Target, rows: str) -> list[str]:
    """Columns that the vendor added to the schema's."""
    query = f"SELECT DISTINCT jsonb_object_keys(extra) AS name FROM ({rows}) AS r"  # noqa: S608 - names of ours
    declared = {column.field_name for column in target.table.columns}
    names = {row["name"] for row in await connection.fetch(query, target.number)}
    return sorted(names - declared)


def _query(table: RowTable, rows: str, extras: int) -> str:
    values = [
        *(csv_expression(column) for column in table.columns),
        *(f"extra->>${2 + rank}" for rank in range(extras)),
    ]
    order = [*(column.column for column in table.identity), "slice", "key_hash", "occurrence"]
    return f"SELECT {', '.join(values)} FROM ({rows}) AS r ORDER BY {', '.join(order)}"  # noqa: S608 - names of ours


def _resulting_rows(table: RowTable, difference: Difference) -> str:
    columns = ", ".join(["extra", "slice", "key_hash", "occurrence", *(column.column for column in table.columns)])
    staying = (
        f"NOT EXISTS (SELECT FROM {difference.closing} AS c WHERE c.row_id = r.row_id)" if difference.closed else "true"
    )
    coming = f" UNION ALL SELECT {columns} FROM {difference.coming}" if difference.written else ""  # noqa: S608
    return (
        f"SELECT {columns} FROM {table.qualified} AS r "  # noqa: S608 - names of ours
        f"WHERE r.dataset_id = $1::bigint AND r.to_publication IS NULL AND {staying}{coming}"
    )
