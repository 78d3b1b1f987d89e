"""Identifiers made of digits (SIRET, SIREN, INSEE and postal codes): only what stands between the digits is removed.

384 138 996 00028, 384.138.996.00028, 32402138500000.0, '38413899600028 → corrected       2,13104E+13 → digits were lost
a SIRET of 13 digits, a commune of 4 digits → probably a leading zero lost in a spreadsheet: not corrected
"""

import re
from collections.abc import Mapping
from typing import Literal

from services.validator.findings import CorrectionCode, FindingCode
from services.validator.standardise.numbers import DECIMAL_FORM, SCIENTIFIC
from shared.registry import SchemaField, SchemaVersion
from shared.registry.patterns import compile_pattern

Checked = Literal["siret", "siren", "decimal"]

LENGTHS: Mapping[str, int] = {"siret": 14, "siren": 9}

CHECK_NAMES: Mapping[str, Checked] = {
    "siret": "siret",
    "french-siret-value": "siret",
    "siren": "siren",
    "french-siren-value": "siren",
}
"""Names of French checks → what their column holds. A pattern of decimal numbers tells its column's too."""

DIGITS_PATTERN = re.compile(r"\^?(?:\\d|\[0-9\])\{(\d+)\}\$?")
FRENCH_CODE_NAMES = ("codepostal", "code_postal", "insee")
OPEN_ENDED = re.compile(r"[*+]|\)\{|,\}|\(\?")
"""Patterns of texts of any length: what a gap stands for there is unknown (and matching could take for ever)."""

CODE_LIMIT = 40
"""Characters of the longest code with gaps."""

TEXT_MARKS = "'’"
"""Before a number, how spreadsheets are told to keep it as text."""
SEPARATORS = re.compile(r"[\s.\u00a0\u202f\u2009\-]+")


def checked_columns(schema: SchemaVersion) -> dict[str, Checked]:
    """Fields that a French check reads as SIRET or SIREN, or a pattern as decimal numbers, whatever their type."""
    found = {field.name: _own_check(field) for field in schema.fields}
    for check in schema.custom_checks:
        column = check.get("params", {}).get("column")
        if column in found:
            found[column] = found[column] or CHECK_NAMES.get(check["name"])
    return {name: checked for name, checked in found.items() if checked}


def digits_of(field: SchemaField, checked: Checked | None) -> int | None:
    """How many digits the field's identifiers have; None when it holds something else."""
    if checked is not None and checked in LENGTHS:
        return LENGTHS[checked]
    if found := DIGITS_PATTERN.fullmatch(field.constraints.get("pattern", "")):
        return int(found[1])
    is_code = any(name in field.name.casefold() for name in FRENCH_CODE_NAMES)
    return 5 if is_code and field.type == "string" else None


def bare_digits(text: str, *, length: int) -> tuple[str, CorrectionCode] | FindingCode | None:
    """A trimmed text as `length` digits; or why it is not corrected; or None."""
    if SCIENTIFIC.fullmatch(text):
        return FindingCode.DIGITS_LOST
    bare = SEPARATORS.sub("", re.sub(r"\.0+$", "", text.lstrip(TEXT_MARKS)))
    if not (bare.isascii() and bare.isdigit()):
        return None
    if len(bare) == length:
        return None if bare == text else (bare, CorrectionCode.IDENTIFIER_TEXT)
    return FindingCode.ZERO_LOST if len(bare) == length - 1 else None


def without_gaps(text: str, pattern: str) -> tuple[str, CorrectionCode] | None:
    """Codes of a fixed form, in digits and capitals (`W 123 456 789`, `2017.0`), that have it without their gaps."""
    if OPEN_ENDED.search(pattern) or not any(c.isdigit() for c in text) or any(c.islower() for c in text):
        return None
    form = compile_pattern(pattern)
    if form.engine == "python" or len(text) > CODE_LIMIT or form.matches(text):
        return None
    for bare in ("".join(text.split()), re.sub(r"\.0+$", "", text)):
        if bare != text and form.matches(bare):
            return bare, CorrectionCode.IDENTIFIER_TEXT
    return None


def _own_check(field: SchemaField) -> Checked | None:
    asked = field.descriptor.get("customCheck")
    name = asked.get("name") if isinstance(asked, Mapping) else asked
    if isinstance(name, str):
        return CHECK_NAMES.get(name)
    return "decimal" if DECIMAL_FORM.fullmatch(field.constraints.get("pattern", "")) else None
