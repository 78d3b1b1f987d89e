"""The difference of two versions: identities that came, changed or left, whatever happened in between."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.copy_out import driver_connection
from services.catalog.feeds.rows import PLACE, entry, identity, record, scope_of
from services.catalog.view import DatasetView

Position = tuple[str, str, int, int]
"""key_hash, slice, occurrence, dataset number of the last row of a page."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one publication of a data set to another, in either direction."""

    view: DatasetView
    start: int
    end: int


async def count_differences(session: AsyncSession, span: Span) -> dict[str, int]:
    """How many rows were inserted, updated, deleted."""
    driver = await driver_connection(await session.connection())
    row = await driver.fetchrow(
        "SELECT count(*) FILTER (WHERE b.row_id IS NULL) AS inserted, "
        "count(*) FILTER (WHERE a.row_id IS NOT NULL AND b.row_id IS NOT NULL) AS updated, "
        f"count(*) FILTER (WHERE a.row_id IS NULL) AS deleted {_differences(span)}",
        *_arguments(span),
    )
    return dict(row)


async def list_differences(
    session: AsyncSession, span: Span, *, after: Position | None, limit: int
) -> tuple[list[dict[str, Any]], Position | None]:
    """Changes by place; and the position to continue after, or None on the last page."""
    driver = await driver_connection(await session.connection())
    further = (
        "AND (key_hash, slice, occurrence, dataset_id) > ($4::text::uuid, $5::text, $6::int, $7::bigint)"
        if after
        else ""
    )
    table = span.view.table.qualified
    rows = await driver.fetch(
        f"SELECT p.dataset_id, p.slice, p.key_hash::text AS key_hash, p.occurrence, "  # noqa: S608 - names of ours
        f"{record(span.view, 'b')} AS before, {record(span.view, 'a')} AS after, "
        f"coalesce(CASE WHEN a.row_id IS NOT NULL THEN {identity(span.view, 'a')} END, {identity(span.view, 'b')}) "
        f"AS identity FROM (SELECT {PLACE}, a.row_id AS a_id, b.row_id AS b_id {_differences(span)} {further} "
        f"ORDER BY key_hash, slice, occurrence, dataset_id LIMIT {int(limit) + 1}) AS p "
        f"LEFT JOIN {table} AS a ON a.dataset_id = p.dataset_id AND a.row_id = p.a_id "
        f"LEFT JOIN {table} AS b ON b.dataset_id = p.dataset_id AND b.row_id = p.b_id "
        "ORDER BY p.key_hash, p.slice, p.occurrence, p.dataset_id",
        *_arguments(span),
        *(after or ()),
    )
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    position = None if last is None else (last["key_hash"], last["slice"], last["occurrence"], last["dataset_id"])
    return [entry(row) for row in page], position


def _arguments(span: Span) -> tuple[int | None, int, int]:
    return span.view.number, min(span.start, span.end), max(span.start, span.end)


def _differences(span: Span) -> str:
    columns = f"row_id, row_hash, {PLACE}"
    table, scope = span.view.table.qualified, scope_of(span.view, "r")
    newer = (
        f"(SELECT {columns} FROM {table} AS r WHERE {scope} AND from_publication > $2::bigint "  # noqa: S608
        "AND from_publication <= $3::bigint AND (to_publication IS NULL OR to_publication > $3::bigint))"
    )
    older = (
        f"(SELECT {columns} FROM {table} AS r WHERE {scope} AND to_publication > $2::bigint "  # noqa: S608
        "AND to_publication <= $3::bigint AND from_publication <= $2::bigint)"
    )
    after, before = (newer, older) if span.start <= span.end else (older, newer)
    return f"FROM {after} AS a FULL JOIN {before} AS b USING ({PLACE}) WHERE a.row_hash IS DISTINCT FROM b.row_hash"
