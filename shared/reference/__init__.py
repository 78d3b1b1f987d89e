"""The territories of France: communes (current and former), intercommunalities, départements.

Read from small files of the package; `README.md` says where they come from, `generate.py` makes them.
"""

from shared.reference.load import (
    load_communes,
    load_departements,
    load_epci,
    load_former_communes,
    load_version,
)
from shared.reference.slugs import slugify
from shared.reference.territories import Commune, Departement, Epci, FormerCommune

__all__ = [
    "Commune",
    "Departement",
    "Epci",
    "FormerCommune",
    "load_communes",
    "load_departements",
    "load_epci",
    "load_former_communes",
    "load_version",
    "slugify",
]
