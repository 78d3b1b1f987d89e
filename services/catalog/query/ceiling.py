"""Groupings that make too many groups for a question: PostgreSQL tells what it expects before it makes them."""

from dataclasses import dataclass, field, replace

import orjson

from services.catalog.query.aggregate import compile_expected
from services.catalog.query.aggregate_tree import AggregateQuery, GroupKey
from services.catalog.query.ask import Asks, QueryTooCostly
from services.catalog.query.tree import EVERYTHING
from services.catalog.view import DatasetView

REMEMBERED = 2_000
"""Groupings known to be few, per process."""

Grouping = tuple[str, int, tuple[GroupKey, ...]]


@dataclass(frozen=True, slots=True)
class GroupCeiling:
    """`groups`: how many are made at most, 0 for any number. What is few without a filter is asked once."""

    groups: int
    _few: set[Grouping] = field(default_factory=set)

    async def check(self, asks: Asks, view: DatasetView, query: AggregateQuery) -> None:
        """Raises QueryTooCostly."""
        grouping = (view.dataset_id, view.publication, query.keys)
        if not query.keys or not self.groups or grouping in self._few:
            return
        if await _expected(asks, view, replace(query, where=EVERYTHING)) <= self.groups:
            if len(self._few) >= REMEMBERED:
                self._few.clear()
            self._few.add(grouping)
            return
        expected = await _expected(asks, view, query)
        if expected > self.groups:
            names = ", ".join(f"« {key.asked} »" for key in query.keys)
            raise QueryTooCostly(
                f"Grouper par {names} ferait environ {expected} groupes ; il s'en calcule {self.groups} au plus.",
                action="Filtrez les lignes, retirez la colonne dont presque chaque ligne a sa valeur, ou groupez par "
                "période ou par intervalles.",
            )


async def _expected(asks: Asks, view: DatasetView, query: AggregateQuery) -> int:
    (row,) = await asks.fetch(compile_expected(view, query))
    return int(orjson.loads(row["QUERY PLAN"])[0]["Plan"]["Plan Rows"])
