"""Pages of one value: the same rows by whichever plan, and one plan for all values."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest
from catalog_samples import deliberation
from journal import MURET

from services.catalog.query.compile import compile_pages
from services.catalog.query.native import read_query_string
from services.catalog.query.one_value import one_value
from services.catalog.query.order import Position
from services.catalog.query.tree import RecordsQuery
from services.catalog.view import DatasetView
from shared.models import Deposit
from shared.registry import Registry
from shared.rows import row_table

Publish = Callable[..., Awaitable[Deposit]]

VALUES = ["a", "a", "a", "b", "", "'; --", "é", "x" * 199, "x" * 200, "x" * 201, "\U0001f600"]


@pytest.fixture
async def reader(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database, server_settings={"role": "socle_reader"})
    yield connection
    await connection.close()


def view_of(registry: Registry, **said: object) -> DatasetView:
    plain = DatasetView("deliberations", None, row_table(registry, "scdl/deliberations"), 1, 0, 1)
    return replace(plain, **said)


def asked(view: DatasetView, *parameters: tuple[str, str]) -> RecordsQuery:
    return read_query_string(parameters, view).query


async def test_the_rows_are_those_that_any_other_plan_finds(
    reader: asyncpg.Connection, publish: Publish, registry: Registry
) -> None:
    """Of a data set that fills its table and of the whole table; from the beginning, and after each row."""
    await publish([deliberation(value, DELIB_OBJET=str(rank)) for rank, value in enumerate(VALUES)])
    number = await reader.fetchval("SELECT number FROM catalog.dataset WHERE id = 'deliberations-muret'")
    for of in (None, number):
        view = view_of(registry, number=of)
        filling = replace(view, fills_table=True)
        for value in {*VALUES, "c"}:
            query = asked(view, ("DELIB_ID", value), ("limit", "2"))
            for after in (None, *(Position(row_id, ()) for row_id in range(1, len(VALUES) + 1))):
                (plain,), (once,) = compile_pages(view, query, after), compile_pages(filling, query, after)
                assert (plain.sql != once.sql) == (len(value) < 200)
                rows = await reader.fetch(plain.sql, *plain.args)
                assert await reader.fetch(once.sql, *once.args) == rows


async def test_a_page_is_planned_once_by_the_index_of_its_column(
    reader: asyncpg.Connection, database: str, publish: Publish, registry: Registry
) -> None:
    await publish([deliberation(f"{rank // 10:03}", DELIB_OBJET=str(rank)) for rank in range(3000)])
    owner = await asyncpg.connect(database)
    await owner.execute("ANALYZE data.deliberations")
    await owner.close()
    view = view_of(registry, fills_table=True)
    for after in (None, Position(1, ())):
        for rank in range(10):
            (page,) = compile_pages(view, asked(view, ("DELIB_ID", f"{rank:03}"), ("limit", "5")), after)
            await reader.fetch(page.sql, *page.args)
        plans = await reader.fetch(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1", page.sql
        )
        assert [tuple(one) for one in plans] == [(5, 5)]
        lines = await reader.fetch(f"EXPLAIN {page.sql}", *page.args)
        plan = "\n".join(line[0] for line in lines)
        assert "Index Scan using ix_deliberations_c_delib_id" in plan
        assert "Bitmap" not in plan


@pytest.mark.parametrize(
    "parameters",
    [
        [("DELIB_ID__greater", "1")],
        [("DELIB_ID", "1"), ("DELIB_OBJET", "2")],
        [("DELIB_ID", "1"), ("sort", "DELIB_ID")],
        [("DELIB_MATIERE_NOM", "1")],
        [("organisation_siren", MURET)],
        [],
    ],
)
def test_other_questions_are_planned_by_their_values(registry: Registry, parameters: list[tuple[str, str]]) -> None:
    view = view_of(registry, fills_table=True)
    assert one_value(view, asked(view, *parameters)) is None


def test_another_publication_may_be_far_from_filling_the_table(registry: Registry) -> None:
    view = view_of(registry, fills_table=True)
    assert view.at(1, 1).fills_table
    assert not view.at(0, None).fills_table
