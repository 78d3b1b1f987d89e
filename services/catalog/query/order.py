"""The order of rows, total, and the place in it where a page begins, in forms that indexes serve.

Rows without a value come last in both directions. The row's own number decides between equal rows, in the direction of
the last key. A text that has an index is placed by the beginning that the index holds (see `RowColumn`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.query.statement import Parameters, column_of, parameter_type
from services.catalog.query.tree import SortKey, Value
from services.catalog.view import DatasetView
from shared.rows import RowColumn


@dataclass(frozen=True, slots=True)
class Position:
    """The last row of the page before: its number and its values in the order of the sort keys."""

    row_id: int
    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    column: RowColumn
    descending: bool

    @property
    def expression(self) -> str:
        return self.column.indexed_expression if self.column.indexed else self.column.column


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that follow each other by one index: all that come after the part before, up to the next one."""

    keys: tuple[_Key, ...]
    descends: bool
    """The direction of row numbers."""
    after: Position | None
    """Its values are those of `keys`."""
    only: str = "true"
    """The condition that makes a row one of this part."""
    first_is_present: bool = False
    """No row of this part lacks a value of the first key."""

    @property
    def order(self) -> str:
        """For ORDER BY."""
        first = [_direction(key, nulls=not self.first_is_present) for key in self.keys[:1]]
        return ", ".join([*first, *(_direction(key) for key in self.keys[1:]), f"row_id{' DESC' * self.descends}"])

    def conditions(self, parameters: Parameters) -> list[str]:
        """For WHERE."""
        return [self.only] if self.after is None else [self.only, self._follows(self.after, parameters)]

    def _follows(self, after: Position, parameters: Parameters) -> str:
        if not self.first_is_present:
            return self._beyond(after, parameters)
        symbol = "<" if self.keys[0].descending else ">"
        first = parameters.add(after.values[0], parameter_type(self.keys[0].column))
        if len(self.keys) == 1:
            row_id = parameters.add(after.row_id, "bigint")
            return f"({self.keys[0].expression}, row_id) {symbol} ({first}, {row_id})"
        # The bound is where an index begins to be read.
        return f"{self.keys[0].expression} {symbol}= {first} AND {self._beyond(after, parameters)}"

    def _beyond(self, after: Position, parameters: Parameters) -> str:
        """Equal in the first keys, then beyond in the next one."""
        equal: list[str] = []
        ways: list[str] = []
        for key, value in zip(self.keys, after.values, strict=True):
            if value is None:
                # Nothing comes after "no value" in this key.
                equal.append(f"{key.expression} IS NULL")
                continue
            given = parameters.add(value, parameter_type(key.column))
            beyond = f"({key.expression} {'<' if key.descending else '>'} {given} OR {key.expression} IS NULL)"
            ways.append(" AND ".join([*equal, beyond]))
            equal.append(f"{key.expression} = {given}")
        row_id = parameters.add(after.row_id, "bigint")
        ways.append(" AND ".join([*equal, f"row_id {'<' if self.descends else '>'} {row_id}"]))
        return "(" + " OR ".join(f"({way})" for way in ways) + ")"


def parts_of(view: DatasetView, sort: Sequence[SortKey], after: Position | None) -> tuple[Part, ...]:
    """The rows after a position, in order. An index that is read backwards gives rows without a value first: where the
    first key has one, they are a part of their own."""
    keys, descends = _keys(view, sort), bool(sort) and sort[-1].descending
    if not keys or not keys[0].column.indexed:
        return (Part(keys, descends, after),)
    column = keys[0].column.column
    if after is not None and after.values[0] is None:
        rest = Position(after.row_id, after.values[1:])
        return (Part(keys[1:], descends, rest, only=f"{column} IS NULL"),)
    present = Part(keys, descends, after, only=f"{column} IS NOT NULL", first_is_present=True)
    return (present, Part(keys[1:], descends, None, only=f"{column} IS NULL"))


def whole_order(view: DatasetView, sort: Sequence[SortKey]) -> str:
    """The same order as one ORDER BY, for whoever reads all rows."""
    return Part(_keys(view, sort), bool(sort) and sort[-1].descending, None).order


def sort_values(view: DatasetView, sort: Sequence[SortKey]) -> str:
    """The values of a row that make its position, as SQL."""
    return ", ".join(f"{key.expression} AS v{rank}" for rank, key in enumerate(_keys(view, sort)))


def _keys(view: DatasetView, sort: Sequence[SortKey]) -> tuple[_Key, ...]:
    return tuple(_Key(column_of(key.field, view), key.descending) for key in sort)


def _direction(key: _Key, *, nulls: bool = True) -> str:
    return f"{key.expression}{' DESC' * key.descending}{' NULLS LAST' * nulls}"
