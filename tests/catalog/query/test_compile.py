"""The tree as SQL, against a real database: whatever the values are, they stay values."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
import pytest
from catalog_samples import deliberation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.query.compile import compile_pages
from services.catalog.query.native import read_query_string
from services.catalog.view import DatasetView
from shared.errors import InvalidParameter
from shared.models import Deposit
from shared.registry import Registry
from shared.rows import row_table

HOSTILE = [
    *("'", "''", '"', "\\", "$1", "%s", ":x", "--", "/*", "{}", "é’œ", "\u2028", " ", "NULL", "\r\n"),
    *("a'; DROP TABLE data.deliberations; --", "' OR '1'='1", "x" * 200, "x" * 201, "x" * 300, "\U0001f600"),
]

texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=250)
COMPARISONS: dict[str, Callable[[bytes, bytes], bool]] = {
    "": lambda one, other: one == other,
    "__greater": lambda one, other: one >= other,
    "__less": lambda one, other: one <= other,
    "__strictly_greater": lambda one, other: one > other,
    "__strictly_less": lambda one, other: one < other,
}
many = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Délibérations whose numbers (an indexed column) and objects (another) are the hostile texts."""

    connection: asyncpg.Connection
    view: DatasetView

    async def ask(self, parameters: Sequence[tuple[str, str]]) -> list[str]:
        """The records, as JSON texts."""
        asked = read_query_string([*parameters, ("limit", "1000")], self.view)
        statements = compile_pages(self.view, asked.query, None)
        return [row["record"] for one in statements for row in await self.connection.fetch(one.sql, *one.args)]


@pytest.fixture
async def ground(
    database: str, publish: Callable[..., Awaitable[Deposit]], registry: Registry
) -> AsyncIterator[Ground]:
    await publish([deliberation(value, DELIB_OBJET=value) for value in HOSTILE])
    connection = await asyncpg.connect(database, server_settings={"role": "socle_reader"})
    yield Ground(connection, DatasetView("deliberations", None, row_table(registry, "scdl/deliberations"), 1, 0, 1))
    await connection.close()


@many
@given(value=texts, field=st.sampled_from(["DELIB_ID", "DELIB_OBJET"]), comparison=st.sampled_from([*COMPARISONS]))
async def test_a_text_is_compared_byte_by_byte_whatever_it_holds(
    ground: Ground, value: str, field: str, comparison: str
) -> None:
    if "\0" in value:
        with pytest.raises(InvalidParameter):
            await ground.ask([(field + comparison, value)])
        return
    found = await ground.ask([(field + comparison, value)])
    expected = [one for one in HOSTILE if COMPARISONS[comparison](one.encode(), value.encode())]
    assert len(found) == len(expected)


@many
@given(
    name=texts | st.sampled_from(["c_delib_id", "row_id", "organisation_siren__like", "DELIB_ID__like", "__greater"]),
    place=st.sampled_from(["filter", "sort", "select", "limit"]),
)
async def test_a_name_that_is_not_a_column_never_reaches_the_database(ground: Ground, name: str, place: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        await ground.ask([(name, "1")] if place == "filter" else [(place, name)])
    assert refused.value.status == 400


@many
@given(field=st.sampled_from(["organisation_siren", "organisation_nom__startswith", "deposit_id__search"]), text=texts)
async def test_where_a_row_comes_from_is_compared_with_a_value_too(ground: Ground, field: str, text: str) -> None:
    if "\0" not in text and text.strip() and not "Muret".startswith(text):
        assert await ground.ask([(field, f"{text}zz")]) == []


async def test_every_row_is_still_there(ground: Ground) -> None:
    assert len(await ground.ask([("sort", "-DELIB_ID,DELIB_OBJET")])) == len(HOSTILE)


async def test_an_indexed_text_is_found_through_its_index(ground: Ground) -> None:
    asked = read_query_string([("DELIB_ID", "--"), ("limit", "5")], ground.view)
    (statement,) = compile_pages(ground.view, asked.query, None)
    await ground.connection.execute("SET enable_seqscan = off")
    lines = await ground.connection.fetch(f"EXPLAIN {statement.sql}", *statement.args)
    plan = "\n".join(line[0] for line in lines)
    assert "ix_deliberations_c_delib_id" in plan
    assert "Sort" not in plan.split("->")[2]
