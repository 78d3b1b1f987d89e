"""What crosses HTTP on the side of deposits."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared.models import (
    Corrections,
    Deposit,
    DepositEvent,
    DepositMode,
    DepositScope,
    DepositState,
    Organisation,
    ValidationReport,
)

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _in_our_time(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("Donnez une date entre 1970 et 9000")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
"""That a request names: the same in every time zone, which the first and the last year that can be written are not."""


def _is_none(value: object) -> bool:
    return value is None


class TimelineOut(BaseModel):
    """One step of the journey."""

    state: DepositState
    at: datetime


class SchemaOut(BaseModel):
    """A schema; `version` is null until the vendor or the validator has said which."""

    name: str
    version: str | None


class OwnerOut(BaseModel):
    """The organisation whose data these are."""

    siren: str
    name: str


class DatasetRefOut(BaseModel):
    """Where the deposit was published."""

    id: str
    version: int
    href: str


class ReportRefOut(BaseModel):
    """The verdict in figures; `href` leads to the findings."""

    verdict: str = Field(examples=["valid", "invalid"])
    errors: int
    warnings: int
    corrections: int
    href: str


class ReasonBody(BaseModel):
    """Why a deposit is held: a code of its report and how many times it was found, or what would be lost and how
    many rows of it."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=64, examples=["personal-nir", "slice-shrunk"])
    count: int = Field(ge=0, examples=[2])
    slice: str | None = Field(
        default=None, exclude_if=_is_none, description="La période qui perdrait ces lignes ; vide s'il n'y en a qu'une."
    )
    of: int | None = Field(default=None, exclude_if=_is_none, description="Lignes publiées de cette période.")


class WarningOut(ReasonBody):
    """What was let through and should be looked at: rows lost, or what another vendor had published."""

    vendor: str | None = Field(
        default=None,
        exclude_if=_is_none,
        description="Pour « other-vendor » : l'éditeur dont ces lignes étaient la dernière publication.",
    )


class HeldOut(BaseModel):
    """What a held deposit waits for: its confirmation, before `until`; else it is cancelled."""

    reasons: list[ReasonBody]
    until: datetime


class ConfirmIn(BaseModel):
    """The confirmation of a held deposit: its reasons, as `held.reasons` shows them."""

    model_config = ConfigDict(extra="forbid")

    reasons: list[ReasonBody] = Field(min_length=1, max_length=50)


class ForeseenOut(BaseModel):
    """How a dry run would have ended had it been a deposit."""

    state: DepositState
    reasons: list[ReasonBody] = Field(description="Pour « held » : ce qu'il aurait fallu confirmer.")


class OutcomeOut(BaseModel):
    """What the deposit changed, or would have changed (`dry_run`), row by row."""

    inserted: int
    updated: int = Field(description="Lignes dont l'identité était là, avec d'autres valeurs.")
    deleted: int
    unchanged: int = Field(description="Lignes du fichier qui n'ont rien changé.")
    warnings: list[WarningOut] = Field(
        description="À vérifier : pertes de lignes ; « other-vendor » : lignes d'un autre remplacées ou retirées."
    )


class DepositOut(BaseModel):
    """A deposit and where it is on its journey."""

    id: UUID
    state: DepositState
    organisation: OwnerOut
    schema_: SchemaOut = Field(alias="schema")
    corrections: Corrections = Field(description="« none » : jugé à la lettre, sans rien corriger.")
    mode: DepositMode = Field(description="Ce que le dépôt fait des lignes déjà publiées.")
    slice: DepositScope = Field(description="« all » : les périodes absentes du fichier sont vidées.")
    external_id: str | None = Field(description="Votre référence, telle que donnée au dépôt.")
    dry_run: bool = Field(description="Essai à blanc : tout est vérifié et comparé, rien n'est publié.")
    test: bool = Field(
        description="Déposé avec une clé d'essai : publié dans un jeu de données que vous seul voyez, puis effacé."
    )
    base_version: int | None = Field(
        description="Version du jeu de données dont part le dépôt : publié seulement si elle est encore l'actuelle."
    )
    filename: str | None
    sha256: str = Field(description="SHA-256 des octets reçus, en hexadécimal.")
    size_bytes: int
    received_at: datetime
    timeline: list[TimelineOut]
    dataset: DatasetRefOut | None
    outcome: OutcomeOut | None = Field(
        default=None, description="Une fois « published », « unchanged » ou « checked »."
    )
    report: ReportRefOut | None
    failure: str | None = Field(
        description="Pour « failed » : ce qui n'a pas marché de notre côté ; pour « outdated » : ce qui a changé."
    )
    foreseen: ForeseenOut | None = Field(default=None, description="Pour « checked » : comment le dépôt aurait fini.")
    held: HeldOut | None = Field(
        default=None, description="Pour « held » : ce qu'il faut confirmer, et avant quand ; null sinon."
    )


