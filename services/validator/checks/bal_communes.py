"""The official geographic code as the national judge of addresses reads it.

The arrondissements of Paris, Lyon and Marseille are communes of today there, the three cities themselves are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from shared.reference import load_communes, load_former_communes


@dataclass(frozen=True, slots=True)
class GeographicCode:
    """Which commune a code names."""

    names: Mapping[str, str]
    """INSEE code of a commune of today → its official name."""
    former: Mapping[str, str]
    """INSEE code of a merged commune → that of the commune of today."""


@cache
def geographic_code() -> GeographicCode:
    """Loaded once per process (0.4 s)."""
    districts = {each.code: each for each in load_former_communes() if each.kind == "arrondissement"}
    divided = {each.commune_code for each in districts.values()}
    communes = [each for each in load_communes() if each.code not in divided]
    names = {each.code: each.name for each in communes}
    names |= {code: each.name for code, each in districts.items() if each.name is not None}
    return GeographicCode(names=names, former={old: each.code for each in communes for old in each.former_codes})
