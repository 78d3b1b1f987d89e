"""What a publication changes: rows that leave, rows that come. Two hashes a row are compared, no values."""

from dataclasses import dataclass

import asyncpg

from services.catalog.publish.load import Loaded, analyse, rows_of
from services.catalog.publish.target import Order, Target
from services.catalog.publish.workshop import WorkTables
from shared.models import VersionMode


@dataclass(frozen=True, slots=True)
class Loss:
    """A slice that has fewer rows than before."""

    slice: str
    before: int
    after: int

    @property
    def lost(self) -> int:
        """Rows fewer."""
        return self.before - self.after

    @property
    def share(self) -> float:
        """Of the rows before (0 to 1)."""
        return self.lost / self.before


@dataclass(frozen=True, slots=True)
class Difference:
    """What is in the work tables: `closing` names the rows that leave, `coming` holds those to be written."""

    closing: str
    coming: str
    closed: int
    written: int
    updated: int
    """Identities that are both among the rows that leave and among those that come."""
    unchanged: int
    """Rows of the deposit that change nothing."""
    slices: tuple[str, ...]
    """Slices replaced or touched, sorted."""
    losses: tuple[Loss, ...]
    in_order: bool = False
    """Whether the rows of `coming` lie in the order of their lines: nothing is left to sort."""

    @property
    def is_empty(self) -> bool:
        """Whether the data set holds already exactly what is asked for."""
        return self.closed == 0 and self.written == 0

    @property
    def counts(self) -> dict[str, object]:
        """Per row of the deposit or of the data set, what happened."""
        return {
            "inserted": self.written - self.updated,
            "updated": self.updated,
            "deleted": self.closed - self.updated,
            "unchanged": self.unchanged,
        }


_SAME_KEY = "i.slice = r.slice AND i.key_hash = r.key_hash"
_SAME_PLACE = f"{_SAME_KEY} AND i.occurrence = r.occurrence"
_SAME_ROW = f"{_SAME_PLACE} AND i.row_hash = r.row_hash"


async def find_difference(
    connection: asyncpg.Connection, target: Target, order: Order, *, tables: WorkTables, loaded: Loaded
) -> Difference:
    """Compare the incoming rows with the current rows of the data set, as the order says."""
    slices = sorted({*order.slices, *loaded.slices})
    if target.base_publication is not None:
        await analyse(connection, tables.incoming, loaded.rows)
    if order.whole:
        slices = sorted({*slices, *await _current_slices(connection, target)})
    comparison = _Comparison(connection, target, tables, slices)
    incoming = loaded.rows
    closed = await comparison.close(order.mode)
    written, coming = (0, tables.coming) if order.mode == VersionMode.DELETE else await comparison.write(incoming)
    updated = await comparison.count_updated(coming) if closed and written else 0
    deleting = order.mode == VersionMode.DELETE
    unchanged = await comparison.count_unknown(incoming, closed) if deleting else incoming - written
    return Difference(
        closing=tables.closing,
        coming=coming,
        closed=closed,
        written=written,
        updated=updated,
        unchanged=unchanged,
        slices=tuple(slices),
        losses=await comparison.losses(coming) if closed else (),
        in_order=coming == tables.incoming and loaded.in_order,
    )


async def _current_slices(connection: asyncpg.Connection, target: Target) -> list[str]:
    query = (
        f"SELECT DISTINCT slice FROM {target.table.qualified} "  # noqa: S608 - a table of ours
        "WHERE dataset_id = $1 AND to_publication IS NULL"
    )
    return [row[0] for row in await connection.fetch(query, target.number)]


