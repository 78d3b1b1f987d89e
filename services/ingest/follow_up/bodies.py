"""What the follow-up answers, as JSON and as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.ingest.follow_up.lines import Lines
from services.ingest.onboarding.obligation import Obligation
from shared.freshness import Freshness
from shared.models import OnboardingState
from shared.models.organisation import OrganisationKind
from shared.paging import PageLinks
from shared.reports.as_csv import harmless

COLUMNS = (
    "siren",
    "name",
    "kind",
    "insee_code",
    "departement",
    "population",
    "obligation",
    "onboarding",
    "onboarding_since",
    "schema",
    "dataset",
    "version",
    "rows",
    "last_published_at",
    "freshness",
    "last_deposit_at",
    "verdict",
    "errors",
    "warnings",
    "last_vendor",
    "vendors",
)


class FollowedOut(BaseModel):
    """One organisation under one schema. No e-mail, no name of a person."""

    siren: str = Field(examples=["213103955"])
    name: str
    kind: OrganisationKind
    insee_code: str | None
    departement: str | None
    population: int | None
    obligation: Obligation = Field(description="Si la loi l'oblige à publier (voir `GET /v1/organisations`).")
    onboarding: OnboardingState
    onboarding_since: date | None
    schema_name: str = Field(alias="schema", examples=["scdl/deliberations"])
    dataset: str | None = Field(description="Identifiant du jeu de données ; null tant que rien n'est publié.")
    version: int | None
    rows: int | None
    last_published_at: datetime | None
    freshness: Freshness = Field(description="Face à la fréquence que le schéma attend.")
    last_deposit_at: datetime | None = Field(description="Du dernier dépôt vérifié, publié ou non.")
    verdict: Literal["valid", "invalid"] | None = Field(description="De ce dépôt.")
    errors: int | None
    warnings: int | None
    last_vendor: str | None = Field(description="Qui l'a déposé.")
    vendors: list[str] = Field(description="Éditeurs habilités aujourd'hui ; plusieurs : à l'organisme de choisir.")


class SchemaTotals(BaseModel):
    """Organisations, under one schema."""

    publishing: int
    up_to_date: int = Field(description="Dans la fréquence attendue ; sans fréquence, publiés depuis moins d'un an.")
    valid: int = Field(description="Dont le dernier dépôt vérifié est valide.")
    invalid: int


class Totals(BaseModel):
    """Of all the pages."""

    organisations: int
    by_obligation: dict[Obligation, int]
    by_onboarding: dict[OnboardingState, int]
    by_schema: dict[str, SchemaTotals]


class MonthOut(BaseModel):
    """One month (UTC)."""

    month: str = Field(examples=["2026-11"])
    publications: int = Field(description="Versions publiées.")
    organisations: int = Field(description="Organismes qui ont publié ce mois-là.")
    organisations_so_far: int = Field(description="Organismes qui avaient déjà publié à la fin du mois.")
    deposits: int = Field(description="Dépôts reçus et vérifiés, hors essais, annulations et échecs.")
    valid: int = Field(description="Parmi eux, valides.")


class FollowUpMeta(BaseModel):
    """Counts."""

    limit: int
    total: int = Field(description="Lignes, toutes pages confondues.")
    totals: Totals | None = Field(description="Null après la première page.")
    history: list[MonthOut] | None = Field(description="Douze mois ; null après la première page.")


class FollowUpOut(BaseModel):
    """A page of the follow-up."""

    data: list[FollowedOut]
    links: PageLinks
    meta: FollowUpMeta


def line_out(line: Mapping[str, Any]) -> dict[str, Any]:
    """A FollowedOut in JSON types."""
    return {**{name: line[name] for name in COLUMNS}, "vendors": line["vendors"] or []}


def totals_out(lines: Lines, schemas: Iterable[str]) -> dict[str, Any]:
    """Totals in JSON types."""
    fresh = (Freshness.UP_TO_DATE, Freshness.MONTH, Freshness.YEAR)
    counts: Counter[tuple[str, str]] = Counter()
    for one in lines.by_schema:
        schema, count = one["schema"], one["count"]
        counts[schema, "publishing"] += count if one["freshness"] != Freshness.NEVER else 0
        counts[schema, "up_to_date"] += count if one["freshness"] in fresh else 0
        counts[schema, str(one["verdict"])] += count
    members = ("publishing", "up_to_date", "valid", "invalid")
    return {
        "organisations": sum(one["count"] for one in lines.by_state),
        "by_obligation": {str(value): _sum(lines.by_state, "obligation", value) for value in Obligation},
        "by_onboarding": {str(value): _sum(lines.by_state, "onboarding", value) for value in OnboardingState},
        "by_schema": {schema: {name: counts[schema, name] for name in members} for schema in schemas},
    }


def csv_lines(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with the names of the JSON; several vendors are separated by a vertical bar."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        shown = {**line, "vendors": " | ".join(line["vendors"] or [])}
        writer.writerow(["" if shown[name] is None else harmless(str(shown[name])) for name in COLUMNS])
    return text.getvalue().encode()


def _sum(counted: Sequence[Mapping[str, Any]], name: str, value: str) -> int:
    return sum(one["count"] for one in counted if one[name] == value)
