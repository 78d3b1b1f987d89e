"""What crosses HTTP on the side of webhooks."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.ingest.bodies import Moment
from services.ingest.webhooks.events import FILTERS
from services.ingest.webhooks.journal import Logged
from shared.models import DeliveryState, WebhookEndpoint

EventFilter = StrEnum("EventFilter", {one: one for one in FILTERS})  # type: ignore[misc]
"""A type of event, or a family of them."""

Text = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]
Url = Annotated[str, StringConstraints(max_length=2048, min_length=1)]
DatasetId = Annotated[str, StringConstraints(max_length=200, min_length=1)]


def _once(values: list[EventFilter]) -> list[EventFilter]:
    return list(dict.fromkeys(values))


Events = Annotated[list[EventFilter], Field(min_length=1, max_length=50), AfterValidator(_once)]
Datasets = Annotated[list[DatasetId], Field(min_length=1, max_length=200)]


class WebhookIn(BaseModel):
    """An endpoint to be told of events."""

    model_config = ConfigDict(extra="forbid")

    url: Url = Field(description="Adresse https:// publique qui accepte POST.", examples=["https://exemple.fr/socle"])
    description: Text = ""
    events: Events = Field(
        default=[EventFilter["*"]], description="Types d'événements, ou familles (« deposit.* ») ; tous par défaut."
    )
    datasets: Datasets | None = Field(
        default=None,
        description="Pour « dataset.version_published » : seulement ces jeux de données ; un jeu départemental vaut "
        "pour tous ceux de son schéma.",
    )


class WebhookChange(BaseModel):
    """Members that are sent change; the others stay."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    description: Text | None = None
    events: Events | None = None
    datasets: Datasets | None = Field(default=None, description="null : tous les jeux de données.")
    enabled: bool | None = Field(default=None, description="true réactive, false suspend.")


class WebhookOut(BaseModel):
    """An endpoint."""

    id: UUID
    url: str
    description: str
    events: list[str]
    datasets: list[str] | None
    organisations: list[str] | None = Field(description="SIREN que couvre la clé qui l'a créé ; null : tous.")
    schemas: list[str] | None = Field(description="De même pour les schémas.")
    state: Literal["enabled", "disabled"]
    disabled_reason: str | None = Field(description="Pourquoi nous l'avons désactivé ; null si c'est vous.")
    throttled_until: datetime | None = Field(description="Votre récepteur a demandé une pause (429, 502 ou 504).")
    last_success_at: datetime | None
    created_at: datetime


class WebhookCreatedOut(WebhookOut):
    """An endpoint with its secret, shown this once."""

    secret: str = Field(description="Pour vérifier les signatures ; n'est plus jamais montré.", examples=["whsec_…"])


class SecretOut(BaseModel):
    """A new secret, shown this once."""

    secret: str = Field(examples=["whsec_…"])
    former_until: datetime = Field(description="Jusque-là chaque envoi porte aussi la signature de l'ancien secret.")


class EventRefOut(BaseModel):
    """What is delivered; `id` is the header `webhook-id`."""

    id: UUID
    type: str
    at: datetime


class AttemptOut(BaseModel):
    """A try; `status` is null when the receiver gave no answer."""

    number: int
    at: datetime
    status: int | None
    error: str | None
    milliseconds: int


class DeliveryOut(BaseModel):
    """An event on its way to an endpoint."""

    id: UUID
    event: EventRefOut
    state: DeliveryState
    next_attempt_at: datetime | None
    attempts: list[AttemptOut]
    created_at: datetime
    ended_at: datetime | None


class ReplayIn(BaseModel):
    """What to send again."""

    model_config = ConfigDict(extra="forbid")

    since: Moment = Field(description="Avec son fuseau.", examples=["2026-01-31T08:00:00Z"])
    only: Literal["missed", "all"] = Field(default="missed", description="« missed » : ce qui n'est jamais arrivé.")


class ReplayedOut(BaseModel):
    """How many events are sent again; when `more`, ask again once they have arrived."""

    replayed: int
    more: bool


def webhook_out(endpoint: WebhookEndpoint) -> WebhookOut:
    """An endpoint as it is now."""
    return WebhookOut.model_validate(_members(endpoint))


def created_out(endpoint: WebhookEndpoint, secret: str) -> WebhookCreatedOut:
    """An endpoint just made."""
    return WebhookCreatedOut.model_validate({**_members(endpoint), "secret": secret})


def _members(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in WebhookOut.model_fields}


def delivery_out(logged: Logged) -> DeliveryOut:
    """A delivery as it is now."""
    delivery, event = logged.delivery, logged.event
    return DeliveryOut(
        id=delivery.id,
        event=EventRefOut(id=event.id, type=event.type, at=event.at),
        state=DeliveryState(delivery.state),
        next_attempt_at=delivery.next_at,
        attempts=[
            AttemptOut(number=one.number, at=one.at, status=one.status, error=one.error, milliseconds=one.milliseconds)
            for one in logged.attempts
        ],
        created_at=delivery.created_at,
        ended_at=delivery.ended_at,
    )
