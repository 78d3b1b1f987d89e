"""Organisations as anybody may know them: one statement finds a page of them, with their data sets and their state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.onboarding.obligation import obligation_expression
from services.ingest.onboarding.state import ONBOARDING_JOINS, ONBOARDING_TABLES, SINCE, STATE

_CHOSEN = """
    (CAST(:siren AS text) IS NULL OR o.siren = :siren)
    AND (CAST(:kind AS text) IS NULL OR o.kind = :kind)
    AND (CAST(:departement AS text) IS NULL OR o.departement = :departement)
    AND NOT EXISTS (
        SELECT FROM unnest(string_to_array(btrim(catalog.folded(CAST(:q AS text))), ' ')) AS word
        WHERE strpos(o.name_folded, ' ' || word) = 0
    )
"""
"""Every word of the question begins one of the name's, whatever the case and accents."""

_STATEMENT = f"""
    WITH {ONBOARDING_TABLES},
    chosen AS MATERIALIZED (SELECT o.* FROM ingest.organisation AS o WHERE {_CHOSEN})
    SELECT o.siren, o.name, o.kind, o.insee_code, o.departement, o.population, o.agents, o.name_folded AS place,
        o.epci_siren, epci.name AS epci_name, {obligation_expression("o")} AS obligation,
        {STATE} AS state, {SINCE} AS since, (SELECT count(*) FROM chosen) AS total,
        (SELECT coalesce(json_agg(json_build_object('id', d.id, 'schema', d.schema_name, 'title', d.title)
            ORDER BY d.id), '[]') FROM catalog.dataset AS d
            WHERE d.organisation_siren = o.siren AND d.current_version IS NOT NULL AND d.withdrawn_at IS NULL
        ) AS datasets
    FROM chosen AS o LEFT JOIN ingest.organisation AS epci ON epci.siren = o.epci_siren {ONBOARDING_JOINS}
    WHERE CAST(:after_place AS text) IS NULL OR (o.name_folded, o.siren) > (:after_place, CAST(:after_siren AS text))
    ORDER BY o.name_folded, o.siren LIMIT CAST(:limit AS bigint)
"""  # noqa: S608 - names of ours, values are parameters


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which organisations; None: any."""

    q: str = ""
    kind: str | None = None
    departement: str | None = None
    siren: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of organisations, by folded name and SIREN."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    """Of all pages."""
    following: tuple[str, str] | None
    """(folded name, SIREN) of the last row, where others follow."""


async def find_organisations(
    session: AsyncSession, wanted: Wanted, *, after: tuple[str, str] | None = None, limit: int = 1
) -> Found:
    """Rows have the columns of the statement above."""
    parameters = {
        "q": wanted.q,
        "kind": wanted.kind,
        "departement": wanted.departement,
        "siren": wanted.siren,
        "after_place": after[0] if after else None,
        "after_siren": after[1] if after else None,
        "limit": limit + 1,
    }
    rows = [row._asdict() for row in await session.execute(text(_STATEMENT), parameters)]
    page = rows[:limit]
    following = (page[-1]["place"], page[-1]["siren"]) if len(rows) > limit else None
    total = rows[0]["total"] if rows else 0
    return Found(rows=page, total=total, following=following)
