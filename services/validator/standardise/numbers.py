"""Numbers as French software writes them → plain digits with a decimal point.

232 000,00   31 000,00 (no-break space)   1'234.50   1.234,56   1,234.56   1 234 €   100000,1 EUR   → corrected
12.0 or 12,00 in a column of integers → 12            1.234 or 1,234 there → two readings: not corrected
2,13104E+13 → digits were lost      50 % → 50 or 0.5: not corrected      90 000- 5 185 999,99 → nothing to say
"""

import re

from services.validator.findings import CorrectionCode, FindingCode

PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
"""What Frictionless reads by itself (it also reads exponents, which are never touched)."""

CURRENCY = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR|euros?)$", re.IGNORECASE)
DECIMAL = re.compile(r"([+-]?)(\d+)[.,](\d+)", re.ASCII)
GROUPED = re.compile(
    r"([+-]?)(\d{1,3}(?:([ \u00a0\u202f\u2009'’.,])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?",
    re.ASCII,
)
SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+", re.ASCII)
DECIMAL_FORM = re.compile(r"(\^?-\??\[0-9\]\{[0-9,]+\})(\\?\.)(\[0-9\]\{[0-9,]+\}\$?)")
"""Patterns of decimal numbers (`-?[0-9]{1,2}.[0-9]{1,7}`), whose dot, left bare, lets a comma through."""
PERCENT = re.compile(r"[+-]?[\d\s.,']+\s*%")


def plain_number(text: str, *, whole: bool) -> tuple[str, CorrectionCode] | FindingCode | None:
    """A trimmed text as a plain number (`whole`: an integer); or why it is not corrected; or None."""
    if SCIENTIFIC.fullmatch(text):
        return FindingCode.DIGITS_LOST if whole or "," in text else None
    if PERCENT.fullmatch(text):
        return FindingCode.PERCENT_SIGN
    bare = CURRENCY.sub("", text.replace("\N{MINUS SIGN}", "-")).strip()
    number = _read(bare)
    if number is None:
        return None
    if whole:
        return _whole(bare, number, text)
    return None if number == text or PLAIN.fullmatch(text) else (number, CorrectionCode.NUMBER_PLAIN)


def with_point(pattern: str) -> str:
    """A pattern of decimal numbers, without what its bare dot lets through besides points and digits; any other pattern
    as it is."""
    found = DECIMAL_FORM.fullmatch(pattern)
    return pattern if found is None or found[2] != "." else f"{found[1]}[.0-9]{found[3]}"


def _read(bare: str) -> str | None:
    """The number with a decimal point; a lone comma is the French decimal mark."""
    if PLAIN.fullmatch(bare):
        return bare
    if found := DECIMAL.fullmatch(bare):
        return f"{found[1]}{found[2]}.{found[3]}"
    found = GROUPED.fullmatch(bare)
    if found is None or found[3] == found[4]:
        return None
    digits = "".join(c for c in found[2] if c.isdigit())
    return f"{found[1]}{digits}" + (f".{found[5]}" if found[5] else "")


def _whole(bare: str, number: str, text: str) -> tuple[str, CorrectionCode] | FindingCode | None:
    integer, _, decimals = number.partition(".")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", bare, re.ASCII):
        return FindingCode.AMBIGUOUS_NUMBER
    if decimals.strip("0"):
        return None
    return None if integer == text else (integer, CorrectionCode.NUMBER_PLAIN)
