"""Typed values as the text that their field needs. What a spreadsheet made a number, a date or a boolean, and what a
field of text needs back, is said.

    32402138500000.0 in a SIRET        -> "32402138500000"   said
    1001.0 in a field of `^\\d{5}$`     -> "01001"            said: one zero, and the pattern, leave no other choice
    2024.0 in a year, 8.5 in a number  -> "2024", "8.5"      nothing to say
    2017-10-15 00:00:00 in a date      -> "2017-10-15"       said
    1.2345678901234568e+20 in a text   -> the same           digits are lost: it must not look like an identifier
"""

import datetime
import re
from collections.abc import Callable, Sequence
from functools import partial

from services.validator.checks.identifiers import luhn
from shared.registry import SchemaField

EXACT_UNTIL = 10**15
"""Whole numbers below it are exact in a spreadsheet, which keeps 15 digits."""

PADDED = {5: 1, 9: 2, 14: 2}
"""Digits of an identifier (commune, SIREN, SIRET) → leading zeros that a number may have lost."""

SHOWN_UNTIL = 10**11
"""Larger whole numbers are shown as 3.24E+13 in a cell that has no format of its own."""

TRUE_TEXTS = ("true", "True", "TRUE", "1")
FALSE_TEXTS = ("false", "False", "FALSE", "0")

Value = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | datetime.timedelta
Render = Callable[[Value], str]


def renderer(kind: type, field: SchemaField | None) -> Render:
    """How values of a type are written in a field (None: outside the schema)."""
    if kind is bool:
        return partial(_boolean, field=field)
    if issubclass(kind, int | float):
        is_text = field is not None and field.type in ("string", "any")
        return partial(_identifier, field=field) if field is not None and is_text else _number
    return partial(_date, field=field) if issubclass(kind, datetime.date) else _duration


def is_said(value: Value, text: str, field: SchemaField | None) -> bool:
    """Whether a text is not what the vendor sees in the cell."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return (
        field is not None and field.type in ("string", "any") and (abs(value) >= SHOWN_UNTIL or text != _number(value))
    )


def shown_before(value: Value) -> str:
    """A value as a French spreadsheet shows it."""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    return str(value)


def render_column(values: Sequence[Value], field: SchemaField | None) -> tuple[list[str], list[int]]:
    """The texts of a column, and which rows (0-based) are to be said."""
    kinds = set(map(type, values)) - {str}
    if not kinds:
        return list(values), []  # type: ignore[arg-type]  # all of them are texts
    written = {kind: renderer(kind, field) for kind in kinds}
    known: dict[Value, tuple[str, bool]] = {}
    if len(kinds & {bool, int, float}) > 1:  # 1, 1.0 and True are one key
        texts = [value if isinstance(value, str) else written[type(value)](value) for value in values]
        said = [
            at for at, value in enumerate(values) if not isinstance(value, str) and is_said(value, texts[at], field)
        ]
        return texts, said
    for value in set(values):
        if not isinstance(value, str):
            text = written[type(value)](value)
            known[value] = (text, is_said(value, text, field))
    texts = [value if value.__class__ is str else known[value][0] for value in values]
    if not any(is_told for _, is_told in known.values()):
        return texts, []
    return texts, [at for at, value in enumerate(values) if value.__class__ is not str and known[value][1]]


def _number(value: Value) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_UNTIL:
        return str(int(value))
    return str(value)


def _identifier(value: Value, *, field: SchemaField) -> str:
    if not isinstance(value, int | float):
        return str(value)
    if not (float(value).is_integer() and abs(value) < EXACT_UNTIL):
        return str(value) if abs(value) < EXACT_UNTIL else f"{value:e}"
    return with_zeros(str(int(value)), field.constraints.get("pattern"))


def with_zeros(digits: str, pattern: str | None) -> str:
    """An identifier whose leading zeros were lost, with them if the pattern and its control key leave no choice."""
    if pattern is None or not digits.isdecimal() or re.fullmatch(pattern, digits):
        return digits
    candidates = [
        padded
        for length, zeros in PADDED.items()
        if len(digits) < length <= len(digits) + zeros
        and re.fullmatch(pattern, padded := digits.zfill(length))
        and (length == 5 or luhn(padded))
    ]
    return candidates[0] if len(candidates) == 1 else digits


def _boolean(value: Value, *, field: SchemaField | None) -> str:
    default = TRUE_TEXTS if value else FALSE_TEXTS
    given = field.descriptor.get("trueValues" if value else "falseValues") if field is not None else None
    accepted = given or default
    return default[0] if default[0] in accepted else str(accepted[0])


def _date(value: Value, *, field: SchemaField | None) -> str:
    wants_time = field is not None and field.type == "datetime"
    if isinstance(value, datetime.datetime):
        if any((value.hour, value.minute, value.second, value.microsecond)) or wants_time:
            return value.isoformat()
        value = value.date()
    if not isinstance(value, datetime.date):
        return str(value)
    if field is not None and field.type == "date" and "%" in field.format:
        return value.strftime(field.format)
    return f"{value.isoformat()}T00:00:00" if wants_time else value.isoformat()


def _duration(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime.time) else str(value)
