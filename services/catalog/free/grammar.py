"""What the schema of a free data set may say: types with their formats and constraints, and what these are worth."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite

from services.catalog.free.said import readable
from shared.registry.patterns import needs_python

MAX_NAME, MAX_LINE, MAX_PROSE, MAX_PATTERN = 100, 200, 2_000, 500
"""Characters."""

MAX_ENUM, MAX_WORDS, MAX_KEY = 1_000, 20, 16
"""Values of an enumeration; missing, true or false words; fields of the primary key."""

FORMATS: Mapping[str, tuple[str, ...]] = {
    "string": ("default", "email", "uri", "uuid"),
    "integer": ("default",),
    "number": ("default",),
    "boolean": ("default",),
    "date": ("default",),
    "datetime": ("default",),
    "time": ("default",),
    "year": ("default",),
    "yearmonth": ("default",),
    "geopoint": ("default", "array"),
}
"""Type → its formats."""

BOUNDS = ("minimum", "maximum")
LENGTHS = ("minLength", "maxLength")

CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "string": (*LENGTHS, "pattern", "enum"),
    "integer": (*BOUNDS, "enum"),
    "number": (*BOUNDS, "enum"),
    "date": (*BOUNDS, "enum"),
    "year": (*BOUNDS, "enum"),
}
"""Type → its constraints, beside `required` and `unique`."""


def _boolean(_kind: str, value: object) -> str | None:
    return None if isinstance(value, bool) else "il faut true ou false"


def _length(_kind: str, value: object) -> str | None:
    is_length = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**6
    return None if is_length else "il faut un nombre entier de caractères"


def of_type(kind: str, value: object) -> str | None:
    """Why a value cannot bound a column of this type, or be in its enumeration."""
    return None if _VALUES[kind](value) else f"il faut une valeur de type « {kind} »"


def _is_text(value: object) -> bool:
    try:
        return isinstance(value, str) and 1 <= len(value) <= MAX_LINE and bool(readable(value))
    except ValueError:
        return False


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and isfinite(value) and abs(value) < 1e15)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9999


_VALUES: Mapping[str, Callable[[object], bool]] = {
    "string": _is_text,
    "integer": _is_integer,
    "number": _is_number,
    "date": _is_date,
    "year": _is_year,
}


def enumeration(kind: str, values: object) -> str | None:
    """What is wrong with an enumeration."""
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_ENUM:
        return f"il faut une liste de 1 à {MAX_ENUM} valeurs"
    wrong = [one for one in values if of_type(kind, one)]
    if wrong:
        return f"« {str(wrong[0])[:40]} » n'est pas une valeur de type « {kind} »"
    return "une valeur y est deux fois" if len(set(map(str, values))) < len(values) else None


def _pattern(_kind: str, pattern: object) -> str | None:
    if not isinstance(pattern, str) or not 1 <= len(pattern) <= MAX_PATTERN:
        return f"il faut une expression régulière d'au plus {MAX_PATTERN} caractères"
    try:
        readable(pattern)
        slow = needs_python(pattern)
    except (ValueError, re.error, RecursionError, OverflowError):
        return "cette expression régulière ne se lit pas"
    return "cette expression régulière demande un retour en arrière (regard, référence, drapeau…)" if slow else None


CHECKS: Mapping[str, Callable[[str, object], str | None]] = {
    "required": _boolean,
    "unique": _boolean,
    "minLength": _length,
    "maxLength": _length,
    "minimum": of_type,
    "maximum": of_type,
    "pattern": _pattern,
    "enum": enumeration,
}
"""Constraint → what is wrong with its value for a type (French), None for nothing."""
