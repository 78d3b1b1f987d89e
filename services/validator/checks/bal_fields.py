"""One cell of an address at a time: what the national judge reads in a text, and what it holds against it.

    read("numero", "007")  → value 7, bal-leading-zero          read("long", "1,5") → value 1.5, bal-decimal-comma
    read("numero", "7 bis") → no value, bal-integer             read("position", "Entrée") → "entrée", -spelling

Only doubtful texts come here, each distinct one once; `bal_cells` proves the others by columns.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.validator.checks.bal_communes import GeographicCode
from services.validator.checks.bal_names import unaccented
from services.validator.findings import FindingCode as Code

SPACES = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
SPACES += "\u202f\u205f\u3000\ufeff"
"""What counts as a space at either end of a cell."""

PLACE = 99999
"""The number of a place (lieu-dit, or street as a whole) without numbers."""

REQUIRED = frozenset(("cle_interop", "numero", "commune_insee", "commune_nom", "source", "date_der_maj"))
"""Columns whose empty cells are named (as an error, a warning or an information)."""

POSITIONS = (
    *("entrée", "bâtiment", "cage d’escalier", "logement"),
    *("service technique", "délivrance postale", "parcelle", "segment"),
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says, and its faults."""

    value: Any = None
    """str, int or float; None when nothing can be read."""
    codes: tuple[Code, ...] = ()
    suggestion: str | None = None
    key: "InteropKey | None" = None
    ids: "tuple[str | None, str | None, str | None] | None" = None
    """Of `uid_adresse`: commune, street, address."""


@dataclass(frozen=True, slots=True)
class InteropKey:
    """The parts of an interoperability key."""

    commune: str
    street: str | None
    """In lower case."""
    number: int | None
    """None when it has no digit but zeros."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads cells at a date, with a geographic code."""

    communes: GeographicCode
    today: date

    def read(self, field: str, text: str, *, translated: bool = False) -> Read:
        """A cell of `field` (without language); `translated`: of its column in a regional language."""
        trimmed = text.strip(SPACES)
        spaces = (Code.BAL_SPACES,) if trimmed != text else ()
        suggestion = trimmed if spaces else None
        if not trimmed:
            empty = (Code.BAL_EMPTY,) if field in REQUIRED and not translated else ()
            return Read(None, (*spaces, *empty), suggestion)
        rule = RULES.get(field)
        if rule is None:
            return Read(trimmed, spaces, suggestion)
        found = rule(self, trimmed)
        codes = (*spaces, *found.codes)
        return Read(found.value, codes, found.suggestion or suggestion, found.key, found.ids)


Rule = Callable[[Reader, str], Read]


