"""Filters mean what a small model of each operator says, row by row, whatever the values and the nesting."""

import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from catalog_samples import subvention
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.catalog.query.counting import compile_scope
from services.catalog.query.native import read_query_string
from services.catalog.query.statement import Parameters
from services.catalog.query.written import write_list
from services.catalog.view import DatasetView
from shared.models import Deposit
from shared.registry import Registry
from shared.rows import row_table

TEXTS = [
    *("École", "ecole", "ÉCOLE élémentaire", "Œuvres laïques", "oeuvre", "garçon", "Garcon", "strasse", "Straße"),
    *("a", "ab", "ab ", "b", "100 %", "100_%", "\\", "\\\\", "'", '"', '"x", y', "(a,b)", "a=b", "  ", "é" * 199),
    *("é" * 200, "é" * 201, "é" * 200 + "z", "\U0001f600", "\ud7ff", "\ue000", "z\U0010ffff", "\U0010ffff", "\t"),
]
NUMBERS = ["0", "-0.5", "1.50", "1.5", "10", "9.99", "12345678901234567890.125", "1e3"]
DATES = ["2023-12-31", "2024-01-01", "2024-02-29", "2025-06-15"]
BOOLEANS = ["true", "false"]

POOLS: Mapping[str, Sequence[str | None]] = {
    "referenceDecision": [*TEXTS, None],
    "objet": [*reversed(TEXTS), None, None],
    "montant": [*NUMBERS, None],
    "dateConvention": [*DATES, None],
    "notificationUE": [*BOOLEANS, None],
}
ROWS = [
    subvention("", "0", nomBeneficiaire=f"{rank}")
    | {name: pool[(rank * step + rank // len(pool)) % len(pool)] for step, (name, pool) in enumerate(POOLS.items(), 1)}
    for rank in range(90)
]
SEEN = ("nomAttribuant", "idAttribuant", "nomBeneficiaire", "idBeneficiaire", "nature", "referenceDecision", "objet")
"""The texts of a row that `q` looks into."""

Model = Callable[[Mapping[str, str | None]], bool]


def typed(field: str, text: str) -> Any:
    readers: Mapping[str, Callable[[str], Any]] = {
        "montant": Decimal,
        "dateConvention": date.fromisoformat,
        "notificationUE": lambda one: one == "true",
    }
    return readers.get(field, str)(text)


def fold(text: str) -> str:
    for written, plain in (("œ", "oe"), ("Œ", "OE"), ("ß", "ss")):
        text = text.replace(written, plain)
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Mn")
    return bare.lower()


OPERATORS: Mapping[str, Callable[[Any, list[Any]], bool]] = {
    "exact": lambda value, given: bool(value == given[0]),
    "contains": lambda value, given: fold(given[0]) in fold(value),
    "startswith": lambda value, given: value.startswith(given[0]),
    "in": lambda value, given: value in given,
    "less": lambda value, given: value <= given[0],
    "greater": lambda value, given: value >= given[0],
    "strictly_less": lambda value, given: value < given[0],
    "strictly_greater": lambda value, given: value > given[0],
    "between": lambda value, given: given[0] <= value <= given[1],
    "search": lambda value, given: all(fold(word) in fold(value) for word in given[0].split()),
    "isnotnull": lambda value, given: True,
}
"""Of a value that is there; rows without one fulfil none of them."""
NEGATED = {"differs": "exact", "notcontains": "contains", "notin": "in", "isnull": "isnotnull"}
OF_TEXTS = ("contains", "notcontains", "startswith", "search")
ORDERED = ("less", "greater", "strictly_less", "strictly_greater", "between")


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it is written, and what it means."""

    name: str
    value: str
    holds: Model

    @property
    def as_member(self) -> str:
        """As it stands in a group, every value quoted."""
        return f"{self.name}={self.value}" if self.name in ("or", "and", "not") else f"{self.name}={quoted(self.value)}"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@st.composite
def conditions(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from([*POOLS]))
    fits = [one for one in (*OPERATORS, *NEGATED) if field in ("referenceDecision", "objet") or one not in OF_TEXTS]
    operator = draw(st.sampled_from([one for one in fits if field != "notificationUE" or one not in ORDERED]))
    count = {"between": 2, "in": 3, "notin": 3, "isnull": 0, "isnotnull": 0}.get(operator, 1)
    pool = st.sampled_from([one for one in POOLS[field] if one is not None])
    if field in ("referenceDecision", "objet"):
        pool |= st.text(st.sampled_from('éEcC aœ%_\\"(,)=\U0010ffff'), max_size=4)
    values = draw(st.lists(pool, min_size=count, max_size=count))
    if operator == "search" and not values[0].split():
        values = ["ecole"]
    written = write_list(values) if operator in ("in", "notin", "between") else "".join(values)

    def holds(row: Mapping[str, str | None]) -> bool:
        value = row[field]
        given = [typed(field, one) for one in values]
        plain = NEGATED.get(operator, operator)
        return (value is not None and OPERATORS[plain](typed(field, value), given)) is not (operator in NEGATED)

    return Asked(f"{field}__{operator}", written, holds)


def grouped(parts: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    def group(name: str, members: list[Asked]) -> Asked:
        members = members[:1] if name == "not" else members
        models: Mapping[str, Model] = {
            "or": lambda row: any(one.holds(row) for one in members),
            "and": lambda row: all(one.holds(row) for one in members),
            "not": lambda row: not members[0].holds(row),
        }
        return Asked(name, f"({','.join(one.as_member for one in members)})", models[name])

    return st.builds(group, st.sampled_from(["or", "and", "not"]), st.lists(parts, min_size=1, max_size=3))


filters = conditions() | grouped(conditions() | grouped(conditions()))
many = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows, published."""

    connection: asyncpg.Connection
    view: DatasetView

    async def ask(self, *parameters: tuple[str, str]) -> set[str]:
        """Names of the rows that fulfil the filters."""
        values = Parameters()
        scope = compile_scope(self.view, read_query_string(parameters, self.view).query.where, values)
        sql = f"SELECT c_nom_beneficiaire AS name FROM {self.view.table.qualified} WHERE {scope}"
        return {row["name"] for row in await self.connection.fetch(sql, *values.values)}


@pytest.fixture
async def ground(
    database: str, publish: Callable[..., Awaitable[Deposit]], registry: Registry
) -> AsyncIterator[Ground]:
    await publish(ROWS, schema_name="scdl/subventions", scope="all")
    connection = await asyncpg.connect(database, server_settings={"role": "socle_reader"})
    yield Ground(connection, DatasetView("subventions", None, row_table(registry, "scdl/subventions"), 1, 0, 1))
    await connection.close()


def expected(holds: Model) -> set[str]:
    return {str(row["nomBeneficiaire"]) for row in ROWS if holds(row)}


@many
@given(asked=filters)
async def test_a_filter_keeps_the_rows_that_its_model_keeps(ground: Ground, asked: Asked) -> None:
    assert await ground.ask((asked.name, asked.value)) == expected(asked.holds), (asked.name, asked.value)


@many
@given(several=st.lists(conditions(), min_size=2, max_size=4))
async def test_filters_hold_together(ground: Ground, several: list[Asked]) -> None:
    found = await ground.ask(*((one.name, one.value) for one in several))
    assert found == expected(lambda row: all(one.holds(row) for one in several))


@many
@given(words=st.lists(st.sampled_from(["ECOLE", "elem", "œuvre", "Muret", "%", "_", "garcon", "zz", "31"]), min_size=1))
@example(words=["laique", "strasse"])
async def test_q_finds_rows_whose_texts_have_all_words(ground: Ground, words: list[str]) -> None:
    found = await ground.ask(("q", " ".join(words)))
    assert found == expected(
        lambda row: all(any(fold(word) in fold(row[name] or "") for name in SEEN) for word in words)
    )


async def test_an_operator_and_its_negation_share_out_all_rows(ground: Ground) -> None:
    for negated, plain in NEGATED.items():
        value = "" if plain == "isnotnull" else "a"
        kept = await ground.ask((f"objet__{plain}", value))
        left = await ground.ask((f"objet__{negated}", value))
        assert kept | left == expected(lambda _: True)
        assert not kept & left


@pytest.mark.parametrize("operator", ["exact", "in", "startswith", "greater", "between"])
async def test_an_indexed_text_is_found_through_its_index(ground: Ground, operator: str) -> None:
    values = Parameters()
    asked = read_query_string(
        [(f"idBeneficiaire__{operator}", "300,301" if operator == "between" else "300")], ground.view
    )
    scope = compile_scope(ground.view, asked.query.where, values)
    await ground.connection.execute("SET enable_seqscan = off")
    lines = await ground.connection.fetch(
        f"EXPLAIN SELECT FROM {ground.view.table.qualified} WHERE {scope}", *values.values
    )
    assert "ix_subventions_c_id_beneficiaire" in "\n".join(line[0] for line in lines)
