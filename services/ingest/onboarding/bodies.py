"""What is answered about organisations: to anybody, and to operators."""

from collections.abc import Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.onboarding.obligation import Obligation
from services.ingest.onboarding.record import MAX_AGENTS
from shared.models import OnboardingRecord, OnboardingState, OnboardingStep
from shared.models.organisation import OrganisationKind
from shared.paging import PageLinks

Siren = Field(examples=["213103955"])


class EpciOut(BaseModel):
    """The intercommunality of a commune."""

    siren: str
    name: str | None = Field(description="Null quand cette intercommunalité n'est pas connue ici.")


class PublishedOut(BaseModel):
    """A data set that the organisation publishes."""

    id: str = Field(examples=["deliberations-muret"])
    schema_name: str = Field(alias="schema", examples=["scdl/deliberations"])
    title: str
    href: str


class OnboardingOut(BaseModel):
    """How far the organisation has come."""

    state: OnboardingState
    since: Day | None = Field(description="Jour depuis lequel c'est le cas ; null pour `not_contacted`.")


class OrganisationOut(BaseModel):
    """An organisation, as anybody may know it."""

    siren: str = Siren
    name: str
    kind: OrganisationKind
    insee_code: str | None = Field(description="D'une commune.", examples=["31395"])
    departement: str | None
    population: int | None = Field(description="Population municipale, dans le référentiel.")
    epci: EpciOut | None
    obligation: Obligation = Field(
        description="Si la loi l'oblige à publier d'elle-même (CRPA, article L. 312-1-1) : commune de 3 500 habitants "
        "ou plus, et 50 agents (équivalents temps plein) ou plus ; pour les autres organismes, les agents seuls. "
        "`unknown` tant que leur nombre n'est pas connu."
    )
    onboarding: OnboardingOut
    datasets: list[PublishedOut]
    links: dict[str, str] = Field(description="`self`, `datasets` (tous ses jeux de données), `follow_up` (son suivi).")


class OrganisationsMeta(BaseModel):
    """How many there are."""

    limit: int
    total: int = Field(description="Organismes trouvés, toutes pages confondues.")


class OrganisationsOut(BaseModel):
    """A page of organisations, by name."""

    data: list[OrganisationOut]
    links: PageLinks
    meta: OrganisationsMeta


class RecordOut(BaseModel):
    """A step, as it was recorded."""

    step: OnboardingStep
    date: Day | None = Field(description="Null : l'étape, notée par erreur, a été retirée.")
    document_sha256: str | None
    note: str
    recorded_at: datetime
    recorded_by: str


class AdministeredOut(OrganisationOut):
    """An organisation, as operators know it."""

    agents: float | None = Field(description="Équivalents temps plein.")
    history: list[RecordOut] = Field(
        description="Tout ce qui a été noté, le plus récent d'abord ; pour chaque étape, le plus récent fait foi."
    )


class NewOrganisationIn(BaseModel):
    """A producer that is neither a commune nor an EPCI."""

    model_config = ConfigDict(extra="forbid")

    siren: str = Field(pattern=r"^[0-9]{9}$", examples=["223100017"])
    name: str = Field(min_length=1, max_length=200, pattern=r"[A-Za-z0-9]", examples=["Archives départementales"])
    departement: str | None = Field(default=None, pattern=r"^[0-9AB]{2,3}$", description="Code.", examples=["31"])


class OrganisationChange(BaseModel):
    """What operators may change of an organisation."""

    model_config = ConfigDict(extra="forbid")

    agents: float | None = Field(
        ge=0, le=MAX_AGENTS, allow_inf_nan=False, description="Équivalents temps plein ; null : inconnu."
    )


class StepIn(BaseModel):
    """A step to record."""

    model_config = ConfigDict(extra="forbid")

    step: OnboardingStep
    date: Day | None = Field(description="Jour où l'étape a été franchie ; null retire l'étape.")
    document_sha256: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="Empreinte de la convention signée."
    )
    note: str = Field(default="", max_length=2000)


class ImportedOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    lines: int
    organisations: int = Field(description="Producteurs ajoutés.")
    steps: int = Field(description="Étapes nouvelles, ou notées autrement qu'avant.")
    agents: int = Field(description="Nombres d'agents changés.")
    referents: int = Field(description="Référents ajoutés, ou nommés autrement qu'avant.")


def public_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the directory as an OrganisationOut, in JSON types."""
    siren, epci = row["siren"], row["epci_siren"]
    return {
        **{name: row[name] for name in ("siren", "name", "kind", "insee_code", "departement", "population")},
        "epci": None if epci is None else {"siren": epci, "name": row["epci_name"]},
        "obligation": row["obligation"],
        "onboarding": {"state": row["state"], "since": row["since"]},
        "datasets": [{**one, "href": f"/v1/datasets/{quote(one['id'])}"} for one in row["datasets"]],
        "links": {
            "self": f"/v1/organisations/{siren}",
            "datasets": f"/v1/datasets?organisation={siren}",
            "follow_up": f"/v1/follow-up?organisation={siren}",
        },
    }


def administered(row: Mapping[str, Any], history: Sequence[OnboardingRecord]) -> AdministeredOut:
    """A row of the directory with what only operators see."""
    records = [
        RecordOut(
            step=OnboardingStep(one.step),
            date=one.reached_on,
            document_sha256=one.document_sha256,
            note=one.note,
            recorded_at=one.recorded_at,
            recorded_by=one.recorded_by,
        )
        for one in history
    ]
    return AdministeredOut.model_validate({**public_document(row), "agents": row["agents"], "history": records})
