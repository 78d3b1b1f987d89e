"""Reading deposits back: one, many, their report. A vendor sees only its own."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.auth import CurrentVendor
from services.ingest.bodies import DepositOut, deposit_out
from shared.errors import NotFound, Refusal
from shared.models import Deposit, DepositEvent, DepositState, Organisation, ValidationReport


class ReportNotReady(Refusal):
    """The deposit has no verdict yet, or never will."""

    status = 404
    code = "report-not-ready"
    title = "Rapport pas encore disponible"


@dataclass(frozen=True, slots=True)
class DepositFilter:
    """Which deposits of the vendor are asked for; None means any."""

    organisation_siren: str | None = None
    schema_name: str | None = None
    state: DepositState | None = None
    external_id: str | None = None
    before_sequence: int | None = None


async def find_deposit(session: AsyncSession, vendor: CurrentVendor, deposit_id: UUID) -> Deposit:
    """A deposit of this vendor. Raises NotFound, for another's too: existence is nobody else's business."""
    statement = select(Deposit).where(col(Deposit.id) == deposit_id, vendor.owns())
    deposit: Deposit | None = (await session.execute(statement)).scalar_one_or_none()
    if deposit is None:
        raise unknown_deposit(deposit_id)
    return deposit


def unknown_deposit(deposit_id: UUID) -> NotFound:
    """The same refusal whether it exists or not."""
    return NotFound(
        f"Aucun de vos dépôts ne porte l'identifiant {deposit_id}.",
        action="Vérifiez l'identifiant ; vos dépôts sont listés par GET /v1/deposits.",
    )


async def find_report(session: AsyncSession, vendor: CurrentVendor, deposit_id: UUID) -> ValidationReport:
    """The verdict on a deposit of this vendor. Raises NotFound, ReportNotReady."""
    deposit = await find_deposit(session, vendor, deposit_id)
    report = await session.get(ValidationReport, deposit_id)
    if report is None:
        raise ReportNotReady(
            f"Le dépôt est à l'état « {deposit.state} » : il n'a pas de rapport.",
            action="Attendez l'état « validated », « published » ou « rejected », puis redemandez le rapport.",
            headers={"Retry-After": "1"},
            state=deposit.state,
        )
    return report


async def list_deposits(
    session: AsyncSession, vendor: CurrentVendor, wanted: DepositFilter, *, limit: int
) -> tuple[list[DepositOut], int | None]:
    """The newest deposits first; and the sequence to continue before, or None on the last page."""
    conditions = {
        col(Deposit.organisation_siren): wanted.organisation_siren,
        col(Deposit.schema_name): wanted.schema_name,
        col(Deposit.state): wanted.state,
        col(Deposit.external_id): wanted.external_id,
    }
    statement = _described().where(
        vendor.owns(), *(column == it for column, it in conditions.items() if it is not None)
    )
    if wanted.before_sequence is not None:
        statement = statement.where(col(Deposit.sequence) < wanted.before_sequence)
    found = (await session.execute(statement.order_by(col(Deposit.sequence).desc()).limit(limit + 1))).all()
    page, more = found[:limit], len(found) > limit
    return [_out(row) for row in page], page[-1][0].sequence if more else None


async def describe(session: AsyncSession, deposit_id: UUID, vendor: CurrentVendor | None = None) -> DepositOut:
    """A deposit with its organisation, timeline and verdict, of one instant. Raises NotFound, for one that is not the
    vendor's too."""
    statement = _described().where(col(Deposit.id) == deposit_id, *(() if vendor is None else (vendor.owns(),)))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise unknown_deposit(deposit_id)
    return _out(row)


@cache
def _described() -> Select[Any, Any, Any, Any]:
    """Deposit, organisation, verdict if there is one, events as `[state, at, detail]`."""
    event = func.json_build_array(col(DepositEvent.state), col(DepositEvent.at), col(DepositEvent.detail))
    events = (
        select(func.json_agg(aggregate_order_by(event, col(DepositEvent.id))))
        .where(col(DepositEvent.deposit_id) == col(Deposit.id))
        .correlate(Deposit)
        .scalar_subquery()
    )
    return (
        select(Deposit, Organisation, ValidationReport, events)
        .join(Organisation, col(Organisation.siren) == col(Deposit.organisation_siren))
        .outerjoin(ValidationReport, col(ValidationReport.deposit_id) == col(Deposit.id))
    )


def _out(row: Row[Any, Any, Any, Any]) -> DepositOut:
    deposit, organisation, report, events = row
    timeline = [
        DepositEvent(deposit_id=deposit.id, state=state, at=datetime.fromisoformat(at), detail=detail)
        for state, at, detail in events
    ]
    return deposit_out(deposit, organisation, timeline, report)