def _length(text: str) -> int:
    """In UTF-16 units, as the national judge counts."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _street(_: Reader, text: str) -> Read:
    length = _length(text)
    if length < 3:
        return Read(None, (Code.BAL_TOO_SHORT,))
    if length > 200:
        return Read(None, (Code.BAL_TOO_LONG,))
    if "\N{REPLACEMENT CHARACTER}" in text:
        return Read(None, (Code.BAL_CHARACTER,))
    name = text.replace("_", " ")
    codes = (Code.BAL_UNDERSCORE,) if name != text else ()
    capitals = (Code.BAL_CASE,) if name.upper() == name else ()
    return Read(name, (*codes, *capitals), name if codes else None)


def _number(_: Reader, text: str) -> Read:
    if not (text.isascii() and text.isdigit()):
        return Read(None, (Code.BAL_INTEGER,))
    digits = text.lstrip("0")
    if len(digits) > len(str(PLACE)):
        return Read(None, (Code.BAL_TOO_LARGE,))
    if not digits:
        return Read(0, (Code.BAL_ZERO,))
    number = int(digits)
    if digits != text:
        return Read(number, (Code.BAL_LEADING_ZERO,), str(number))
    return Read(number)


_SUFFIX_START = re.compile("[0-9a-zA-Z]")
_SUFFIX = re.compile(f"[a-zA-ZàáâãäåæçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ0-9{SPACES}]+")


def _suffix(_: Reader, text: str) -> Read:
    if not _SUFFIX_START.match(text):
        return Read(None, (Code.BAL_SUFFIX_START,))
    if _length(text) > 9:
        return Read(None, (Code.BAL_TOO_LONG,))
    return Read(text, () if _SUFFIX.fullmatch(text) else (Code.BAL_CHARACTER,))


def _commune(reader: Reader, text: str) -> Read:
    code = text.upper()
    if code in reader.communes.former:
        return Read(code, (Code.BAL_COMMUNE_FORMER,))
    return Read(code) if code in reader.communes.names else Read(None, (Code.BAL_COMMUNE_UNKNOWN,))


def _former_commune(reader: Reader, text: str) -> Read:
    code = text.upper()
    known = code in reader.communes.former or code in reader.communes.names
    return Read(code, () if known else (Code.BAL_COMMUNE_UNKNOWN,))


def _commune_name(_: Reader, text: str) -> Read:
    one_case = text.lower() == text or text.upper() == text
    return Read(text, (Code.BAL_CASE,) if one_case else ())


def _plain_position(text: str) -> str:
    plain = unaccented(unicodedata.normalize("NFC", text))
    return re.sub("[^A-Za-z0-9_]+", " ", plain).strip().lower()


_PLAIN_POSITIONS = {_plain_position(position): position for position in POSITIONS}


def _position(_: Reader, text: str) -> Read:
    position = _PLAIN_POSITIONS.get(_plain_position(text))
    if position is None:
        return Read(None, (Code.BAL_VALUE,))
    if position == unicodedata.normalize("NFC", text):
        return Read(position)
    return Read(position, (Code.BAL_POSITION_SPELLING,), position)


FLOAT = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[0-9]?"
_FLOAT = re.compile(FLOAT)
_FRENCH_FLOAT = re.compile(FLOAT.replace(r"\.", ","))


def _float(_: Reader, text: str) -> Read:
    if _FLOAT.fullmatch(text):
        return Read(float(text))
    if _FRENCH_FLOAT.fullmatch(text):
        point = text.replace(",", ".")
        return Read(float(point), (Code.BAL_DECIMAL_COMMA,), point)
    return Read(None, (Code.BAL_VALUE,))


def _plots(_: Reader, text: str) -> Read:
    plots = text.strip("|")
    edge = (Code.BAL_PLOT_SEPARATOR,) if plots != text else ()
    if not plots or any(_length(plot) not in (14, 15) for plot in plots.split("|")):
        return Read(None, (*edge, Code.BAL_VALUE))
    return Read(plots, edge, plots if edge else None)


_DATE = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_OLD = date(2010, 1, 1)


def _date(reader: Reader, text: str) -> Read:
    match = _DATE.fullmatch(text)
    if match is None:
        return Read(None, (Code.BAL_DATE,))
    year, month, day = map(int, match.groups())
    try:
        found = date(year or 2000, month, day)  # there is a year 0 there, and it is a leap year
    except ValueError:
        return Read(None, (Code.BAL_DATE,))
    if not year or found < _OLD:
        return Read(text, (Code.BAL_DATE_OLD,))
    return Read(None, (Code.BAL_DATE_FUTURE,)) if found > reader.today else Read(text)


def _certification(_: Reader, text: str) -> Read:
    return Read(text) if text in ("0", "1") else Read(None, (Code.BAL_VALUE,))


UUID_4 = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
_UUID_4 = re.compile(UUID_4)


def _identifier(_: Reader, text: str) -> Read:
    return Read(text) if _UUID_4.fullmatch(text) else Read(None, (Code.BAL_UUID,))


_UID_PARTS = tuple(re.compile(f"@{part}:([^{SPACES}]+)", re.IGNORECASE) for part in "cva")


def _uid(_: Reader, text: str) -> Read:
    found = [match and match[1] for match in (part.search(text) for part in _UID_PARTS)]
    if any(part is not None and not _UUID_4.fullmatch(part) for part in found):
        return Read(None, (Code.BAL_UUID,))
    return Read(text, ids=(found[0], found[1], found[2]))


_KEY_NUMBER = re.compile("[0-9]+")


def _key(reader: Reader, text: str) -> Read:
    codes = [Code.BAL_KEY_CASE] if text.lower() != text else []
    parts = text.split("_")
    if len(parts) < 3 or not all(parts):
        return Read(None, (*codes, Code.BAL_KEY_PARTS))
    commune, street, number = parts[0].upper(), parts[1], parts[2]
    if commune in reader.communes.former:
        codes.append(Code.BAL_COMMUNE_FORMER)
    elif commune not in reader.communes.names:
        codes.append(Code.BAL_COMMUNE_UNKNOWN)
    fault = _fault_of_street(street)
    if fault is not None:
        codes.append(fault)
    if not _KEY_NUMBER.fullmatch(number):
        return Read(None, (*codes, Code.BAL_KEY_NUMBER))
    if len(number) != 5:
        codes.append(Code.BAL_KEY_NUMBER_WIDTH)
    digits = number.lstrip("0")[:30]
    key = InteropKey(commune, None if fault else street.lower(), int(digits) if digits else None)
    suggestion = text.lower() if Code.BAL_KEY_CASE in codes else None
    return Read(text, tuple(codes), suggestion, key)


def _fault_of_street(street: str) -> Code | None:
    if _length(street) != 4:
        return Code.BAL_KEY_STREET
    return Code.BAL_KEY_STREET_UNSAID if street.upper() == "XXXX" or street == "0000" else None


RULES: Mapping[str, Rule] = {
    "cle_interop": _key,
    "uid_adresse": _uid,
    "id_ban_commune": _identifier,
    "id_ban_toponyme": _identifier,
    "id_ban_adresse": _identifier,
    "voie_nom": _street,
    "toponyme": _street,
    "numero": _number,
    "suffixe": _suffix,
    "commune_insee": _commune,
    "commune_nom": _commune_name,
    "commune_deleguee_insee": _former_commune,
    "position": _position,
    "x": _float,
    "y": _float,
    "long": _float,
    "lat": _float,
    "cad_parcelles": _plots,
    "date_der_maj": _date,
    "certification_commune": _certification,
}
"""Field → its rule for a trimmed, non-empty text; any other field takes every text."""
