"""Whether the law obliges an organisation to publish its documents and data online by itself.

Code des relations entre le public et l'administration, article L. 312-1-1 (loi pour une République numérique, article
6): legal persons below a number of staff are exempt, and so are local authorities of fewer than 3,500 inhabitants.
Article D. 312-1-1-1 sets the number: fifty, in full-time equivalents. An EPCI is a public establishment, not a local
authority: only the staff counts.
"""

from enum import StrEnum

from shared.models.organisation import OrganisationKind

LEAST_POPULATION = 3500
"""Municipal population from which a commune is not exempt."""

LEAST_AGENTS = 50
"""Full-time equivalents from which a legal person is not exempt."""


class Obligation(StrEnum):
    """Of an organisation; unknown while what decides is not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def obligation_expression(organisation: str) -> str:
    """SQL of the obligation, from the SQL name of an `ingest.organisation`."""
    o = organisation
    small = f"{o}.kind = '{OrganisationKind.COMMUNE}' AND {o}.population < {LEAST_POPULATION}"
    unknown = f"{o}.agents IS NULL OR ({o}.kind = '{OrganisationKind.COMMUNE}' AND {o}.population IS NULL)"
    return (
        f"CASE WHEN ({small}) OR {o}.agents < {LEAST_AGENTS} THEN '{Obligation.NO}' "
        f"WHEN {unknown} THEN '{Obligation.UNKNOWN}' ELSE '{Obligation.YES}' END"
    )
