"""How much a publication writes, by PostgreSQL's own count."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from catalog_samples import deliberation

from services.catalog.publish import PublishTools
from shared.models import Deposit

ROWS = 100_000


async def _written(database: str, tools: PublishTools) -> int:
    """Rows of the table that have been written, updates included. A connection tells its figures when it ends."""
    await tools.engine.dispose()
    connection = await asyncpg.connect(database)
    try:
        return int(
            await connection.fetchval(
                "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'deliberations'"
            )
        )
    finally:
        await connection.close()


@pytest.mark.long
async def test_a_re_push_with_one_row_in_a_hundred_changed_writes_two_rows_in_a_hundred(
    database: str, publish: Callable[..., Awaitable[Deposit]], tools: PublishTools
) -> None:
    rows = [deliberation(f"{number:06}") for number in range(ROWS)]
    await publish(rows)
    before = await _written(database, tools)
    assert before == ROWS
    for number in range(0, ROWS, 100):
        rows[number] = deliberation(f"{number:06}", DELIB_OBJET="Corrigée")
    ended = await publish(rows)
    assert ended.state == "published"
    assert await _written(database, tools) - before == 2 * ROWS // 100
