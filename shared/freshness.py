"""How fresh a data set is: against the frequency that its schema expects, or by age where it expects none."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DAY_SECONDS = 86_400

EXPECTED_DAYS: Mapping[str, float] = {
    "cont": 1,
    "update_cont": 1,
    "hourly": 1,
    "bihourly": 1,
    "trihourly": 1,
    "daily": 1,
    "daily_2": 1,
    "weekly": 7,
    "weekly_2": 4,
    "weekly_3": 3,
    "biweekly": 14,
    "monthly": 31,
    "monthly_2": 16,
    "monthly_3": 11,
    "bimonthly": 62,
    "quarterly": 92,
    "annual": 366,
    "annual_2": 184,
    "annual_3": 123,
    "biennial": 731,
    "triennial": 1096,
    "quadrennial": 1461,
    "quinquennial": 1827,
    "decennial": 3653,
}
"""Code of the EU frequency vocabulary → days between two publications at most. Others (irregular, as needed,
unknown…) promise nothing."""

TOLERANCE = 1.5
"""A publication is late once it has been awaited half a period more than it should, and a day at least."""


class Freshness(StrEnum):
    """Of a data set, at the moment of the question."""

    UP_TO_DATE = "up-to-date"
    LATE = "late"
    MONTH = "month"
    """No frequency is expected; published within the last 31 days."""
    YEAR = "year"
    OLDER = "older"
    NEVER = "never"


TITLES: Mapping[Freshness, str] = {
    Freshness.UP_TO_DATE: "À jour",
    Freshness.LATE: "En retard",
    Freshness.MONTH: "Moins d'un mois",
    Freshness.YEAR: "Moins d'un an",
    Freshness.OLDER: "Plus d'un an",
    Freshness.NEVER: "Rien de publié",
}


def max_age_seconds(frequency: str) -> float | None:
    """The age of the last publication beyond which the next one is late; None where nothing is promised."""
    days = EXPECTED_DAYS.get(frequency)
    return None if days is None else max(days * TOLERANCE, days + 1) * DAY_SECONDS


def freshness_expression(updated_at: str, max_age: str) -> str:
    """SQL of the freshness, from the SQL of the last publication's moment and of the greatest age, in seconds."""
    within = f"{updated_at} >= now() - interval '1 second' * "
    return (
        f"CASE WHEN {updated_at} IS NULL THEN '{Freshness.NEVER}' "
        f"WHEN {within}{max_age} THEN '{Freshness.UP_TO_DATE}' WHEN {max_age} IS NOT NULL THEN '{Freshness.LATE}' "
        f"WHEN {within}{31 * DAY_SECONDS} THEN '{Freshness.MONTH}' "
        f"WHEN {within}{366 * DAY_SECONDS} THEN '{Freshness.YEAR}' ELSE '{Freshness.OLDER}' END"
    )


async def freshness_of(session: AsyncSession, updated_at: datetime | None, frequency: str) -> Freshness:
    """The freshness of one data set, by the database clock."""
    expression = freshness_expression("CAST(:updated_at AS timestamptz)", "CAST(:max_age AS double precision)")
    values = {"updated_at": updated_at, "max_age": max_age_seconds(frequency)}
    return Freshness((await session.execute(text(f"SELECT {expression}"), values)).scalar_one())
