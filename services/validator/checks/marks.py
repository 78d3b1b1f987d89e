"""Marks of a person in a text: NIR and IBAN with their control keys, e-mail addresses, telephone numbers.

2 69 05 49 588 157 80 → NIR                      269054958815781 → not one (key)
FR14 2004 1010 0505 0001 3M02 606 → IBAN         FR14 2004 1010 0505 0001 3M02 607 → not one (key)
marie.durand@exemple.fr → e-mail                 mairie@exemple.fr → nobody's in particular
06 12 34 56 78, +33 5 61 33 44 33 → telephone    0612345678901 → a longer number

NIR: décret n° 82-103, key 97 - (number mod 97), Corsica's A and B counted as INSEE says. IBAN: ISO 13616, mod 97.
One random number of 15 digits in 97 has the key of a NIR (0.6 % are one in form too): hence no refusal on this alone.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

SPACE = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}./-]"
"""What people write between groups of digits."""


CONTACT = re.compile(r"(?i)tel|phone|mobile|fax|mail|courriel|contact")
"""Names of columns made for addresses and telephone numbers."""


class Kind(StrEnum):
    """What a mark is."""

    NIR = "nir"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"


SECRET = frozenset({Kind.NIR, Kind.IBAN})
"""Kinds with a control key that no public data set has a use for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text."""

    kind: Kind
    start: int
    end: int


_S = f"{SPACE}?"

NIR = re.compile(
    rf"(?<![0-9A-Za-z])[1-478]{_S}\d\d{_S}(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d){_S}"
    rf"(?!00)\d(?:\d|[ABab]){_S}(?!000)\d{{3}}{_S}(?!000)\d{{3}}{_S}\d\d(?![0-9A-Za-z])",
    re.ASCII,
)

CORSICA = {"2A": "19", "2B": "18"}
"""How the letters of these départements count in the key."""

IBAN_LENGTHS = {
    "AD": 24, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
"""Country → characters of its IBAN (SWIFT's register, Europe and its neighbours)."""

IBAN = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    + "|".join(
        rf"{country}{_S}\d\d(?:{_S}[0-9A-Z]){{{length - 4}}}" for country, length in sorted(IBAN_LENGTHS.items())
    )
    + r")(?![0-9A-Za-z])",
    re.ASCII | re.IGNORECASE,
)

EMAIL = re.compile(
    r"(?<![0-9A-Za-z._%+-])[0-9A-Za-z_%+-][0-9A-Za-z._%+-]{0,63}@(?:[0-9A-Za-z-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![0-9A-Za-z-])"
)

_FUNCTIONS_LISTED = """
mairie contact accueil info infos secretariat commune communication administration courrier urbanisme etatcivil
culture sports finances comptabilite marches marchespublics mediatheque bibliotheque ccas rgpd dpo webmaster noreply
no-reply ne-pas-repondre opendata donnees
"""

FUNCTIONS = frozenset(_FUNCTIONS_LISTED.split())
"""Local parts of addresses that nobody has as a person."""

PHONE = re.compile(
    rf"(?<![0-9A-Za-z.,/_-])(?:(?:\+|00)33{_S}(?:\(0\){_S})?|0)[1-9](?:{_S}\d\d){{4}}(?![0-9A-Za-z_]|[.,/-]\d)",
    re.ASCII,
)


def marks_in(text: str, kinds: Set[Kind] = frozenset(Kind)) -> Iterator[Mark]:
    """The marks of a text, kind by kind. Where an IBAN or NIR stands, no telephone number is seen."""
    taken: list[Mark] = []
    for kind, shortest, sign, pattern, holds in _SEARCHES:
        if kind not in kinds or len(text) < shortest or sign not in text:
            continue
        for found in pattern.finditer(text):
            apart = all(found.end() <= other.start or other.end <= found.start() for other in taken)
            if apart and holds(found[0], text):
                taken.append(Mark(kind, found.start(), found.end()))
    yield from taken


def is_nir(number: str) -> bool:
    """Whether 15 characters, separators left out, have the key of a NIR."""
    body, key = number[:13].upper(), number[13:]
    digits = body[:5] + CORSICA.get(body[5:7], body[5:7]) + body[7:]
    return digits.isdigit() and 97 - int(digits) % 97 == int(key)


def is_iban(number: str) -> bool:
    """Whether an IBAN without separators has its key."""
    turned = (number[4:] + number[:4]).upper()
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


@lru_cache(maxsize=1_000)
def kinds_out_of_place(column: str | None) -> Set[Kind]:
    """What has no place in a column of that name."""
    return SECRET if column is not None and CONTACT.search(column) else frozenset(Kind)


def hidden(mark: str) -> str:
    """The first and last characters of a mark: enough to find it in one's file, not to use it."""
    return f"{mark[0]}…{mark[-1]}"


def masked(text: str, kinds: Set[Kind]) -> str:
    """The text with its marks hidden."""
    if len(text) < _SHORTEST or not _MAYBE.search(text):
        return text
    for mark in sorted(marks_in(text, kinds), key=lambda one: one.start, reverse=True):
        text = text[: mark.start] + hidden(text[mark.start : mark.end]) + text[mark.end :]
    return text


_SHORTEST = 6
_MAYBE = re.compile(r"@|\d(?:[^0-9]?\d){4}")


def _compact(text: str) -> str:
    return re.sub(SPACE, "", text)


def _has_nir_key(found: str, _: str) -> bool:
    return is_nir(_compact(found))


def _has_iban_key(found: str, _: str) -> bool:
    return is_iban(_compact(found))


def _is_personal(found: str, _: str) -> bool:
    return found.partition("@")[0].lower() not in FUNCTIONS


def _is_telephone(found: str, text: str) -> bool:
    """Ten digits in a row with nothing around them may be any number, unless it is a mobile's."""
    return found != text or not found.isdigit() or found[1] in "67"


_SEARCHES = (
    (Kind.NIR, 15, "", NIR, _has_nir_key),
    (Kind.IBAN, min(IBAN_LENGTHS.values()), "", IBAN, _has_iban_key),
    (Kind.EMAIL, _SHORTEST, "@", EMAIL, _is_personal),
    (Kind.PHONE, 10, "", PHONE, _is_telephone),
)
"""Kind → characters of its shortest mark, a sign that each has, its form, its proof."""
