"""What operators record of an organisation: steps with their day, the signed convention, the number of agents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.audit import Actor, audit
from shared.errors import Refusal
from shared.models import OnboardingRecord, OnboardingStep, Organisation

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)

MAX_AGENTS = 1_000_000


class InvalidOnboarding(Refusal):
    """A step that cannot be recorded as it is said."""

    status = 422
    code = "invalid-onboarding"
    title = "Étape impossible à noter"


@dataclass(frozen=True, slots=True)
class StepWish:
    """A step as somebody wants it recorded."""

    step: OnboardingStep
    reached_on: date | None
    """None takes the step back."""
    document_sha256: str | None = None
    """None: as it was recorded before."""
    note: str = ""


def check_step(wish: StepWish, today: date) -> None:
    """Raises InvalidOnboarding. `today` by UTC; elsewhere it may be tomorrow already."""
    if wish.reached_on is not None and wish.reached_on > today + timedelta(days=1):
        raise InvalidOnboarding(
            f"La date {wish.reached_on:%d/%m/%Y} est dans l'avenir.",
            action="Notez une étape le jour où elle est franchie, ou après.",
        )
    if wish.document_sha256 is None:
        return
    if wish.step is not OnboardingStep.CONVENTION_SIGNED:
        raise InvalidOnboarding(
            f"L'empreinte d'un document ne va pas avec l'étape « {wish.step} ».",
            action=f"Donnez celle de la convention avec l'étape « {OnboardingStep.CONVENTION_SIGNED} ».",
        )
    if not SHA256.fullmatch(wish.document_sha256):
        raise InvalidOnboarding(
            "L'empreinte de la convention n'est pas un SHA-256 en hexadécimal (64 caractères, 0-9 et a-f).",
            action="Calculez-la par exemple avec « sha256sum convention.pdf ».",
        )


async def record_step(session: AsyncSession, siren: str, wish: StepWish, *, actor: Actor) -> bool:
    """Record a step of a known organisation; whether that says anything new. Raises InvalidOnboarding."""
    check_step(wish, datetime.now(UTC).date())
    before = await _newest(session, siren, wish.step)
    document = wish.document_sha256 or (before.document_sha256 if before and wish.reached_on else None)
    said = (wish.reached_on, document, wish.note)
    if said == ((before.reached_on, before.document_sha256, before.note) if before else (None, None, "")):
        return False
    session.add(
        OnboardingRecord(
            organisation_siren=siren,
            step=wish.step,
            reached_on=wish.reached_on,
            document_sha256=document,
            note=wish.note,
            recorded_by=actor.name,
        )
    )
    reached = None if wish.reached_on is None else wish.reached_on.isoformat()
    await _told(session, actor, siren, "organisation.onboarding", {"step": wish.step, "reached_on": reached})
    return True


async def set_agents(session: AsyncSession, organisation: Organisation, agents: float | None, *, actor: Actor) -> bool:
    """Say how many agents (full-time equivalents) it has; whether that is new. Raises InvalidOnboarding."""
    if agents is not None and not 0 <= agents <= MAX_AGENTS:
        raise InvalidOnboarding(
            f"« {agents} » n'est pas un nombre d'agents.", action="Donnez un nombre d'équivalents temps plein, ou rien."
        )
    if organisation.agents == agents:
        return False
    organisation.agents = agents
    session.add(organisation)
    await _told(session, actor, organisation.siren, "organisation.agents", {"agents": agents})
    return True


async def history_of(session: AsyncSession, siren: str) -> Sequence[OnboardingRecord]:
    """Everything recorded of its steps, the newest first."""
    statement = select(OnboardingRecord).where(col(OnboardingRecord.organisation_siren) == siren)
    return (await session.execute(statement.order_by(col(OnboardingRecord.id).desc()))).scalars().all()


async def _newest(session: AsyncSession, siren: str, step: OnboardingStep) -> OnboardingRecord | None:
    statement = select(OnboardingRecord).where(
        col(OnboardingRecord.organisation_siren) == siren, col(OnboardingRecord.step) == step
    )
    found = await session.execute(statement.order_by(col(OnboardingRecord.id).desc()).limit(1))
    return found.scalar_one_or_none()


async def _told(session: AsyncSession, actor: Actor, siren: str, action: str, detail: dict[str, object]) -> None:
    await audit(session, actor=actor, action=action, subject=f"organisation {siren}", organisation=siren, detail=detail)
