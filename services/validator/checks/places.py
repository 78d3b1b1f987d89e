"""Places of France: positions, and codes and names of territories (the checks that `frformat` offers).

    [1.4437, 43.6043] → valid        [43.6043, 1.4437] → inverted        [12.5, 41.9] → outside France
    code-commune-insee 31555 → valid        99999 → unknown

Territories are those of today's code officiel géographique (`shared.reference`); with `cog` naming an earlier year,
the communes merged since are known too. Not offered, for want of a reference: `canton`, `code-fantoir`, `pays`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from services.validator.checks.countries import ISO2, ISO3
from services.validator.checks.judges import Judge, Wrong
from services.validator.findings import FindingCode
from shared.reference import load_communes, load_departements, load_former_communes

BOXES = (
    (-5.141277, 41.333571, 9.560091, 51.088989),
    (-61.809839, 15.832041, -61.001959, 16.514488),
    (-61.229033, 14.388646, -60.809655, 14.878723),
    (-54.60239, 2.111055, -51.619041, 5.748138),
    (55.216526, -21.389631, 55.836654, -20.8718),
    (45.01833, -13.005254, 45.299985, -12.63659),
)
"""West, south, east, north (WGS 84) of mainland France, Guadeloupe, Martinique, Guyane, La Réunion, Mayotte."""

REGIONS = {
    "01": "Guadeloupe",
    "02": "Martinique",
    "03": "Guyane",
    "04": "La Réunion",
    "06": "Mayotte",
    "11": "Île-de-France",
    "24": "Centre-Val de Loire",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "32": "Hauts-de-France",
    "44": "Grand Est",
    "52": "Pays de la Loire",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur",
    "94": "Corse",
}
"""Code → name, since 2016."""

_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_POINT = re.compile(
    rf"""\[?\s*"?({_NUMBER})"?\s*,\s*"?({_NUMBER})"?\s*\]?"""
    rf"""|\{{\s*"lon"\s*:\s*"?({_NUMBER})"?\s*,\s*"lat"\s*:\s*"?({_NUMBER})"?\s*\}}"""
)
"""The three ways in which Table Schema writes a geopoint."""

Known = Callable[[bool], frozenset[str]]
"""Whether earlier years are wanted → the values."""


def position(_params: Mapping[str, Any]) -> Judge:
    """`french-gps-coordinates`, of a geopoint."""

    def fault(text: str) -> Wrong | None:
        found = _POINT.fullmatch(text.strip())
        if found is None:
            return None  # not a point: its type says so already
        longitude, latitude = found.group(1, 2) if found[1] else found.group(3, 4)
        if is_in_france(float(longitude), float(latitude)):
            return None
        if is_in_france(float(latitude), float(longitude)):
            return Wrong("", _exchanged(text, found), FindingCode.POSITION_INVERTED)
        return Wrong("")

    return Judge(FindingCode.POSITION_OUTSIDE_FRANCE, fault)


def is_in_france(longitude: float, latitude: float) -> bool:
    """Whether a point is inside one of the boxes, edges left out."""
    return any(west < longitude < east and south < latitude < north for west, south, east, north in BOXES)


def _exchanged(text: str, found: re.Match[str]) -> str:
    first, second = found.span(1 if found[1] else 3), found.span(2 if found[1] else 4)
    offset = len(text) - len(text.lstrip())
    (a, b), (c, d) = ((start + offset, end + offset) for start, end in (first, second))
    return f"{text[:a]}{text[c:d]}{text[b:c]}{text[a:b]}{text[d:]}"


def territory(form: str, known: Known) -> Callable[[Mapping[str, Any]], Judge]:
    """How to make the judge of a list of places; `form`: what a value must be, in French."""

    def make(params: Mapping[str, Any]) -> Judge:
        earlier = str(params.get("cog", "latest")) not in ("latest", "")
        folded = _folding(params.get("options") or params)
        values = cache(lambda: {folded(value): value for value in known(earlier)})

        def fault(text: str) -> Wrong | None:
            if folded(text) in values():
                return None
            return Wrong(form, _near(text, values()))

        return Judge(FindingCode.UNKNOWN_PLACE, fault)

    return make


def _near(text: str, values: Mapping[str, str]) -> str | None:
    """The same place written otherwise: a lost zero, spaces, capitals, accents."""
    wanted = _plain(text)
    for candidate in (wanted.zfill(2), wanted.zfill(5)):
        if candidate in values:
            return values[candidate]
    matching = {value for value in values.values() if _plain(value) == wanted}
    return matching.pop() if len(matching) == 1 else None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _folding(options: Mapping[str, Any]) -> Callable[[str], str]:
    """What the options of the check make equal; each may be written with hyphens."""
    wanted = {str(name).replace("-", "_") for name, value in options.items() if value is True}

    def fold(text: str) -> str:
        if "ignore_case" in wanted:
            text = text.casefold()
        if "ignore_accents" in wanted:
            text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        if "ignore_non_alphanumeric" in wanted:
            text = "".join(c if c.isalnum() else " " for c in text)
        if wanted & {"ignore_extra_white_space", "ignore_extra_whitespace", "ignore_non_alphanumeric"}:
            text = " ".join(text.split())
        return text

    return fold


@cache
def _commune_codes(earlier: bool) -> frozenset[str]:
    former = load_former_communes()
    kept = {one.code for one in former if earlier or one.kind == "arrondissement"}
    return frozenset({one.code for one in load_communes()} | kept)


@cache
def _commune_names(earlier: bool) -> frozenset[str]:
    former = {one.name for one in load_former_communes() if earlier and one.name}
    return frozenset({one.name for one in load_communes()} | former)


@cache
def _postal_codes(_earlier: bool) -> frozenset[str]:
    return frozenset(code for commune in load_communes() for code in commune.postal_codes)


def _departements() -> dict[str, str]:
    """Code → name of the 101 départements: those that are part of a region."""
    return {one.code: one.name for one in load_departements() if one.region in REGIONS}


TERRITORIES: Mapping[str, tuple[str, Known]] = {
    "code-commune-insee": ("un code de commune du code officiel géographique", _commune_codes),
    "commune": ("un nom de commune du code officiel géographique", _commune_names),
    "code-postal": ("un code postal d’une commune", _postal_codes),
    "numero-departement": ("un numéro de département", lambda _: frozenset(_departements())),
    "departement": ("un nom de département", lambda _: frozenset(_departements().values())),
    "code-region": ("un code de région", lambda _: frozenset(REGIONS)),
    "region": ("un nom de région", lambda _: frozenset(REGIONS.values())),
    "code-pays-iso2": ("un code de pays à deux lettres (ISO 3166-1)", lambda _: ISO2),
    "code-pays-iso3": ("un code de pays à trois lettres (ISO 3166-1)", lambda _: ISO3),
}
"""Check → what a value must be, and the values."""

PLACE_JUDGES: Mapping[str, Callable[[Mapping[str, Any]], Judge]] = {
    "french-gps-coordinates": position,
    "coordonnees-gps-francaises": position,
    **{name: territory(form, known) for name, (form, known) in TERRITORIES.items()},
}
"""Check → how to make its judge from its parameters."""
