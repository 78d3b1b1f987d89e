"""What we know of a territory, as frozen values."""

from dataclasses import dataclass
from typing import Literal

FormerKind = Literal["deleguee", "associee", "arrondissement", "fusionnee"]


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today."""

    code: str
    """INSEE code (code officiel géographique), 5 characters."""
    name: str
    slug: str
    """ASCII kebab of the name, unique within what was loaded: on collision the INSEE code is appended."""
    siren: str | None
    """9 digits; None for the few overseas territories that have none in the source."""
    population: int | None
    """Municipal population."""
    departement: str
    """Code: 2 characters, 3 overseas."""
    region: str
    epci_siren: str | None
    """The intercommunality with own taxation it belongs to."""
    postal_codes: tuple[str, ...]
    former_codes: tuple[str, ...]
    """INSEE codes of the communes merged into it."""


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """A place that has, or had, an INSEE code without being a commune of today.

    The seat of a merged commune keeps its code: `code` may equal `commune_code`.
    """

    code: str
    name: str | None
    """None when the source only keeps the code."""
    kind: FormerKind
    """Commune déléguée, commune associée, arrondissement municipal, or merged without any status left."""
    commune_code: str
    """INSEE code of the commune of today."""
    departement: str


@dataclass(frozen=True, slots=True)
class Epci:
    """An intercommunality with own taxation."""

    siren: str
    name: str
    slug: str
    """Unique within what was loaded: on collision the SIREN is appended."""
    kind: str
    """CC, CA, CU, METRO or MET69."""
    population: int
    """Municipal population."""
    commune_codes: tuple[str, ...]
    """INSEE codes of its members, all départements together, sorted."""
    departements: tuple[str, ...]
    """Codes of the départements of its members, sorted."""


@dataclass(frozen=True, slots=True)
class Departement:
    """A département (or an overseas collectivity that stands in its place)."""

    code: str
    name: str
    slug: str
    region: str
