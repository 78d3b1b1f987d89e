"""What happened month after month, counted from versions and deposits when somebody asks: nothing is stored for it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.follow_up.lines import CHOSEN, REAL, FollowUpFilter
from shared.models import DepositState

MONTHS = 12

_S = DepositState

_JUDGED = ", ".join(
    f"'{state}'" for state in (_S.PUBLISHED, _S.UNCHANGED, _S.SUPERSEDED, _S.OUTDATED, _S.HELD, _S.REJECTED)
)
"""States that tell the verdict by themselves: reading every report would cost three times as much."""

_STATEMENT = f"""
    WITH chosen AS MATERIALIZED (SELECT o.siren FROM ingest.organisation AS o WHERE {CHOSEN}),
    asked AS (SELECT s.name FROM jsonb_to_recordset(CAST(:schemas AS jsonb)) AS s (name text)),
    month AS (
        SELECT start FROM generate_series(
            date_trunc('month', now()) - make_interval(months => :months - 1), date_trunc('month', now()), '1 month'
        ) AS start
    ),
    version AS MATERIALIZED (
        SELECT date_trunc('month', v.published_at) AS month, d.organisation_siren, count(*) AS publications
        FROM catalog.version AS v JOIN catalog.dataset AS d ON d.id = v.dataset_id
        WHERE v.mode <> 'withdrawal' AND d.schema_name IN (SELECT name FROM asked)
            AND d.organisation_siren IN (SELECT siren FROM chosen)
        GROUP BY 1, 2
    ),
    published AS (
        SELECT month, sum(publications)::bigint AS publications, count(*) AS organisations FROM version GROUP BY month
    ),
    beginning AS MATERIALIZED (SELECT min(month) AS month FROM version GROUP BY organisation_siren),
    judged AS (
        SELECT date_trunc('month', received_at) AS month, count(*) AS deposits,
            count(*) FILTER (WHERE state <> '{DepositState.REJECTED}') AS valid
        FROM ingest.deposit
        WHERE received_at >= (SELECT min(start) FROM month) AND {REAL} AND state IN ({_JUDGED})
            AND schema_name IN (SELECT name FROM asked) AND organisation_siren IN (SELECT siren FROM chosen)
        GROUP BY 1
    )
    SELECT to_char(month.start, 'YYYY-MM') AS month, coalesce(published.publications, 0) AS publications,
        coalesce(published.organisations, 0) AS organisations,
        (SELECT count(*) FROM beginning WHERE beginning.month <= month.start) AS organisations_so_far,
        coalesce(judged.deposits, 0) AS deposits, coalesce(judged.valid, 0) AS valid
    FROM month
    LEFT JOIN published ON published.month = month.start
    LEFT JOIN judged ON judged.month = month.start
    ORDER BY month.start
"""  # noqa: S608 - names of ours, values are parameters


async def read_history(session: AsyncSession, wanted: FollowUpFilter) -> Sequence[dict[str, Any]]:
    """The last MONTHS months (UTC), the present one last."""
    rows = await session.execute(text(_STATEMENT), {**wanted.parameters, "months": MONTHS})
    return [row._asdict() for row in rows]
