"""What a deposit changes: rows of its slices that leave, rows that come. Two hashes a row are compared, no values."""

from dataclasses import dataclass

import asyncpg

from services.catalog.publish.load import INCOMING
from services.catalog.publish.target import Target

CLOSING = "closing_rows"
INSERTING = "inserting_rows"


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows are in the temporary tables `closing_rows` (row ids) and `inserting_rows` (whole rows)."""

    closed: int
    inserted: int
    slices: tuple[str, ...]
    """Slices replaced, sorted."""

    @property
    def is_empty(self) -> bool:
        """Whether the slices hold already exactly these rows."""
        return self.closed == 0 and self.inserted == 0


_SAME_ROW = "i.slice = r.slice AND i.key_hash = r.key_hash AND i.occurrence = r.occurrence AND i.row_hash = r.row_hash"


async def find_difference(connection: asyncpg.Connection, target: Target) -> Difference:
    """Compare `incoming_rows` with the current rows of the data set in the same slices.

    A schema without slices has the one slice `""`, so all rows are compared.
    """
    for name in (CLOSING, INSERTING):
        await connection.execute(f"DROP TABLE IF EXISTS {name}")
    present = await connection.fetch(f"SELECT DISTINCT slice FROM {INCOMING}")  # noqa: S608 - a constant
    slices = sorted({*target.slices, *(row["slice"] for row in present)})
    table = target.table.qualified
    current = "r.dataset_id = $1 AND r.slice = ANY($2::text[]) AND r.to_publication IS NULL"

    await connection.execute(f"CREATE TEMPORARY TABLE {CLOSING} (row_id bigint)")
    closed = await connection.execute(
        f"INSERT INTO {CLOSING} SELECT r.row_id FROM {table} AS r WHERE {current} "  # noqa: S608 - names of ours
        f"AND NOT EXISTS (SELECT FROM {INCOMING} AS i WHERE {_SAME_ROW})",
        target.number,
        slices,
    )
    await connection.execute(f"CREATE TEMPORARY TABLE {INSERTING} (LIKE {INCOMING})")
    inserted = await connection.execute(
        f"INSERT INTO {INSERTING} SELECT i.* FROM {INCOMING} AS i WHERE NOT EXISTS "  # noqa: S608 - names of ours
        f"(SELECT FROM {table} AS r WHERE {current} AND {_SAME_ROW})",
        target.number,
        slices,
    )
    return Difference(closed=_rows(closed), inserted=_rows(inserted), slices=tuple(slices))


def _rows(command_tag: str) -> int:
    return int(command_tag.rsplit(" ", 1)[1])
