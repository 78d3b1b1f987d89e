"""How far organisations have come, as SQL that lists and the follow-up share."""

from shared.models import OnboardingState, OnboardingStep

_ORDER = ", ".join(f"'{step}'" for step in OnboardingStep)

ONBOARDING_TABLES = f"""
    onboarding_step AS (
        SELECT DISTINCT ON (organisation_siren, step) * FROM ingest.onboarding_record
        ORDER BY organisation_siren, step, id DESC
    ),
    onboarding_reached AS (
        SELECT DISTINCT ON (organisation_siren) organisation_siren, step, reached_on FROM onboarding_step
        WHERE reached_on IS NOT NULL
        ORDER BY organisation_siren, array_position(ARRAY[{_ORDER}], step::text) DESC
    ),
    first_publication AS (
        SELECT d.organisation_siren, min(v.published_at) AS at
        FROM catalog.dataset AS d JOIN catalog.version AS v ON v.dataset_id = d.id AND v.number = 1
        WHERE d.organisation_siren IS NOT NULL GROUP BY d.organisation_siren
    )
"""  # noqa: S608 - names of ours
"""`onboarding_step`: the record that holds, of each organisation and step; `onboarding_reached`: its furthest step;
`first_publication`: when it first published."""

ONBOARDING_JOINS = """
    LEFT JOIN onboarding_reached AS reached ON reached.organisation_siren = o.siren
    LEFT JOIN first_publication AS published ON published.organisation_siren = o.siren
"""
"""For an `ingest.organisation AS o`."""

STATE = (
    f"CASE WHEN published.at IS NOT NULL THEN '{OnboardingState.PUBLISHING}' "
    f"ELSE coalesce(reached.step, '{OnboardingState.NOT_CONTACTED}') END"
)
"""An OnboardingState."""

SINCE = "coalesce(CAST(published.at AS date), reached.reached_on)"
"""The day since which it holds; null for `not_contacted`."""
