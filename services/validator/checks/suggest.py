"""What a vendor probably meant: shown as a replacement to confirm, never applied.

date 31/12/2024 → 2024-12-31        number 1 234,50 → 1234.50        boolean Oui → oui        SIRET 1 2… → 12…
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from services.validator.findings import VALUE_LIMIT, FindingCode

DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ].*)?", re.ASCII)
SPACES = re.compile(r"[\s\u202f\u00a0]+")


def suggest(code: FindingCode, text: str, *, allowed: Iterable[str] = ()) -> str | None:
    """A replacement for `text` that the fault of `code` would not refuse for the same reason, or None."""
    if len(text) > VALUE_LIMIT:
        return None
    if code is FindingCode.DATE_FORMAT:
        return _iso_date(text)
    if code in (FindingCode.NUMBER_FORMAT, FindingCode.INTEGER_FORMAT):
        return _plain_number(text, whole=code is FindingCode.INTEGER_FORMAT)
    if code in (FindingCode.BOOLEAN_VALUE, FindingCode.NOT_IN_LIST):
        return closest(text, allowed)
    if code is FindingCode.EXOTIC_DIGITS:
        return _ascii_digits(text)
    if code is FindingCode.URI_FORMAT:
        return f"https://{text.strip()}" if text.strip().startswith("www.") else None
    if code is FindingCode.YEAR_FORMAT:
        found = _iso_date(text)
        return found[:4] if found else None
    return None


def closest(text: str, allowed: Iterable[str]) -> str | None:
    """The allowed value that is the same but for case, accents, apostrophes and spaces."""
    wanted = plain(text)
    return next((value for value in allowed if plain(value) == wanted), None)


def plain(text: str) -> str:
    """Text without case, accents, apostrophe shapes or doubled spaces."""
    letters = (c for c in unicodedata.normalize("NFD", text.replace("’", "'")) if not unicodedata.combining(c))
    return SPACES.sub(" ", "".join(letters)).strip().casefold()


def _iso_date(text: str) -> str | None:
    if found := DAY_FIRST.fullmatch(text.strip()):
        day, month, year = map(int, found.groups())
    elif found := YEAR_FIRST.fullmatch(text.strip()):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _plain_number(text: str, *, whole: bool) -> str | None:
    candidate = SPACES.sub("", text).removesuffix("€").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?", candidate, re.ASCII):
        return None
    if not whole:
        return candidate.removesuffix(".")
    try:
        number = Decimal(candidate)
    except InvalidOperation:
        return None
    return str(int(number)) if number == number.to_integral_value() else None


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and c.isnumeric() else c for c in text).replace("_", "")
