"""Values of cells: `correct` rewrites a faulty text that can be read in one way only, or says why it does not;
`canonical_text` gives valid typed values one spelling.

    date `31/12/2020` → `2020-12-31`       number `1 234,50 €` → `1234.50`       enumeration `Entrée` → `entrée`
    integer `007` → `7`        date `2020-1-1` → `2020-01-01`        number ` 5 ` → `5`, `1.50` stays `1.50`

Booleans are the one exception to the list of corrections: the schema itself declares the spellings (`oui`, `1`) of
the two values it stores, so writing `true` for `oui` is typed storage. Nothing is ever guessed: what can be read in
two ways is a finding that says so, and no digit of an identifier changes.
"""

from dataclasses import dataclass
from datetime import date

from services.validator.findings import CorrectionCode, FindingCode
from services.validator.standardise.dates import ISO_FORMATS, iso_date, period
from services.validator.standardise.identifiers import Checked, bare_digits, digits_of, without_gaps
from services.validator.standardise.numbers import plain_number
from services.validator.standardise.words import DEFAULT_FALSE, DEFAULT_TRUE, listed, spelled_boolean
from shared.registry import SchemaField

TEXT_LIMIT = 200
"""Characters beyond which a text is prose: only the spaces around it are looked at."""

EDGES = " \t\r\n\x0b\x0c\u00a0\u202f\u2009\u200b\ufeff"
"""What is removed around a text: blanks, visible or not."""

CORRECTIONS = {
    "integer": CorrectionCode.INTEGER_TEXT,
    "year": CorrectionCode.INTEGER_TEXT,
    "number": CorrectionCode.NUMBER_TEXT,
    "date": CorrectionCode.DATE_TEXT,
}
"""Table Schema type → the correction listed when the text of a valid value changes."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a text becomes, and the rule that says so."""

    text: str
    code: CorrectionCode


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Why a text is not corrected: the sentence of `code` says it."""

    code: FindingCode


Rewritten = tuple[str, CorrectionCode] | FindingCode | None


def correct(field: SchemaField, text: str, *, checked: Checked | None = None) -> Corrected | Ambiguous | None:
    """What a faulty or untrimmed text of a column should be. Pure and idempotent; a text already right gives None.

    `checked`: what the column holds, whatever its type says (`identifiers.checked_columns`).
    """
    trimmed = text.strip(EDGES)
    found = _rewritten(field, trimmed, checked) if trimmed and len(trimmed) <= TEXT_LIMIT else None
    if isinstance(found, FindingCode):
        return Ambiguous(found)
    if found is not None:
        return Corrected(*found)
    return Corrected(trimmed, CorrectionCode.TRIMMED_SPACES) if trimmed != text else None


def canonical_text(kind: str, text: str, *, typed: object) -> str:
    """The text that the canonical table holds for a valid cell of Table Schema type `kind`."""
    if kind in ("integer", "year"):
        return str(typed)
    if kind == "number":
        return text.strip()
    if kind == "date" and isinstance(typed, date):
        return typed.isoformat()
    if kind == "boolean":
        return "true" if typed else "false"
    return text


def _rewritten(field: SchemaField, text: str, checked: Checked | None) -> Rewritten:
    if field.constraints.get("enum"):
        return _named(listed(text, [str(value) for value in field.constraints["enum"]]), CorrectionCode.LISTED_VALUE)
    if field.type == "boolean":
        return _boolean(field, text)
    if field.type == "date":
        return iso_date(text) if field.format in ISO_FORMATS else None
    if field.type == "number":
        return plain_number(text, whole=False)
    if field.type in ("integer", "year"):
        return plain_number(text, whole=True)
    return _string(field, text, checked) if field.type == "string" else None


def _boolean(field: SchemaField, text: str) -> Rewritten:
    true_values = field.descriptor.get("trueValues", DEFAULT_TRUE)
    false_values = field.descriptor.get("falseValues", DEFAULT_FALSE)
    found = spelled_boolean(text, true_values=true_values, false_values=false_values)
    return _named(found, CorrectionCode.BOOLEAN_TEXT)


def _string(field: SchemaField, text: str, checked: Checked | None) -> Rewritten:
    if checked == "decimal":
        return plain_number(text, whole=False)
    length = digits_of(field, checked)
    if length is not None:
        return bare_digits(text, length=length)
    if field.format == "email" and text[:7].casefold() == "mailto:":
        return text[7:].strip(EDGES), CorrectionCode.EMAIL_TEXT
    pattern = field.constraints.get("pattern")
    if pattern is None:
        return None
    if r"\/[0-9]{4}\-[0-9]{2}\-[0-9]{2}" in pattern:
        return period(text)
    return without_gaps(text, pattern)


def _named(found: str | None, code: CorrectionCode) -> Rewritten:
    return None if found is None else (found, code)
