"""Canonical text of valid typed values: one spelling per value, every change of spelling listed.

    integer `007` → `7`        date `2020-1-1` → `2020-01-01`        number ` 5 ` → `5`, `1.50` stays `1.50`

Booleans are the one exception to the list: the schema itself declares the spellings (`oui`, `1`, `VRAI`) of the two
values it stores, so writing `true` for `oui` is typed storage, not a correction. Text that is not valid is never
corrected here: it is a finding.
"""

from datetime import date

from services.validator.findings import CorrectionCode

CORRECTIONS = {
    "integer": CorrectionCode.INTEGER_TEXT,
    "year": CorrectionCode.INTEGER_TEXT,
    "number": CorrectionCode.NUMBER_TEXT,
    "date": CorrectionCode.DATE_TEXT,
}
"""Table Schema type → the correction listed when the text of a valid value changes."""


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
