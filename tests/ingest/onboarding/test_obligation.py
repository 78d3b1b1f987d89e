"""What the law asks, at its limits."""

import pytest
from sqlalchemy import text

from services.ingest.onboarding.obligation import obligation_expression
from shared.db import Sessions


@pytest.mark.parametrize(
    ("kind", "population", "agents", "expected"),
    [
        ("commune", 3500, 50.0, "yes"),
        ("commune", 3499, 50.0, "no"),
        ("commune", 3499, None, "no"),
        ("commune", 3500, 49.9, "no"),
        ("commune", None, 49.9, "no"),
        ("commune", 3500, None, "unknown"),
        ("commune", None, 50.0, "unknown"),
        ("epci", 2000, 50.0, "yes"),
        ("epci", 200_000, None, "unknown"),
        ("other", None, 50.0, "yes"),
        ("other", None, 0.0, "no"),
        ("other", None, None, "unknown"),
    ],
)
async def test_a_commune_needs_inhabitants_and_agents_and_any_other_agents(
    sessions: Sessions, kind: str, population: int | None, agents: float | None, expected: str
):
    source = (
        f"SELECT {obligation_expression('o')} FROM (SELECT CAST(:kind AS text) AS kind, "
        "CAST(:population AS integer) AS population, CAST(:agents AS double precision) AS agents) AS o"
    )
    async with sessions() as session:
        found = await session.execute(text(source), {"kind": kind, "population": population, "agents": agents})
        assert found.scalar_one() == expected
