"""Filters as SQL, each condition true or false of every row. Values are always parameters."""

from services.catalog.query.statement import Parameters, column_of, parameter_type
from services.catalog.query.tree import And, Condition, InBox, Near, Not, Operator, Or, Where, Words
from services.catalog.view import ORIGIN_FIELDS, DatasetView
from shared.rows import INDEXED_PREFIX

SYMBOLS = {
    Operator.EXACT: "=",
    Operator.GREATER: ">=",
    Operator.LESS: "<=",
    Operator.STRICTLY_GREATER: ">",
    Operator.STRICTLY_LESS: "<",
}


def compile_condition(where: Where, view: DatasetView, parameters: Parameters) -> str:
    """SQL over the columns of the view's row table; whatever stands around it, it is one operand."""
    match where:
        case And(parts):
            return _joined(parts, "AND", view, parameters) if parts else "true"
        case Or(parts):
            return _joined(parts, "OR", view, parameters) if parts else "false"
        case Not(part):
            return f"({compile_condition(part, view, parameters)}) IS NOT TRUE"
        case Condition():
            return _condition(where, view, parameters)
        case Words() | InBox() | Near():
            raise NotImplementedError


def _joined(parts: tuple[Where, ...], word: str, view: DatasetView, parameters: Parameters) -> str:
    return "(" + f" {word} ".join(compile_condition(part, view, parameters) for part in parts) + ")"


def _condition(condition: Condition, view: DatasetView, parameters: Parameters) -> str:
    (value,) = condition.values
    if condition.field in ORIGIN_FIELDS and view.is_consolidated:
        siren = parameters.add(value, "text")
        schema = parameters.add(view.table.schema_name, "text")
        return (
            "dataset_id IN (SELECT number FROM catalog.dataset "  # noqa: S608 - placeholders
            f"WHERE organisation_siren = {siren} AND schema_name = {schema})"
        )
    column, symbol = column_of(condition.field, view), SYMBOLS[condition.operator]
    given = parameters.add(value, parameter_type(column))
    compared = f"{column.column} {symbol} {given}"
    if not (column.indexed and column.is_text):
        return compared
    # The index holds the beginnings of texts: they fulfil what the whole texts do, or are equal.
    loose = {"<": "<=", ">": ">="}.get(symbol, symbol)
    return f"{column.indexed_expression} {loose} left({given}, {INDEXED_PREFIX}) AND {compared}"
