"""The rows of one value of an indexed column, in the order of their numbers: what is asked most, and planned once.

Planning such a page takes PostgreSQL longer than reading it. Where nearly all rows of the table are the data set's, the
index of the column is right whatever the value is: it gives the rows of the value in order, and no others. So the
planner is shown no value (`Parameters.unseen`), and keeps its first plan. Bounds and order are written as those of that
index, and what else must hold of the rows as a CASE, in which no index is looked for and few rows are expected to fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.query.order import Position
from services.catalog.query.statement import Parameters, parameter_type
from services.catalog.query.tree import And, Condition, Operator, RecordsQuery, Value
from services.catalog.view import ORIGIN_FIELDS, DatasetView
from shared.rows import INDEXED_PREFIX, RowColumn


@dataclass(frozen=True, slots=True)
class OneValue:
    """A column whose index holds the whole value."""

    column: RowColumn
    value: Value

    @property
    def order(self) -> str:
        """For ORDER BY: that of row numbers, since the values are equal."""
        return f"{self.column.indexed_expression}, row_id"

    def conditions(self, scope: Sequence[str], after: Position | None, parameters: Parameters) -> Sequence[str]:
        """For WHERE. `scope`: what else must hold."""
        expression, given = self.column.indexed_expression, parameters.add(self.value, parameter_type(self.column))
        if after is None:
            begins = f"{expression} >= {given}"
        else:
            begins = f"({expression}, row_id) > ({given}, {parameters.add(after.row_id, 'bigint')})"
        return [begins, f"{expression} <= {given}", f"CASE WHEN {' AND '.join(scope)} THEN true ELSE false END"]


def one_value(view: DatasetView, query: RecordsQuery) -> OneValue | None:
    """What a page asks for, if that is all it asks for, and one plan is right for every value."""
    match query:
        case RecordsQuery(where=And((Condition(field, Operator.EXACT, (value,)),)), sort=()) if view.fills_table:
            column = None if view.is_consolidated and field in ORIGIN_FIELDS else view.table.column(field)
            if column is None or not column.indexed or (column.is_text and len(str(value)) >= INDEXED_PREFIX):
                return None
            return OneValue(column, value)
    return None
