"""A data set measured column by column: exact figures, one aggregate in PostgreSQL each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from services.catalog.overlaps import count_overlaps
from services.catalog.query.compile import as_of, compile_pages
from services.catalog.query.tree import RecordsQuery
from services.catalog.view import DatasetView
from shared.rows import RowColumn

HEAD_ROWS = 10
HEAD_BYTES = 1 << 18
"""Of all rows of the head: a row may hold a whole outline."""

TOP_VALUES = 10

SHOWN_CHARACTERS = 200
"""Of a text among the figures; the records have all of it."""

UNORDERED_TYPES = frozenset({"boolean", "array", "object", "geopoint", "geojson"})
"""Table Schema types whose values have no smallest and no greatest."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Figures of one state of a data set, as JSON texts."""

    rows: int
    columns: str
    """Array of objects: see `ColumnOut`."""
    head: str
    """Array of records."""
    overlaps: int | None


async def measure(driver: asyncpg.Connection, view: DatasetView, *, titles: Mapping[str, str]) -> Profile:
    """Measure the rows of the view. `titles`: of its columns, by name.

    The connection must be in a transaction; it holds no lock that anybody waits for.
    """
    # One core, whatever the table: others are reading.
    await driver.execute("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB'")
    rows = await driver.fetchval(f"SELECT count(*) FROM {view.table.qualified} WHERE {_scope(view)}", *_args(view))  # noqa: S608
    columns = [await _measure_column(driver, view, column) for column in view.table.columns]
    for one in columns:
        one["title"] = titles.get(one["name"], one["name"])
        one["fill_rate"] = round(one["filled"] / rows, 4) if rows else None
    return Profile(
        rows=rows,
        columns=orjson.dumps(columns).decode(),
        head=await _head(driver, view),
        overlaps=await count_overlaps(driver, view),
    )


async def _measure_column(driver: asyncpg.Connection, view: DatasetView, column: RowColumn) -> dict[str, Any]:
    found = await driver.fetchrow(_statement(view, column), *_args(view))
    return {
        "name": column.field_name,
        "type": column.field_type,
        "filled": found["filled"],
        "distinct": found["distinct"],
        "min": orjson.Fragment(found["min"]),
        "max": orjson.Fragment(found["max"]),
        "top": orjson.Fragment(found["top"]),
    }


def _statement(view: DatasetView, column: RowColumn) -> str:
    ordered = column.field_type not in UNORDERED_TYPES
    ends = [_shown(end, column) if ordered else "NULL::text" for end in ("min", "max")]
    member = f"json_build_object('value', {_shown('', column)}, 'count', n)"
    return f"""
        WITH v AS (SELECT {column.column} AS value, count(*) AS n FROM {view.table.qualified}
            WHERE {_scope(view)} AND {column.column} IS NOT NULL GROUP BY 1),
        top AS (SELECT value, n FROM v ORDER BY n DESC, value LIMIT {TOP_VALUES})
        SELECT coalesce(sum(n), 0)::bigint AS filled, count(*) AS distinct,
            coalesce(to_json({ends[0]})::text, 'null') AS min, coalesce(to_json({ends[1]})::text, 'null') AS max,
            coalesce((SELECT json_agg({member} ORDER BY n DESC, value) FROM top)::text, '[]') AS top
        FROM v
    """  # noqa: S608 - names of ours


def _shown(end: str, column: RowColumn) -> str:
    value = f"{end}(value)"
    return f"left({value}, {SHOWN_CHARACTERS})" if column.is_text else value


def _scope(view: DatasetView) -> str:
    return as_of("$1::bigint") + ("" if view.number is None else " AND dataset_id = $2::bigint")


def _args(view: DatasetView) -> tuple[int, ...]:
    return (view.publication,) if view.number is None else (view.publication, view.number)


async def _head(driver: asyncpg.Connection, view: DatasetView) -> str:
    (page,) = compile_pages(view, RecordsQuery(limit=HEAD_ROWS), None)
    records: list[str] = [row["record"] for row in await driver.fetch(page.sql, *page.args)][:HEAD_ROWS]
    kept, size = 0, 0
    for record in records:
        size += len(record.encode())
        if size > HEAD_BYTES:
            break
        kept += 1
    return f"[{','.join(records[:kept])}]"
