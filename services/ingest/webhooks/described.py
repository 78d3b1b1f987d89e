"""The section `webhooks` of the OpenAPI document: what receivers get."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import AwareDatetime, BaseModel, Field, create_model

from services.ingest.webhooks.events import TEST, EventType
from shared.models import DepositState, VersionMode


class DepositData(BaseModel):
    """Where a deposit is; the rest is read at `href`."""

    deposit: UUID
    state: DepositState
    organisation: str = Field(description="SIREN")
    schema_: str = Field(alias="schema")
    dataset: str | None
    version: int | None
    external_id: str | None
    dry_run: bool
    href: str = Field(examples=["/v1/deposits/0198c0de-0000-7000-8000-000000000000"])


class VersionData(BaseModel):
    """A data set has a new version; the rest is read at `href`."""

    dataset: str = Field(examples=["deliberations-muret"])
    version: int
    organisation: str | None = Field(description="SIREN")
    schema_: str = Field(alias="schema")
    mode: VersionMode
    rows: int
    href: str = Field(examples=["/v1/datasets/deliberations-muret"])


class HabilitationData(BaseModel):
    """A habilitation has changed."""

    habilitation: UUID
    state: str
    organisation: str = Field(description="SIREN")
    href: str


class TestData(BaseModel):
    """Nothing happened: the test button was pressed."""

    __test__ = False
    webhook: UUID
    href: str


SUMMARIES = {
    EventType.DEPOSIT_HELD: "Un dépôt attend d'être confirmé",
    EventType.DEPOSIT_PUBLISHED: "Un dépôt est publié",
    EventType.DEPOSIT_UNCHANGED: "Un dépôt n'a rien changé à ce qui est publié",
    EventType.DEPOSIT_REJECTED: "Un dépôt est refusé : son rapport dit pourquoi",
    EventType.DEPOSIT_SUPERSEDED: "Un dépôt plus récent a pris la place d'un dépôt",
    EventType.DEPOSIT_OUTDATED: "Un dépôt partait d'une version dépassée",
    EventType.DEPOSIT_CHECKED: "Un dépôt d'essai est vérifié",
    EventType.DEPOSIT_FAILED: "Un dépôt a échoué de notre côté",
    EventType.DEPOSIT_CANCELLED: "Un dépôt est annulé",
    EventType.VERSION_PUBLISHED: "Un jeu de données a une nouvelle version",
    EventType.HABILITATION_REQUESTED: "Une habilitation est demandée",
    EventType.HABILITATION_GRANTED: "Une habilitation est accordée",
    EventType.HABILITATION_REFUSED: "Une habilitation est refusée",
    EventType.HABILITATION_REVOKED: "Une habilitation est retirée",
    EventType.HABILITATION_EXPIRED: "Une habilitation a expiré",
    TEST: "L'essai d'un webhook",
}

DATA: dict[str, type[BaseModel]] = {
    "deposit": DepositData,
    "dataset": VersionData,
    "habilitation": HabilitationData,
    "webhook": TestData,
}

ANSWERS: dict[int | str, dict[str, Any]] = {
    204: {"description": "Reçu. Toute réponse 2xx convient."},
    410: {"description": "Plus rien n'est envoyé à cette adresse."},
    429: {"description": "Tout ce qui va à cette adresse attend un peu ; de même pour 502 et 504."},
    "default": {"description": "Un échec, redirections comprises : l'envoi est repris plus tard."},
}


def describe_events(webhooks: APIRouter) -> None:
    """Declare every event on the router that documents them; nothing is served."""
    for type_, summary in SUMMARIES.items():
        webhooks.add_api_route(
            type_,
            _receiver(type_),
            methods=["POST"],
            summary=summary,
            operation_id=f"receive_{type_.replace('.', '_')}",
            status_code=204,
            responses=ANSWERS,
            response_class=Response,
            tags=["Webhooks"],
        )


def _receiver(type_: str) -> Any:
    family = type_.partition(".")[0]
    name = "".join(part.capitalize() for part in type_.replace(".", "_").split("_"))
    fields: dict[str, Any] = {
        "type": (Literal[type_], ...),
        "timestamp": (AwareDatetime, Field(description="Quand c'est arrivé.")),
        "data": (DATA[family], ...),
    }
    body = create_model(f"{name}Event", **fields)

    def receive(
        event: body,
        webhook_id: Annotated[UUID, Header(description="Le même à chaque essai : écartez les doublons par lui")],
        webhook_timestamp: Annotated[int, Header(description="Secondes Unix de l'envoi")],
        webhook_signature: Annotated[str, Header(description="« v1,… », une par secret en vigueur")],
    ) -> None:
        """Signé selon Standard Webhooks 1.0 ; envoyé au moins une fois, dans l'ordre pour un même sujet."""

    return receive
