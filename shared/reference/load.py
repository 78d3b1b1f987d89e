"""Read the territories from the package's files. Nothing is cached: call once and pass the result on."""

import csv
import io
import json
import lzma
from collections.abc import Iterable
from importlib.resources import files
from typing import cast

from shared.reference.slugs import unique_slugs
from shared.reference.territories import Commune, Departement, Epci, FormerCommune, FormerKind

_Row = dict[str, str]


def load_communes(departements: Iterable[str] | None = None) -> list[Commune]:
    """Communes of today in these départements (all of France if None), by INSEE code."""
    rows = _rows("communes", departements)
    slugs = unique_slugs((row["name"], row["code"]) for row in rows)
    return [
        Commune(
            code=row["code"],
            name=row["name"],
            slug=slug,
            siren=row["siren"] or None,
            population=int(row["population"]) if row["population"] else None,
            departement=row["departement"],
            region=row["region"],
            epci_siren=row["epci_siren"] or None,
            postal_codes=tuple(row["postal_codes"].split()),
            former_codes=tuple(row["former_codes"].split()),
        )
        for row, slug in zip(rows, slugs, strict=True)
    ]


def load_former_communes(departements: Iterable[str] | None = None) -> list[FormerCommune]:
    """Communes déléguées, associées, merged, and arrondissements municipaux, by INSEE code."""
    return [
        FormerCommune(
            code=row["code"],
            name=row["name"] or None,
            kind=cast(FormerKind, row["kind"]),
            commune_code=row["commune_code"],
            departement=row["departement"],
        )
        for row in _rows("former_communes", departements)
    ]


def load_epci(departements: Iterable[str] | None = None) -> list[Epci]:
    """Intercommunalities with at least one member in these départements (all if None), by SIREN."""
    wanted = None if departements is None else set(departements)
    members: dict[str, list[_Row]] = {}
    for row in _rows("communes", None):
        members.setdefault(row["epci_siren"], []).append(row)
    rows = [
        row
        for row in _rows("epci", None)
        if wanted is None or any(commune["departement"] in wanted for commune in members[row["siren"]])
    ]
    slugs = unique_slugs((row["name"], row["siren"]) for row in rows)
    return [
        Epci(
            siren=row["siren"],
            name=row["name"],
            slug=slug,
            kind=row["kind"],
            population=int(row["population"]),
            commune_codes=tuple(commune["code"] for commune in members[row["siren"]]),
            departements=tuple(sorted({commune["departement"] for commune in members[row["siren"]]})),
        )
        for row, slug in zip(rows, slugs, strict=True)
    ]


def load_departements() -> list[Departement]:
    """All départements and overseas collectivities, by code."""
    rows = _rows("departements", None)
    slugs = unique_slugs((row["name"], row["code"]) for row in rows)
    return [
        Departement(code=row["code"], name=row["name"], slug=slug, region=row["region"])
        for row, slug in zip(rows, slugs, strict=True)
    ]


def load_version() -> str:
    """The vintage of these data, as a report names it: `cog-2026+6.0.0`."""
    source = json.loads((files("shared.reference") / "data" / "source.json").read_bytes())
    return f"cog-{source['year']}+{source['version']}"


def _rows(table: str, departements: Iterable[str] | None) -> list[_Row]:
    content = (files("shared.reference") / "data" / f"{table}.csv.xz").read_bytes()
    rows = csv.DictReader(io.StringIO(lzma.decompress(content).decode(), newline=""))
    if departements is None:
        return list(rows)
    wanted = set(departements)
    return [row for row in rows if row["departement"] in wanted]
