"""What Frictionless says of one cell, in our codes. The only room that knows Frictionless.

Frictionless gets texts, never paths or names that a depositor chose. Where it would accept what cannot be published
(NaN, digits of other scripts, numbers that no database keeps) or would crash, our own finding says so:

    integer `١٢` → exotic-digits        number `NaN` → number-not-finite        integer `9…9` (20) → out of range
    pattern `^\\d{5}$` on `01001⏎` or on full-width digits → pattern-mismatch, exotic-digits
"""

import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from frictionless import Field, Schema

from services.validator.checks.suggest import suggest
from services.validator.findings import FindingCode
from services.validator.standardise.values import canonical_text
from shared.registry import SchemaField, SchemaVersion

UNSUPPORTED = ("unique",)
"""Constraints between rows that no schema of the registry uses; a schema that has one must not pass unnoticed."""

BIGINT = range(-(2**63), 2**63)

PLAIN_FORMATS = {
    "default": None,
    "uri": re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/-]*)?"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}
"""Formats of strings → texts certainly of that format (None: any), told ten times as fast as by asking."""

PROVABLE = frozenset({"required", "pattern", "minLength", "maxLength"})
"""Constraints of strings that can be proved without asking."""

EXPONENT_LIMIT = 100
"""Digits before or after the point: far beyond any amount, far within PostgreSQL's `numeric`."""

TYPE_CODES: Mapping[tuple[str, str] | str, FindingCode] = {
    "date": FindingCode.DATE_FORMAT,
    "datetime": FindingCode.DATETIME_FORMAT,
    "year": FindingCode.YEAR_FORMAT,
    "integer": FindingCode.INTEGER_FORMAT,
    "number": FindingCode.NUMBER_FORMAT,
    "boolean": FindingCode.BOOLEAN_VALUE,
    "array": FindingCode.ARRAY_FORMAT,
    ("string", "uri"): FindingCode.URI_FORMAT,
    ("string", "email"): FindingCode.EMAIL_FORMAT,
    ("string", "uuid"): FindingCode.UUID_FORMAT,
}

CONSTRAINT_CODES: Mapping[str, FindingCode] = {
    "required": FindingCode.REQUIRED_VALUE,
    "enum": FindingCode.NOT_IN_LIST,
    "pattern": FindingCode.PATTERN_MISMATCH,
    "minLength": FindingCode.TOO_SHORT,
    "maxLength": FindingCode.TOO_LONG,
    "minimum": FindingCode.TOO_SMALL,
    "exclusiveMinimum": FindingCode.TOO_SMALL,
    "maximum": FindingCode.TOO_LARGE,
    "exclusiveMaximum": FindingCode.TOO_LARGE,
}


class UnsupportedSchema(ValueError):
    """The schema asks for a check that does not exist here: a fault of the registry, not of the data."""


@dataclass(frozen=True, slots=True)
class CellError:
    """One fault of one cell."""

    rule: str
    """What severities name: `type`, or the constraint."""
    code: FindingCode
    suggestion: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """What a text is in its column."""

    typed: Any
    """As the row checks see it: None when missing or unreadable."""
    canonical: str | None
    """Text of the canonical table; None when missing or unreadable."""
    errors: tuple[CellError, ...]


