"""Telephone numbers and opening hours, as French schemas ask to check them.

    0561334433, 05 61 33 44 33, +33561334433, +442079460018, 3949 → valid        0561, 00000 → not valid
    24/7, Mo-Fr 08:00-12:00,14:00-18:00 → valid        lundi 8h-12h → not valid

A telephone number is valid when libphonenumber finds it so, for France unless it is written with a country's prefix,
or when it is a French short number. Opening hours are those of OpenStreetMap, read by the package `opening_hours`.
Both packages are loaded when a schema needs them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.validator.checks.judges import Judge, Wrong
from services.validator.findings import FindingCode

COUNTRY = "FR"

LONGEST_HOURS = 1_000
"""OpenStreetMap takes 255 characters; the time to read them grows with their number."""

_DAYS = {
    "lundi": "Mo",
    "mardi": "Tu",
    "mercredi": "We",
    "jeudi": "Th",
    "vendredi": "Fr",
    "samedi": "Sa",
    "dimanche": "Su",
    "lun": "Mo",
    "mar": "Tu",
    "mer": "We",
    "jeu": "Th",
    "ven": "Fr",
    "sam": "Sa",
    "dim": "Su",
}
_DAY = re.compile(r"\b(" + "|".join(_DAYS) + r")\b\.?", re.IGNORECASE)
_HOUR = re.compile(r"\b(\d{1,2}) ?[hH] ?(\d{2})?\b")
_RULES = re.compile(r",(?=(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b)")
_JOINED = re.compile(r" *(?:-|–|\bà\b|\bau\b) *")


def is_phone_number(text: str) -> bool:
    """Whether libphonenumber takes it for a number of France or of the country it names."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) or phonenumbers.is_valid_short_number_for_region(number, COUNTRY)


def is_opening_hours(text: str) -> bool:
    """Whether it is written as OpenStreetMap's `opening_hours`."""
    import opening_hours

    return len(text) <= LONGEST_HOURS and opening_hours.validate(text)


def hours_in_osm(text: str) -> str | None:
    """`lundi - vendredi 8h-12h` → `Mo-Fr 08:00-12:00`; `Mo 08:00-12:00,Tu 14:00-18:00` → with a space between rules.

    None when that is not well written either.
    """
    if len(text) > LONGEST_HOURS:
        return None
    days = _DAY.sub(lambda found: _DAYS[found[1].lower()], text)
    hours = _HOUR.sub(lambda found: f"{int(found[1]):02}:{found[2] or '00'}", days)
    written = _RULES.sub(", ", _JOINED.sub("-", hours)).strip()
    return written if written != text and is_opening_hours(written) else None


def phone_number(_params: Mapping[str, Any]) -> Judge:
    """`phone-number-value`."""
    return Judge(FindingCode.PHONE_NUMBER, lambda text: None if is_phone_number(text) else Wrong(""))


def hours(_params: Mapping[str, Any]) -> Judge:
    """`opening-hours-value`."""

    def fault(text: str) -> Wrong | None:
        return None if is_opening_hours(text) else Wrong("", hours_in_osm(text))

    return Judge(FindingCode.OPENING_HOURS, fault)


CONTACT_JUDGES: Mapping[str, Callable[[Mapping[str, Any]], Judge]] = {
    "phone-number-value": phone_number,
    "opening-hours-value": hours,
}
"""Check → how to make its judge from its parameters."""
