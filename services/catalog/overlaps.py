"""Identities that several organisations publish under one schema: an EPCI and a commune may both be right.

Both rows are kept; a consolidated data set says how many there are and lists them.
"""

from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.copy_out import driver_connection
from services.catalog.feeds.rows import identity
from services.catalog.query.ask import QueryTooCostly
from services.catalog.query.compile import as_of
from services.catalog.view import DatasetView
from shared.models import CatalogProfile


@dataclass(frozen=True, slots=True)
class Overlaps:
    """How many identities several organisations published, as of a version."""

    count: int
    version: int


async def known_overlaps(session: AsyncSession, dataset_id: str) -> Overlaps | None:
    """What was counted beside publications; None where rows have no identity, or while nothing has been counted."""
    statement = select(col(CatalogProfile.overlaps), col(CatalogProfile.version)).where(
        col(CatalogProfile.dataset_id) == dataset_id
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None or row[0] is None else Overlaps(count=row[0], version=row[1])


async def count_overlaps(driver: asyncpg.Connection, view: DatasetView) -> int | None:
    """Takes a second for a million rows. None where there can be none to count."""
    if not view.is_consolidated or not view.table.identity:
        return None
    return int(await driver.fetchval(f"SELECT count(*) FROM ({_keys(view)}) AS keys", view.publication))  # noqa: S608


async def list_overlaps(
    session: AsyncSession, view: DatasetView, *, after: tuple[str, str] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """Identities with the data sets that have them, by key; and the place (key hash, slice) to continue after.

    Raises QueryTooCostly when the table is too large for a reader's time limit.
    """
    driver = await driver_connection(await session.connection())
    further = "AND (key_hash, slice) > ($2::text::uuid, $3::text)" if after else ""
    query = (
        f"SELECT r.key_hash::text AS key_hash, r.slice, min({identity(view, 'r')}) AS identity, "  # noqa: S608
        "array_agg(DISTINCT d.id ORDER BY d.id) AS datasets "
        f"FROM ({_keys(view, further)} ORDER BY key_hash, slice LIMIT {int(limit) + 1}) AS keys "
        f"JOIN {view.table.qualified} AS r ON r.key_hash = keys.key_hash AND r.slice = keys.slice "
        "JOIN catalog.dataset AS d ON d.number = r.dataset_id "
        f"WHERE {as_of('$1::bigint')} GROUP BY r.key_hash, r.slice ORDER BY r.key_hash, r.slice"
    )
    try:
        rows = await driver.fetch(query, view.publication, *(after or ()))
    except asyncpg.QueryCanceledError as error:
        raise QueryTooCostly(
            "Ce jeu de données a trop de lignes pour chercher ses doublons à la demande.",
            action="Téléchargez-le en entier et comparez les identités.",
        ) from error
    page = rows[:limit]
    found = [{"identity": orjson.Fragment(row["identity"]), "datasets": row["datasets"]} for row in page]
    return found, (page[-1]["key_hash"], page[-1]["slice"]) if len(rows) > limit else None


def _keys(view: DatasetView, further: str = "") -> str:
    return (
        f"SELECT key_hash, slice FROM {view.table.qualified} "  # noqa: S608 - names of ours
        f"WHERE {as_of('$1::bigint')} {further} GROUP BY key_hash, slice HAVING min(dataset_id) < max(dataset_id)"
    )