def deposit_out(
    deposit: Deposit, organisation: Organisation, events: list[DepositEvent], report: ValidationReport | None
) -> DepositOut:
    """A deposit as it is now."""
    return DepositOut(
        **_common(deposit, organisation),
        state=DepositState(deposit.state),
        schema=SchemaOut(name=deposit.schema_name, version=report.schema_version if report else deposit.schema_version),
        timeline=[TimelineOut(state=DepositState(event.state), at=event.at) for event in events],
        dataset=_dataset_ref(deposit),
        outcome=_outcome_out(deposit, events),
        report=None if report is None else _report_ref(report),
        failure=deposit.failure,
        foreseen=_foreseen_out(deposit, events),
        held=_held_out(deposit),
    )


def accepted_out(deposit: Deposit, organisation: Organisation) -> DepositOut:
    """A deposit as it was when it was accepted: what the 202 said, and says again to a repeated request."""
    return DepositOut(
        **_common(deposit, organisation),
        state=DepositState.RECEIVED,
        schema=SchemaOut(name=deposit.schema_name, version=deposit.schema_version),
        timeline=[TimelineOut(state=DepositState.RECEIVED, at=deposit.received_at)],
        dataset=None,
        report=None,
        failure=None,
    )


def _common(deposit: Deposit, organisation: Organisation) -> dict[str, Any]:
    return {
        "id": deposit.id,
        "organisation": OwnerOut(siren=organisation.siren, name=organisation.name),
        "corrections": Corrections(deposit.corrections),
        "mode": DepositMode(deposit.mode),
        "slice": DepositScope(deposit.scope),
        "external_id": deposit.external_id,
        "dry_run": deposit.dry_run,
        "test": deposit.trial_of is not None,
        "base_version": deposit.base_version,
        "filename": deposit.filename,
        "sha256": deposit.sha256,
        "size_bytes": deposit.size_bytes,
        "received_at": deposit.received_at,
    }


def _held_out(deposit: Deposit) -> HeldOut | None:
    if deposit.state != DepositState.HELD or deposit.held_until is None:
        return None
    reasons = [ReasonBody.model_validate(one) for one in deposit.held_reasons or ()]
    return HeldOut(reasons=reasons, until=deposit.held_until)


def _outcome_out(deposit: Deposit, events: list[DepositEvent]) -> OutcomeOut | None:
    last = events[-1].detail if events else None
    if deposit.state not in _TOLD or not last or "updated" not in last:
        return None
    return OutcomeOut.model_validate({"warnings": [], **{name: last[name] for name in last if name in _OUTCOME}})


def _foreseen_out(deposit: Deposit, events: list[DepositEvent]) -> ForeseenOut | None:
    last = events[-1].detail if events else None
    if deposit.state != DepositState.CHECKED or not last:
        return None
    return ForeseenOut.model_validate({"state": last["foreseen"], "reasons": last.get("reasons", [])})


_OUTCOME = frozenset(OutcomeOut.model_fields)
_TOLD = (DepositState.PUBLISHED, DepositState.UNCHANGED, DepositState.CHECKED)


def _dataset_ref(deposit: Deposit) -> DatasetRefOut | None:
    if deposit.dataset_id is None or deposit.dataset_version is None:
        return None
    href = f"/v1/datasets/{deposit.dataset_id}"
    return DatasetRefOut(id=deposit.dataset_id, version=deposit.dataset_version, href=href)


def _report_ref(report: ValidationReport) -> ReportRefOut:
    return ReportRefOut(
        verdict=report.verdict,
        errors=report.errors,
        warnings=report.warnings,
        corrections=report.corrections,
        href=f"/v1/deposits/{report.deposit_id}/report",
    )


class StatusOut(BaseModel):
    """How the installation is doing."""

    oldest_waiting_seconds: float | None = Field(
        description="Âge du plus ancien dépôt en attente ; null s'il n'y en a pas."
    )
    waiting: int
    states_24h: dict[DepositState, int] = Field(description="Dépôts reçus depuis 24 h, par état.")
    queue_up: bool
    limits_enforced: bool = Field(
        description="false : les limites de GET /v1/limits ne sont pas comptées en ce moment."
    )
    versions: dict[str, str]
    at: datetime


__all__ = ["ConfirmIn", "DepositOut", "StatusOut", "accepted_out", "deposit_out"]
