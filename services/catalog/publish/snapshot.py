"""The CSV file of a version, written before the version exists. Same rows, same bytes."""

from collections.abc import AsyncIterator

import asyncpg

from services.catalog.copy_out import copy_out
from services.catalog.exports.csv_columns import csv_expression, csv_header
from services.catalog.publish.diff import CLOSING, INSERTING
from services.catalog.publish.target import Target
from shared.blobs import Blob, Blobs
from shared.rows import RowTable


async def write_snapshot(connection: asyncpg.Connection, *, blobs: Blobs, target: Target) -> Blob:
    """Keep `snapshots/<data set>/<sha256>.csv`: current rows that stay, and those that come.

    Columns of the schema (all its versions), then the vendor's own columns in alphabetical order; rows by the
    schema's identity. Durable on return.
    """
    return await blobs.put(_lines(connection, target), folder=f"snapshots/{target.dataset_id}", suffix=".csv")


async def _lines(connection: asyncpg.Connection, target: Target) -> AsyncIterator[bytes]:
    extra_names = await _extra_names(connection, target)
    yield csv_header([*(column.field_name for column in target.table.columns), *extra_names])
    query = _query(target.table, len(extra_names))
    async for chunk in copy_out(connection, query, target.number, *extra_names):
        yield chunk


async def _extra_names(connection: asyncpg.Connection, target: Target) -> list[str]:
    """Columns that the vendor added to the schema's."""
    query = f"SELECT DISTINCT jsonb_object_keys(extra) AS name FROM ({_resulting_rows(target.table)}) AS r"  # noqa: S608
    declared = {column.field_name for column in target.table.columns}
    names = {row["name"] for row in await connection.fetch(query, target.number)}
    return sorted(names - declared)


def _query(table: RowTable, extras: int) -> str:
    values = [
        *(csv_expression(column) for column in table.columns),
        *(f"extra->>${2 + rank}" for rank in range(extras)),
    ]
    order = [*(column.column for column in table.identity), "slice", "key_hash", "occurrence"]
    return f"SELECT {', '.join(values)} FROM ({_resulting_rows(table)}) AS r ORDER BY {', '.join(order)}"  # noqa: S608


def _resulting_rows(table: RowTable) -> str:
    columns = ", ".join(["extra", "slice", "key_hash", "occurrence", *(column.column for column in table.columns)])
    return (
        f"SELECT {columns} FROM {table.qualified} AS r "  # noqa: S608 - names of ours
        "WHERE r.dataset_id = $1::bigint AND r.to_publication IS NULL "
        f"AND NOT EXISTS (SELECT FROM {CLOSING} AS c WHERE c.row_id = r.row_id) "
        f"UNION ALL SELECT {columns} FROM {INSERTING}"
    )
