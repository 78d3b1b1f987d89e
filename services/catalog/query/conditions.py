"""Filters as SQL: a condition is true of the rows that fulfil it, and false or null of the others. Values are always
parameters."""

from collections.abc import Sequence

from services.catalog.query.origin import origin_of, rows_whose
from services.catalog.query.places import in_box, near
from services.catalog.query.statement import Parameters, column_of, parameter_type
from services.catalog.query.tree import And, Condition, InBox, Near, Not, Operator, Or, Value, Where, Words
from services.catalog.view import DatasetView
from shared.rows import INDEXED_PREFIX, RowColumn

SYMBOLS = {
    Operator.EXACT: "=",
    Operator.GREATER: ">=",
    Operator.LESS: "<=",
    Operator.STRICTLY_GREATER: ">",
    Operator.STRICTLY_LESS: "<",
}

OPPOSITES = {
    Operator.DIFFERS: Operator.EXACT,
    Operator.NOTIN: Operator.IN,
    Operator.NOTCONTAINS: Operator.CONTAINS,
    Operator.ISNOTNULL: Operator.ISNULL,
}

LAST_CHARACTER = "\U0010ffff"


def compile_condition(where: Where, view: DatasetView, parameters: Parameters) -> str:
    """SQL over the columns of the view's row table, safe to put between `AND`s."""
    match where:
        case And(parts):
            return _joined(parts, "AND", view, parameters) if parts else "true"
        case Or(parts):
            return _joined(parts, "OR", view, parameters) if parts else "false"
        case Not(part):
            return f"(({compile_condition(part, view, parameters)}) IS NOT TRUE)"
        case Condition():
            return _condition(where, view, parameters)
        case Words(words):
            texts = ", ".join(column.column for column in view.table.columns if column.is_text)
            return _holds(f"concat_ws(E'\\x1f', {texts})", words, parameters) if texts else "false"
        case InBox():
            return in_box(where, view, parameters)
        case Near():
            return near(where, view, parameters)


def _joined(parts: tuple[Where, ...], word: str, view: DatasetView, parameters: Parameters) -> str:
    return "(" + f" {word} ".join(compile_condition(part, view, parameters) for part in parts) + ")"


def _condition(condition: Condition, view: DatasetView, parameters: Parameters) -> str:
    field, values = condition.field, condition.values
    if (opposite := OPPOSITES.get(condition.operator)) is not None:
        return compile_condition(Not(Condition(field, opposite, values)), view, parameters)
    if condition.operator is Operator.BETWEEN:
        low, high = values
        ends = Condition(field, Operator.GREATER, (low,)), Condition(field, Operator.LESS, (high,))
        return compile_condition(And(ends), view, parameters)
    if (origin := origin_of(field, view)) is not None:
        return rows_whose(origin, _of_column(origin, condition.operator, values, parameters), view, parameters)
    return _of_column(column_of(field, view), condition.operator, values, parameters)


def _of_column(column: RowColumn, operator: Operator, values: tuple[Value, ...], parameters: Parameters) -> str:
    match operator:
        case Operator.ISNULL:
            return f"{column.column} IS NULL"
        case Operator.CONTAINS | Operator.SEARCH:
            return _holds(column.column, values, parameters)
        case Operator.STARTSWITH:
            return _starts_with(column, str(values[0]), parameters)
        case Operator.IN:
            return _is_one_of(column, values, parameters)
        case _:
            return _compared(column, SYMBOLS[operator], values[0], parameters)


def _compared(column: RowColumn, symbol: str, value: Value, parameters: Parameters) -> str:
    given = parameters.add(value, parameter_type(column))
    compared = f"{column.column} {symbol} {given}"
    if not (column.indexed and column.is_text):
        return compared
    if len(str(value)) < INDEXED_PREFIX:
        # Compared with something shorter, a beginning is in the same place as the whole text.
        return f"{column.indexed_expression} {symbol} {given}"
    # The index holds the beginnings of texts: they fulfil what the whole texts do, or are equal.
    loose = {"<": "<=", ">": ">="}.get(symbol, symbol)
    return f"({column.indexed_expression} {loose} left({given}, {INDEXED_PREFIX}) AND {compared})"


def _is_one_of(column: RowColumn, values: tuple[Value, ...], parameters: Parameters) -> str:
    given = parameters.add(list(values), f"{parameter_type(column)}[]")
    found = f"{column.column} = ANY({given})"
    if not (column.indexed and column.is_text):
        return found
    if all(len(str(value)) < INDEXED_PREFIX for value in values):
        return f"{column.indexed_expression} = ANY({given})"
    beginnings = parameters.add([str(value)[:INDEXED_PREFIX] for value in values], "text[]")
    return f"({column.indexed_expression} = ANY({beginnings}) AND {found})"


def _starts_with(column: RowColumn, beginning: str, parameters: Parameters) -> str:
    found = f"starts_with({column.column}, {parameters.add(beginning, 'text')})"
    if not column.indexed:
        return found
    bounds = [f"{column.indexed_expression} >= {parameters.add(beginning[:INDEXED_PREFIX], 'text')}"]
    if (beyond := _beyond(beginning[:INDEXED_PREFIX])) is not None:
        bounds.append(f"{column.indexed_expression} < {parameters.add(beyond, 'text')}")
    return f"({' AND '.join([*bounds, found])})"


def _beyond(beginning: str) -> str | None:
    """The least text after all those that begin so, in the order of code points; None when there is none."""
    kept = beginning.rstrip(LAST_CHARACTER)
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    # No text holds half of a surrogate pair.
    return kept[:-1] + ("\ue000" if 0xD800 <= following <= 0xDFFF else chr(following))


def _holds(text: str, words: Sequence[Value], parameters: Parameters) -> str:
    """Each word is somewhere in the text. The word is folded once, not for each row."""
    found = (f"strpos(words.fold({text}), (SELECT words.fold({parameters.add(word, 'text')}))) > 0" for word in words)
    return f"({' AND '.join(found)})"