class _Comparison:
    """The current rows of some slices (`r`) against the incoming rows (`i`)."""

    def __init__(self, connection: asyncpg.Connection, target: Target, tables: WorkTables, slices: list[str]) -> None:
        self._connection = connection
        self._target = target
        self._tables = tables
        self._slices = slices
        self._current = "r.dataset_id = $1 AND r.slice = ANY($2::text[]) AND r.to_publication IS NULL"
        self._matched = f"SELECT FROM {tables.incoming} AS i WHERE"

    async def close(self, mode: VersionMode) -> int:
        """Which rows leave; how many."""
        condition = self._leaving(mode)
        if condition is None or self._target.base_publication is None:
            return 0
        return await self._execute(
            f"INSERT INTO {self._tables.closing} SELECT r.row_id, r.slice, r.key_hash, r.occurrence "  # noqa: S608
            f"FROM {self._target.table.qualified} AS r WHERE {self._current} AND {condition}"
        )

    def _leaving(self, mode: VersionMode) -> str | None:
        named = f"EXISTS ({self._matched} {_SAME_KEY})"
        other = f"NOT EXISTS ({self._matched} {_SAME_ROW})"
        has_identity = bool(self._target.table.identity)
        if mode == VersionMode.UPSERT:
            # Without identity a row is only itself: nothing can take its place.
            return f"{named} AND {other}" if has_identity else None
        if mode == VersionMode.DELETE:
            return named if has_identity else self._last_of_equal_rows()
        return other

    def _last_of_equal_rows(self) -> str:
        """Rows without identity leave as many times as they are given, from the last: occurrences stay 0, 1, 2…"""
        given = f"SELECT count(*) FROM {self._tables.incoming} AS i WHERE {_SAME_KEY}"  # noqa: S608 - names of ours
        present = (
            f"SELECT count(*) FROM {self._target.table.qualified} AS s WHERE s.dataset_id = $1 "  # noqa: S608
            "AND s.slice = r.slice AND s.key_hash = r.key_hash AND s.to_publication IS NULL"
        )
        return f"EXISTS ({self._matched} {_SAME_KEY}) AND r.occurrence >= ({present}) - ({given})"

    async def write(self, incoming: int) -> tuple[int, str]:
        """Which rows come: how many, and the work table that holds them."""
        if self._target.base_publication is None:
            return incoming, self._tables.incoming
        written = await self._execute(
            f"INSERT INTO {self._tables.coming} SELECT i.* "  # noqa: S608 - names of ours
            f"FROM {self._tables.incoming} AS i WHERE NOT EXISTS "
            f"(SELECT FROM {self._target.table.qualified} AS r WHERE {self._current} AND {_SAME_ROW})"
        )
        return written, self._tables.coming

    async def count_updated(self, coming: str) -> int:
        """Places of both a row that leaves and one that comes."""
        query = f"SELECT count(*) FROM {coming} AS i JOIN {self._tables.closing} AS r ON {_SAME_PLACE}"  # noqa: S608
        return int(await self._connection.fetchval(query))

    async def count_unknown(self, incoming: int, closed: int) -> int:
        """Rows to delete that were not there."""
        if not self._target.table.identity:
            return incoming - closed
        query = (
            f"SELECT count(*) FROM {self._tables.incoming} AS i WHERE NOT EXISTS "  # noqa: S608 - names of ours
            f"(SELECT FROM {self._tables.closing} AS r WHERE {_SAME_KEY})"
        )
        return int(await self._connection.fetchval(query))

    async def losses(self, coming: str) -> tuple[Loss, ...]:
        """Slices that more rows leave than come to, sorted."""
        query = f"""
            WITH lost AS (
                SELECT gone.slice, gone.n - coalesce(came.n, 0) AS n
                FROM (SELECT slice, count(*) AS n FROM {self._tables.closing} GROUP BY 1) AS gone
                LEFT JOIN (SELECT slice, count(*) AS n FROM {coming} GROUP BY 1) AS came USING (slice)
                WHERE gone.n > coalesce(came.n, 0))
            SELECT slice, lost.n AS lost, count(*) AS before
            FROM lost JOIN {self._target.table.qualified} AS r USING (slice)
            WHERE r.dataset_id = $1 AND r.to_publication IS NULL GROUP BY 1, 2 ORDER BY 1
        """  # noqa: S608 - names of ours
        rows = await self._connection.fetch(query, self._target.number)
        return tuple(Loss(row["slice"], row["before"], row["before"] - row["lost"]) for row in rows)

    async def _execute(self, statement: str) -> int:
        return rows_of(await self._connection.execute(statement, self._target.number, self._slices))
