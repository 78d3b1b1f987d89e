"""Rows and questions for the tests of catalog."""

from collections.abc import Mapping
from typing import Any

import asyncpg

MURET_DELIBERATIONS = "deliberations-muret"


def deliberation(number: str, date: str = "2024-03-28", **values: str | None) -> dict[str, str | None]:
    """A délibération of Muret, as canonical texts."""
    return {
        "COLL_NOM": "Commune de Muret",
        "COLL_SIRET": "21310395500018",
        "DELIB_ID": number,
        "DELIB_DATE": date,
        "DELIB_MATIERE_CODE": "7.5",
        "DELIB_MATIERE_NOM": "Finances locales/Subventions",
        "DELIB_OBJET": f"Délibération {number}",
        **values,
    }


def subvention(number: str, amount: str, **values: str | None) -> dict[str, str | None]:
    """A subvention of Muret, as canonical texts."""
    return {
        "nomAttribuant": "Commune de Muret",
        "idAttribuant": "21310395500018",
        "dateConvention": "2024-06-01",
        "referenceDecision": number,
        "nomBeneficiaire": "Amicale laïque",
        "idBeneficiaire": "30000000000018",
        "objet": "Fonctionnement",
        "montant": amount,
        "nature": "aide en numéraire",
        **values,
    }


async def fetch(dsn: str, query: str, *args: Any) -> list[Mapping[str, Any]]:
    """Ask the database as its owner."""
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(query, *args))
    finally:
        await connection.close()


async def current_ids(dsn: str) -> list[str]:
    """`DELIB_ID` of every current délibération, sorted."""
    rows = await fetch(dsn, "SELECT c_delib_id FROM data.deliberations WHERE to_publication IS NULL ORDER BY 1")
    return [row["c_delib_id"] for row in rows]
