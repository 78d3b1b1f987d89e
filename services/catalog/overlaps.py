"""Identities that several organisations publish under one schema: an EPCI and a commune may both be right.

Both rows are kept; a consolidated data set says how many there are and lists them.
"""

from collections import OrderedDict
from typing import Any

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.copy_out import driver_connection
from services.catalog.feeds.rows import identity
from services.catalog.query.compile import as_of
from services.catalog.view import DatasetView

KNOWN_COUNTS = 200
"""Counts that a process remembers: one per data set and publication."""


class OverlapCounts:
    """How many identities are published by several organisations, counted once per publication in a process."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int], int | None] = OrderedDict()

    async def count(self, session: AsyncSession, view: DatasetView) -> int | None:
        """None where rows have no identity, or where counting takes longer than a question may."""
        if not view.is_consolidated or not view.table.identity:
            return None
        place = (view.dataset_id, view.publication)
        if place not in self._known:
            self._known[place] = await _count(session, view)
            if len(self._known) > KNOWN_COUNTS:
                self._known.popitem(last=False)
        return self._known[place]


async def _count(session: AsyncSession, view: DatasetView) -> int | None:
    driver = await driver_connection(await session.connection())
    try:
        return int(await driver.fetchval(f"SELECT count(*) FROM ({_keys(view)}) AS keys", view.publication))  # noqa: S608
    except asyncpg.QueryCanceledError:
        return None


async def list_overlaps(
    session: AsyncSession, view: DatasetView, *, after: tuple[str, str] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """Identities with the data sets that have them, by key; and the place (key hash, slice) to continue after."""
    driver = await driver_connection(await session.connection())
    further = "AND (key_hash, slice) > ($2::text::uuid, $3::text)" if after else ""
    rows = await driver.fetch(
        f"SELECT r.key_hash::text AS key_hash, r.slice, min({identity(view, 'r')}) AS identity, "  # noqa: S608
        "array_agg(DISTINCT d.id ORDER BY d.id) AS datasets "
        f"FROM ({_keys(view, further)} ORDER BY key_hash, slice LIMIT {int(limit) + 1}) AS keys "
        f"JOIN {view.table.qualified} AS r ON r.key_hash = keys.key_hash AND r.slice = keys.slice "
        "JOIN catalog.dataset AS d ON d.number = r.dataset_id "
        f"WHERE {as_of('$1::bigint')} GROUP BY r.key_hash, r.slice ORDER BY r.key_hash, r.slice",
        view.publication,
        *(after or ()),
    )
    page = rows[:limit]
    found = [{"identity": orjson.Fragment(row["identity"]), "datasets": row["datasets"]} for row in page]
    return found, (page[-1]["key_hash"], page[-1]["slice"]) if len(rows) > limit else None


def _keys(view: DatasetView, further: str = "") -> str:
    return (
        f"SELECT key_hash, slice FROM {view.table.qualified} "  # noqa: S608 - names of ours
        f"WHERE {as_of('$1::bigint')} {further} GROUP BY key_hash, slice HAVING count(DISTINCT dataset_id) > 1"
    )
