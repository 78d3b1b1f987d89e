"""SQL being written: its parameters, in order, and where declared columns are kept."""

from dataclasses import dataclass, field

from services.catalog.view import DatasetView
from shared.rows import RowColumn

PARAMETER_TYPES = {"integer": "bigint", "year": "bigint", "number": "numeric", "date": "date", "boolean": "boolean"}
"""Table Schema type → type of the parameter; any other is text. A year is compared as a bigint: 99999 is none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `$1, $2…` and their values."""

    sql: str
    args: tuple[object, ...]


@dataclass(slots=True)
class Parameters:
    """The values of a statement, in the order of their `$n`."""

    values: list[object] = field(default_factory=list)
    unseen: bool = False
    """The planner sees no value, ever: PostgreSQL plans once, and keeps the plan as long as the connection. Only for
    statements that have one good plan, whatever the values."""

    def add(self, value: object, sql_type: str) -> str:
        """The placeholder of a value."""
        self.values.append(value)
        placeholder = f"${len(self.values)}::{sql_type}"
        return f"(SELECT {placeholder})" if self.unseen else placeholder


def parameter_type(column: RowColumn) -> str:
    """The SQL type of values that are compared with the column."""
    return PARAMETER_TYPES.get(column.field_type, "text")


def column_of(name: str, view: DatasetView) -> RowColumn:
    """Where a declared field is kept. LookupError for another name: dialects let none through."""
    column = view.table.column(name)
    if column is None:
        raise LookupError(f"{name!r} is not a column of {view.table.name}: the dialect let it through")
    return column
