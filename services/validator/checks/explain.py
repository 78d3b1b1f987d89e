"""What Frictionless says of one cell, in our codes. The only room that knows Frictionless.

Frictionless gets texts, never paths or names that a depositor chose. Where it would accept what cannot be published
(NaN, digits of other scripts, numbers that no database keeps) or would crash, our own finding says so:

    integer `١٢` → exotic-digits        number `NaN` → number-not-finite        integer `9…9` (20) → out of range
    pattern `^\\d{5}$` on `01001⏎` or on full-width digits → pattern-mismatch, exotic-digits
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from frictionless import Field, Schema

from services.validator.checks.prove import CONTROL_CHARACTERS, Proof, prove
from services.validator.checks.suggest import suggest
from services.validator.findings import FindingCode
from services.validator.standardise.values import canonical_text
from shared.registry import SchemaField, SchemaVersion
from shared.registry.patterns import PatternTooSlow, compile_pattern

BIGINT = range(-(2**63), 2**63)

CONTROLS = re.compile(CONTROL_CHARACTERS)

OWN_SIGNS = ("decimalChar", "groupChar", "bareNumber", "floatNumber")
"""Properties of a number field that change which texts it takes, or what they are worth."""

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


CRASHES = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError, PatternTooSlow)
"""What a question about one text may raise."""


class UnsupportedSchema(ValueError):
    """The schema asks for a check that does not exist here: a fault of the registry, not of the data."""


@dataclass(frozen=True, slots=True)
class CellError:
    """One fault of one cell. Its words are looked for when they are asked: most faults are only counted."""

    rule: str
    """What severities name: `type`, `control`, or the constraint."""
    code: FindingCode
    text: str
    reader: "CellReader" = field(repr=False, compare=False)

    @property
    def details(self) -> Mapping[str, Any]:
        """What fills the places of the sentence."""
        return self.reader.details(self.rule, self.text)

    @property
    def suggestion(self) -> str | None:
        """A replacement to confirm, only if this very column would then find nothing to say."""
        return self.reader.suggestion(self.rule, self.code, self.text)


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """What a text is in its column."""

    typed: Any
    """As Frictionless reads it: None when missing or unreadable."""
    canonical: str | None
    """Text of the canonical table; None when missing or unreadable."""
    errors: tuple[CellError, ...]


class CellReader:
    """One column: its texts → verdicts. Pure: the same text always gets the same verdict."""

    def __init__(self, field: SchemaField, read: Field, missing: Sequence[str] = ("",)) -> None:
        self.field = field
        self.missing = tuple(read.missing_values if read.has_defined("missing_values") else missing)
        """Texts that stand for nothing."""
        self.has_own_signs = any(name in field.descriptor for name in OWN_SIGNS)
        pattern = field.constraints.get("pattern")
        self._matches = compile_pattern(pattern).matches if pattern is not None and field.type == "string" else None
        self._values = read.create_value_reader()
        if self._matches is not None:  # asked here, on an engine that takes a bounded time
            read = read.to_copy()
            read.missing_values = list(self.missing)
            read.constraints = {name: limit for name, limit in read.constraints.items() if name != "pattern"}
        self._read = read.create_cell_reader()
        self._type_code = TYPE_CODES.get((field.type, field.format)) or TYPE_CODES.get(
            field.type, FindingCode.TYPE_FORMAT
        )
        self._allowed = _allowed(field, read)
        self._details = {
            "title": field.title,
            "type": field.type,
            "allowed": ", ".join(f"« {value} »" for value in self._allowed),
            "pattern": field.constraints.get("pattern", ""),
            "example": f", par exemple « {field.descriptor['example']} »" if "example" in field.descriptor else "",
        }

    @cached_property
    def proof(self) -> Proof | None:
        """How to prove texts of this column without asking."""
        return prove(self)

    def explain(self, text: str | None) -> CellVerdict:
        """Frictionless' verdict on a text (None: the row ends before this column), then our own reserves."""
        if text is not None and CONTROLS.search(text):
            return self._unreadable(FindingCode.CONTROL_CHARACTER, text, rule="control")
        try:
            typed, notes = self._asked(text)
        except CRASHES as error:
            return self._crashed(error, text or "")
        if typed is None and not notes:
            return MISSING
        if text is not None and (reserve := self._reserve(text, typed)):
            return self._unreadable(reserve, text)
        rules = dict(notes or {})
        if "type" in rules:
            return self._unreadable(self._type_code, text or "")
        if text is not None and typed is not None and self._breaks_line_of_pattern(text):
            rules["pattern"] = ""
        errors = tuple(CellError(rule, CONSTRAINT_CODES[rule], text or "", self) for rule in rules)
        if typed is None or text is None:
            return CellVerdict(typed=None, canonical=None, errors=errors)
        return CellVerdict(typed=typed, canonical=self._canonical(text, typed), errors=errors)

    def bound(self, name: str) -> Any:
        """The value of a bound of the field, None when it has none."""
        limit = self.field.constraints.get(name)
        return None if limit is None else self._values(limit)

    def listed_texts(self) -> list[str]:
        """Texts that an enumeration or a boolean field names."""
        return list(self._allowed)

    def read_value(self, text: str) -> Any:
        """The value that Frictionless compares with others when it looks for doubles."""
        return self._values(text)

    def _asked(self, text: str | None) -> tuple[Any, dict[str, str] | None]:
        """Frictionless' answer: the value, and the rules it breaks."""
        typed, notes = self._read(text)
        if self._matches is not None and typed is not None and not self._matches(typed):
            notes = {**(notes or {}), "pattern": ""}
        return typed, notes

    def _canonical(self, text: str, typed: Any) -> str:
        if self.field.type == "number" and self.has_own_signs and text.strip() != str(typed):
            return str(typed)
        return canonical_text(self.field.type, text, typed=typed)

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

    def _crashed(self, error: Exception, text: str) -> CellVerdict:
        """A pattern took too long; or Frictionless raised, as it does when it compares `sNaN` with a bound."""
        if isinstance(error, PatternTooSlow):
            return self._unreadable(FindingCode.PATTERN_TOO_SLOW, text, rule="pattern")
        not_finite = self.field.type == "number" and "nan" in text.casefold()
        return self._unreadable(FindingCode.NUMBER_NOT_FINITE if not_finite else FindingCode.UNREADABLE_CELL, text)

    def _breaks_line_of_pattern(self, text: str) -> bool:
        """Python's `$` accepts a final line end; no pattern of a schema means it."""
        return "pattern" in self.field.constraints and text.endswith("\n")

    def _unreadable(self, code: FindingCode, text: str, *, rule: str = "type") -> CellVerdict:
        return CellVerdict(typed=None, canonical=None, errors=(CellError(rule, code, text, self),))

    def details(self, rule: str, text: str) -> Mapping[str, Any]:
        """What fills the places of the sentence on a rule that a text breaks."""
        return {**self._details, "limit": self.field.constraints.get(rule, ""), "length": len(text)}

    def suggestion(self, rule: str, code: FindingCode, text: str) -> str | None:
        """A replacement, only if this very column would then find nothing to say."""
        candidate = suggest(code, text, allowed=self._allowed)
        if code is FindingCode.PATTERN_MISMATCH:
            candidate = "".join(text.split())
        if candidate is None or candidate == text:
            return None
        return candidate if not self.explain(candidate).errors else None


MISSING = CellVerdict(typed=None, canonical=None, errors=())


def make_readers(schema: SchemaVersion) -> tuple[CellReader, ...]:
    """A reader per field, in the schema's order; remembered, since nothing changes them.

    Foreign keys point at tables that nobody deposits: they are not checked.
    """
    place = id(schema.descriptor)
    if place not in _MADE:
        if len(_MADE) >= MADE_LIMIT:
            _MADE.clear()
        _MADE[place] = schema.descriptor, _make_readers(schema)
    return _MADE[place][1]


_MADE: dict[int, tuple[Mapping[str, Any], tuple[CellReader, ...]]] = {}
"""Identity of a descriptor → the descriptor, so that it stays what it is, and its readers."""

MADE_LIMIT = 256


def _make_readers(schema: SchemaVersion) -> tuple[CellReader, ...]:
    loaded = Schema.from_descriptor({key: value for key, value in schema.descriptor.items() if key != "foreignKeys"})
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
