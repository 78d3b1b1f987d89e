"""The feed of changes: what each publication brought and took away, in order, from any version on.

Applied one after the other to an empty table, the entries rebuild the data set: `key` names a row, `after` is its new
state, an entry of `op` delete is a tombstone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.copy_out import driver_connection
from services.catalog.feeds.rows import SAME_PLACE, entry, identity, record, scope_of
from services.catalog.view import DatasetView
from shared.models import CatalogDataset, CatalogVersion

NO_KEY = "00000000-0000-0000-0000-000000000000"

VERSIONS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a row of a publication, or after a whole publication. Tombstones come first, by key,
    then the rows that came, in the order in which they were written."""

    publication: int
    """The one under way, or the last one that was read whole."""
    written: bool = False
    """Whether its tombstones have all been given."""
    key_hash: str = NO_KEY
    """Of a tombstone."""
    row_id: int = 0
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Entries, and where to go on. `closed`: the page is full, and so will never be another."""

    entries: list[dict[str, Any]]
    following: Place
    closed: bool


async def read_changes(session: AsyncSession, view: DatasetView, place: Place, *, limit: int) -> ChangesPage:
    """At most `limit` entries after `place`."""
    driver = await driver_connection(await session.connection())
    entries: list[dict[str, Any]] = []
    while len(entries) < limit:
        versions = await _versions_after(session, view, place)
        if not versions:
            return ChangesPage(entries, place, closed=False)
        for version, dataset in versions:
            place = await _read_version(driver, view, version, place, entries, dataset=dataset, limit=limit)
            if len(entries) >= limit:
                break
    return ChangesPage(entries, place, closed=True)


async def _versions_after(
    session: AsyncSession, view: DatasetView, place: Place
) -> Sequence[tuple[CatalogVersion, CatalogDataset]]:
    statement = select(CatalogVersion, CatalogDataset).join(
        CatalogDataset, col(CatalogDataset.id) == col(CatalogVersion.dataset_id)
    )
    if view.is_consolidated:
        statement = statement.where(col(CatalogVersion.schema_name) == view.table.schema_name)
    else:
        statement = statement.where(col(CatalogVersion.dataset_id) == view.dataset_id)
    begins = place.publication + 1 if place.whole else place.publication
    statement = statement.where(
        col(CatalogVersion.publication) >= begins, col(CatalogVersion.publication) <= view.publication
    )
    rows = await session.execute(statement.order_by(col(CatalogVersion.publication)).limit(VERSIONS_AT_ONCE))
    return [(version, dataset) for version, dataset in rows]


async def _read_version(
    driver: asyncpg.Connection,
    view: DatasetView,
    version: CatalogVersion,
    place: Place,
    entries: list[dict[str, Any]],
    *,
    dataset: CatalogDataset,
    limit: int,
) -> Place:
    """Add the entries of a version after `place`; where the next page goes on."""
    told = _told(version, dataset, consolidated=view.is_consolidated)
    here = Place(version.publication, whole=False) if place.whole else place
    for written in (False, True):
        if written < here.written:
            continue
        expected = version.rows_inserted if written else version.rows_closed - version.rows_updated
        if expected:
            start = here if here.written == written else Place(version.publication, written, whole=False)
            left = limit - len(entries)
            if written:
                rows = await _read_written(driver, view, version, start, left)
            else:
                rows = await _read_removed(driver, view, version, start, left, number=dataset.number)
            entries += [entry(row) | told for row in rows]
            if len(rows) == left:
                key_hash = NO_KEY if written else rows[-1]["key_hash"]
                return Place(version.publication, written, key_hash, rows[-1]["row_id"], whole=False)
    return Place(version.publication)


async def _read_removed(
    driver: asyncpg.Connection, view: DatasetView, version: CatalogVersion, start: Place, limit: int, *, number: int
) -> list[asyncpg.Record]:
    if version.rows_updated:
        # No index finds the row that took the place of another: however few rows the planner expects of a publication
        # that it has not seen yet, it shall not look through all of them for each one that left.
        await driver.execute("SET LOCAL enable_nestloop = off")
    rows: list[asyncpg.Record] = await driver.fetch(
        _removed(view, version), number, version.publication, start.key_hash, start.row_id, limit
    )
    if version.rows_updated:
        await driver.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return rows


async def _read_written(
    driver: asyncpg.Connection, view: DatasetView, version: CatalogVersion, start: Place, limit: int
) -> list[asyncpg.Record]:
    # A place that names a key is of the time when rows came by key: nothing of this publication may be left out.
    after = start.row_id if start.key_hash == NO_KEY else 0
    rows: list[asyncpg.Record] = await driver.fetch(_written(view, version), version.publication, after, limit)
    return rows


def _told(version: CatalogVersion, dataset: CatalogDataset, *, consolidated: bool) -> dict[str, Any]:
    told = {
        "version": version.publication if consolidated else version.number,
        "at": version.published_at,
        "deposit_id": version.deposit_id,
    }
    return told | {"organisation_siren": dataset.organisation_siren} if consolidated else told


def _removed(view: DatasetView, version: CatalogVersion) -> str:
    """Rows that left without another in their place: `$2` publication, after `$3` key and `$4` row, at most `$5`."""
    replaced = (
        f"AND NOT EXISTS (SELECT FROM {view.table.qualified} AS a "
        f"WHERE a.from_publication = $2::bigint AND {SAME_PLACE})"
        if version.rows_updated
        else ""
    )
    return (
        "SELECT b.dataset_id, b.slice, b.key_hash::text AS key_hash, b.occurrence, b.row_id, "  # noqa: S608
        f"{identity(view, 'b')} AS identity, {record(view, 'b')} AS before, NULL AS after "
        f"FROM {view.table.qualified} AS b WHERE {scope_of(view, 'b')} AND b.to_publication = $2::bigint {replaced} "
        "AND (b.key_hash, b.row_id) > ($3::text::uuid, $4::bigint) ORDER BY b.key_hash, b.row_id LIMIT $5::bigint"
    )


def _written(view: DatasetView, version: CatalogVersion) -> str:
    """Rows of publication `$1` after row `$2`, at most `$3`, with the one whose place they took. They are all of one
    data set: to ask for that as well would lead the planner to an index of the data set's rows, whatever their time."""
    table = view.table.qualified
    page = (
        f"SELECT * FROM {table} AS r WHERE r.from_publication = $1::bigint "  # noqa: S608 - names of ours
        "AND r.row_id > $2::bigint ORDER BY r.row_id LIMIT $3::bigint"
    )
    before = record(view, "b") if version.rows_updated else "NULL"
    former = (
        f"LEFT JOIN LATERAL (SELECT * FROM {table} AS b "  # noqa: S608 - names of ours
        f"WHERE b.to_publication = $1::bigint AND {SAME_PLACE} LIMIT 1) AS b ON true"
        if version.rows_updated
        else ""
    )
    return (
        "SELECT a.dataset_id, a.slice, a.key_hash::text AS key_hash, a.occurrence, a.row_id, "  # noqa: S608
        f"{identity(view, 'a')} AS identity, {before} AS before, {record(view, 'a')} AS after "
        f"FROM ({page}) AS a {former} ORDER BY a.row_id"
    )