class CellReader:
    """One column: its texts → verdicts. Pure: the same text always gets the same verdict."""

    def __init__(self, field: SchemaField, read: Field, missing: Sequence[str] = ("",)) -> None:
        for name in UNSUPPORTED:
            if field.constraints.get(name):
                raise UnsupportedSchema(f"{field.name}: constraint {name}")
        self.field = field
        self._read = read.create_cell_reader()
        self._type_code = TYPE_CODES.get((field.type, field.format)) or TYPE_CODES.get(
            field.type, FindingCode.TYPE_FORMAT
        )
        self._allowed = _allowed(field, read)
        self._is_provable = (
            field.type == "string" and field.format in PLAIN_FORMATS and set(field.constraints) <= PROVABLE
        )
        self._format = PLAIN_FORMATS.get(field.format)
        self._pattern = re.compile(f"^{field.constraints['pattern']}$") if "pattern" in field.constraints else None
        self._lengths = range(
            field.constraints.get("minLength", 0), field.constraints.get("maxLength", sys.maxsize - 1) + 1
        )
        self._missing = frozenset(read.missing_values if read.has_defined("missing_values") else missing)

    def explain(self, text: str | None) -> CellVerdict:
        """Frictionless' verdict on a text (None: the row ends before this column), then our own reserves."""
        if text is not None and self._is_certain(text):
            return CellVerdict(typed=text, canonical=text, errors=())
        try:
            typed, notes = self._read(text)
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError):
            return self._unreadable(self._code_of_crash(text or ""), text or "")
        if typed is None and not notes:
            return MISSING
        if text is not None and (reserve := self._reserve(text, typed)):
            return self._unreadable(reserve, text)
        rules = dict(notes or {})
        if "type" in rules:
            return self._unreadable(self._type_code, text or "")
        if text is not None and typed is not None and self._breaks_line_of_pattern(text):
            rules["pattern"] = ""
        errors = tuple(self._error(rule, CONSTRAINT_CODES[rule], text or "") for rule in rules)
        if typed is None or text is None:
            return CellVerdict(typed=None, canonical=None, errors=errors)
        return CellVerdict(typed=typed, canonical=canonical_text(self.field.type, text, typed=typed), errors=errors)

    def _is_certain(self, text: str) -> bool:
        """Whether Frictionless certainly accepts a text as it is, without asking it."""
        if not self._is_provable or text in self._missing or len(text) not in self._lengths:
            return False
        if self._format is not None and self._format.fullmatch(text) is None:
            return False
        return self._pattern is None or (
            text.isascii() and not text.endswith("\n") and self._pattern.match(text) is not None
        )

    def _reserve(self, text: str, typed: Any) -> FindingCode | None:
        """Why a text that Frictionless accepts cannot be published as it is."""
        if typed is None:
            return None
        if self.field.type in ("integer", "number", "year", "date") and _has_exotic_signs(text):
            return FindingCode.EXOTIC_DIGITS
        if self.field.type == "integer" and typed not in BIGINT:
            return FindingCode.INTEGER_OUT_OF_RANGE
        if self.field.type == "number":
            return _number_reserve(typed)
        if "pattern" in self.field.constraints and not text.isascii() and _has_exotic_digits(text):
            return FindingCode.EXOTIC_DIGITS
        return None

    def _code_of_crash(self, text: str) -> FindingCode:
        """Frictionless cannot compare `sNaN` with a bound, and raises."""
        not_finite = self.field.type == "number" and "nan" in text.casefold()
        return FindingCode.NUMBER_NOT_FINITE if not_finite else FindingCode.UNREADABLE_CELL

    def _breaks_line_of_pattern(self, text: str) -> bool:
        """Python's `$` accepts a final line end; no pattern of a schema means it."""
        return "pattern" in self.field.constraints and text.endswith("\n")

    def _unreadable(self, code: FindingCode, text: str) -> CellVerdict:
        return CellVerdict(typed=None, canonical=None, errors=(self._error("type", code, text),))

    def _error(self, rule: str, code: FindingCode, text: str) -> CellError:
        field = self.field
        details = {
            "title": field.title,
            "type": field.type,
            "allowed": ", ".join(f"« {value} »" for value in self._allowed),
            "limit": field.constraints.get(rule, ""),
            "pattern": field.constraints.get("pattern", ""),
            "length": len(text),
            "example": f", par exemple « {field.descriptor['example']} »" if "example" in field.descriptor else "",
        }
        suggestion = self._suggestion(rule, code, text)
        return CellError(rule=rule, code=code, suggestion=suggestion, details=details)

    def _suggestion(self, rule: str, code: FindingCode, text: str) -> str | None:
        """A replacement, only if this very column would then find nothing to say."""
        candidate = suggest(code, text, allowed=self._allowed)
        if rule == "pattern":
            candidate = "".join(text.split())
        if candidate is None or candidate == text:
            return None
        return candidate if self._read(candidate)[1] is None else None


MISSING = CellVerdict(typed=None, canonical=None, errors=())


def make_readers(schema: SchemaVersion) -> tuple[CellReader, ...]:
    """A reader per field, in the schema's order. Raises UnsupportedSchema."""
    if schema.descriptor.get("primaryKey") or schema.descriptor.get("foreignKeys"):
        raise UnsupportedSchema(f"{schema.name}: primaryKey or foreignKeys")
    loaded = Schema.from_descriptor(dict(schema.descriptor))
    return tuple(CellReader(field, loaded.get_field(field.name), loaded.missing_values) for field in schema.fields)


def _allowed(field: SchemaField, read: Field) -> tuple[str, ...]:
    if field.type == "boolean":
        return (*getattr(read, "true_values", ()), *getattr(read, "false_values", ()))
    return tuple(str(value) for value in field.constraints.get("enum", ()))


def _has_exotic_signs(text: str) -> bool:
    stripped = text.strip()
    return not stripped.isascii() or "_" in stripped


def _has_exotic_digits(text: str) -> bool:
    return any(c > "\x7f" and unicodedata.category(c) == "Nd" for c in text)


def _number_reserve(typed: Any) -> FindingCode | None:
    number = typed if isinstance(typed, Decimal) else Decimal(str(typed))
    if not number.is_finite():
        return FindingCode.NUMBER_NOT_FINITE
    if abs(number.adjusted()) > EXPONENT_LIMIT or len(number.as_tuple().digits) > EXPONENT_LIMIT:
        return FindingCode.NUMBER_OUT_OF_RANGE
    return None
