"""Texts of a request read as values of a column's type; what cannot be read is refused, never guessed."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from services.catalog.query.tree import Value
from shared.errors import InvalidParameter
from shared.rows import RowColumn

BIGINT = range(-(2**63), 2**63)
MAX_EXPONENT = 1000
MAX_NUMBER_CHARACTERS = 400
"""Of a number in a question; PostgreSQL would write it out in full."""

_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d{1,7}(\.\d{1,20})?", re.ASCII)
_NO_SURROGATE = re.compile(r"[^\ud800-\udfff]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

EXPECTED = {
    "integer": "un nombre entier",
    "year": "une année (AAAA)",
    "number": "un nombre, avec un point décimal",
    "date": "une date AAAA-MM-JJ",
    "boolean": "true ou false",
}


def read_value(parameter: str, text: str, column: RowColumn) -> Value:
    """`text` as a value of the column. Raises InvalidParameter, naming the parameter."""
    value = read_text(parameter, text) if column.is_text else _read(text, column)
    if value is None:
        raise InvalidParameter(
            parameter,
            f"« {text[:60]} » ne peut pas être comparé à la colonne « {column.field_name} ».",
            action=f"Donnez {EXPECTED[column.field_type]}.",
        )
    return value


def read_text(parameter: str, text: str) -> str:
    """Any text that a row could hold: no NUL, no half of a surrogate pair. Raises InvalidParameter."""
    if "\0" in text or not (text.isascii() or _NO_SURROGATE.fullmatch(text)):
        raise InvalidParameter(
            parameter, "La valeur contient un caractère qui n'existe dans aucune donnée.", action="Retirez-le."
        )
    return text


def read_number(parameter: str, text: str) -> Decimal:
    """A number, with an exponent or not. Raises InvalidParameter."""
    number = _number(text)
    if number is None:
        raise InvalidParameter(
            parameter, f"« {text[:60]} » n'est pas un nombre.", action=f"Donnez {EXPECTED['number']}."
        )
    return number


def read_degrees(text: str) -> Decimal | None:
    """A plain decimal number (degrees, metres), or None."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _read(text: str, column: RowColumn) -> Value | None:
    match column.field_type:
        case "integer" | "year":
            return int(text) if _INTEGER.fullmatch(text) and int(text) in BIGINT else None
        case "number":
            return _number(text)
        case "date":
            return _date(text)
        case _:
            words = {"true": True, "false": False, column.true_text: True, column.false_text: False}
            return words.get(text)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text) if len(text) <= MAX_NUMBER_CHARACTERS and _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None
    return number if number is not None and abs(number.adjusted()) <= MAX_EXPONENT else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
