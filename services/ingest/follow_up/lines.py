"""One statement tells of every organisation under every schema, and counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.onboarding.obligation import obligation_expression
from services.ingest.onboarding.state import ONBOARDING_JOINS, ONBOARDING_TABLES, SINCE, STATE
from shared.freshness import freshness_expression, max_age_seconds
from shared.models import HabilitationState
from shared.registry import SchemaVersion

CORE_SCHEMAS = (
    "scdl/deliberations",
    "scdl/subventions",
    "scdl/equipements",
    "scdl/prenoms",
    "etalab/schema-bal",
    "decp/marches",
)
"""The *socle commun des données locales* that every organisation is followed on."""

CHOSEN = """
    (CAST(:organisation AS text) IS NULL OR o.siren = :organisation)
    AND (CAST(:departement AS text) IS NULL OR o.departement = :departement)
"""
"""For an `ingest.organisation AS o`."""

REAL = "NOT dry_run AND trial_of IS NULL"
"""The condition on deposits that were more than a try."""

_LINES = f"""
    SELECT o.siren, o.name, o.kind, o.insee_code, o.departement, o.population, o.name_folded AS place,
        {obligation_expression("o")} AS obligation, {STATE} AS onboarding, {SINCE} AS onboarding_since,
        s.name AS schema, s.rank, d.id AS dataset, d.current_version AS version, d."rows" AS rows,
        d.updated_at AS last_published_at, {freshness_expression("d.updated_at", "s.max_age")} AS freshness,
        last.received_at AS last_deposit_at, last.verdict, last.errors, last.warnings, last.vendor AS last_vendor,
        right_to.vendors
    FROM ingest.organisation AS o
    CROSS JOIN jsonb_to_recordset(CAST(:schemas AS jsonb)) AS s (name text, max_age double precision, rank integer)
    {ONBOARDING_JOINS}
    LEFT JOIN catalog.dataset AS d ON d.schema_name = s.name AND d.organisation_siren = o.siren
        AND d.current_version IS NOT NULL AND d.withdrawn_at IS NULL
    LEFT JOIN LATERAL (
        SELECT deposit.received_at, r.verdict, r.errors, r.warnings, v.name AS vendor
        FROM ingest.deposit AS deposit
        JOIN validator.validation_report AS r ON r.deposit_id = deposit.id
        JOIN ingest.vendor AS v ON v.id = deposit.vendor_id
        WHERE deposit.organisation_siren = o.siren AND deposit.schema_name = s.name AND {REAL}
        ORDER BY deposit.sequence DESC LIMIT 1
    ) AS last ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT v.name ORDER BY v.name) AS vendors
        FROM ingest.habilitation AS h JOIN ingest.vendor AS v ON v.id = h.vendor_id
        WHERE h.organisation_siren = o.siren AND h.state = '{HabilitationState.GRANTED}'
            AND (h.expires_at IS NULL OR h.expires_at > now()) AND (h.schemas IS NULL OR s.name = ANY(h.schemas))
    ) AS right_to ON true
    WHERE {CHOSEN}
"""  # noqa: S608 - names of ours, values are parameters

_STATEMENT = f"""
    WITH {ONBOARDING_TABLES}, line AS MATERIALIZED ({_LINES})
    SELECT
        (SELECT coalesce(json_agg(page), '[]') FROM (
            SELECT * FROM line
            WHERE CAST(:after_place AS text) IS NULL
                OR (place, siren, rank) > (:after_place, CAST(:after_siren AS text), CAST(:after_rank AS integer))
            ORDER BY place, siren, rank LIMIT CAST(:limit AS bigint)
        ) AS page) AS lines,
        (SELECT coalesce(json_agg(counted), '[]') FROM (
            SELECT schema, freshness, verdict, count(*) AS count FROM line GROUP BY schema, freshness, verdict
        ) AS counted) AS by_schema,
        (SELECT coalesce(json_agg(counted), '[]') FROM (
            SELECT obligation, onboarding, count(DISTINCT siren) AS count FROM line GROUP BY obligation, onboarding
        ) AS counted) AS by_state,
        (SELECT count(*) FROM line) AS total
"""  # noqa: S608 - names of ours, values are parameters


@dataclass(frozen=True, slots=True)
class FollowUpFilter:
    """Of whom and what; None: of all."""

    schemas: Sequence[SchemaVersion]
    organisation: str | None = None
    """SIREN."""
    departement: str | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """Of the statements."""
        facts = [
            {"name": one.name, "max_age": max_age_seconds(one.frequency), "rank": rank}
            for rank, one in enumerate(self.schemas)
        ]
        return {
            "schemas": orjson.dumps(facts).decode(),
            "organisation": self.organisation,
            "departement": self.departement,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """The last line of the page before."""

    name: str
    """Folded."""
    siren: str
    rank: int
    """Of the schema among those asked for."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of organisation × schema, by name, SIREN and schema; and the counts of all pages."""

    lines: Sequence[Mapping[str, Any]]
    following: Place | None
    total: int
    by_schema: Sequence[Mapping[str, Any]]
    """`schema`, `freshness`, `verdict` (None: nothing was judged), `count` of organisations."""
    by_state: Sequence[Mapping[str, Any]]
    """`obligation`, `onboarding`, `count` of organisations."""


async def read_lines(
    session: AsyncSession, wanted: FollowUpFilter, *, after: Place | None = None, limit: int | None = None
) -> Lines:
    """The follow-up, now. `limit` None: every line in one page."""
    parameters = {
        **wanted.parameters,
        "after_place": after.name if after else None,
        "after_siren": after.siren if after else None,
        "after_rank": after.rank if after else None,
        "limit": None if limit is None else limit + 1,
    }
    row = (await session.execute(text(_STATEMENT), parameters)).one()
    page = row.lines if limit is None else row.lines[:limit]
    more = len(row.lines) > len(page)
    following = Place(page[-1]["place"], page[-1]["siren"], page[-1]["rank"]) if more else None
    return Lines(page, following, row.total, row.by_schema, row.by_state)
