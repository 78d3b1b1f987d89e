"""The order of rows and their pages, in both directions, with and without values, against a sort of our own."""

from collections.abc import Awaitable, Callable
from itertools import product

import asyncpg
import httpx
import pytest
from catalog_samples import deliberation

from services.catalog.query.compile import compile_pages
from services.catalog.query.order import Position, whole_order
from services.catalog.query.tree import RecordsQuery, SortKey
from services.catalog.view import DatasetView
from shared.models import Deposit
from shared.registry import Registry
from shared.rows import row_table

Publish = Callable[..., Awaitable[Deposit]]
Row = dict[str, str | None]

RECORDS = "/v1/datasets/deliberations-muret/records"


def ordered(rows: list[Row], sort: tuple[SortKey, ...]) -> list[Row]:
    """Stable sorts from the last key to the first; rows without a value last, equal ones in their own direction."""
    found = rows[::-1] if sort[-1].descending else rows[:]
    for key in reversed(sort):
        present = [row for row in found if row[key.field] is not None]
        missing = [row for row in found if row[key.field] is None]
        # A reversed sort stays stable.
        found = sorted(present, key=lambda row: str(row[key.field]), reverse=key.descending) + missing
    return found


SORTS = [
    *((SortKey(field, descending),) for field, descending in product(("PREF_DATE", "DELIB_OBJET"), (False, True))),
    *((SortKey("PREF_DATE", one), SortKey("DELIB_OBJET", other)) for one, other in product((False, True), repeat=2)),
    (SortKey("DELIB_MATIERE_CODE", True), SortKey("PREF_DATE", False)),
]


async def test_pages_follow_the_order_whatever_lacks_a_value(client: httpx.AsyncClient, publish: Publish) -> None:
    rows = [
        deliberation(
            f"{rank:02}",
            PREF_DATE=None if rank % 4 == 0 else f"2024-01-0{1 + rank % 3}",
            DELIB_OBJET=None if rank % 5 == 0 else "x" * (1 + rank % 2),
            DELIB_MATIERE_CODE=None if rank % 6 == 0 else f"7.{rank % 2}",
        )
        for rank in range(31)
    ]
    await publish(rows)
    for sort in SORTS:
        written = ",".join(f"{'-' * key.descending}{key.field}" for key in sort)
        following, found = f"{RECORDS}?limit=4&sort={written}", list[str]()
        while following is not None:
            page = (await client.get(following)).json()
            found += [row["DELIB_ID"] for row in page["data"]]
            following = page["links"]["next"]
        assert found == [row["DELIB_ID"] for row in ordered(rows, sort)], written


@pytest.mark.parametrize("descending", [False, True])
async def test_a_deep_page_begins_in_the_index(
    database: str, publish: Publish, registry: Registry, descending: bool
) -> None:
    await publish([deliberation(f"{rank:03}") for rank in range(300)])
    view = DatasetView("deliberations", None, row_table(registry, "scdl/deliberations"), 1, 0, 1)
    query = RecordsQuery(sort=(SortKey("DELIB_ID", descending),))
    connection = await asyncpg.connect(database)
    await connection.execute("ANALYZE data.deliberations; SET enable_seqscan = off; SET enable_bitmapscan = off")
    present, missing = compile_pages(view, query, Position(150, ("150",)))
    plan = "\n".join(line[0] for line in await connection.fetch(f"EXPLAIN {present.sql}", *present.args))
    await connection.close()
    assert 'Index Cond: (ROW("left"(c_delib_id, 200), row_id)' in plan
    assert ("Index Scan Backward" in plan) == descending
    assert "c_delib_id IS NULL" in missing.sql
    assert whole_order(view, query.sort).startswith("left(c_delib_id, 200)")
