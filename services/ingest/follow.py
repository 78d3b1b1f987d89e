"""Reading deposits back: one, many, their report. A vendor sees only its own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
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
    statement: Select[Any] = select(Deposit).where(vendor.owns())
    conditions = {
        col(Deposit.organisation_siren): wanted.organisation_siren,
        col(Deposit.schema_name): wanted.schema_name,
        col(Deposit.state): wanted.state,
        col(Deposit.external_id): wanted.external_id,
    }
    for column, value in conditions.items():
        if value is not None:
            statement = statement.where(column == value)
    if wanted.before_sequence is not None:
        statement = statement.where(col(Deposit.sequence) < wanted.before_sequence)
    statement = statement.order_by(col(Deposit.sequence).desc()).limit(limit + 1)
    found = list((await session.execute(statement)).scalars())
    page, more = found[:limit], len(found) > limit
    return await describe(session, page), page[-1].sequence if more else None


async def describe(session: AsyncSession, deposits: Sequence[Deposit]) -> list[DepositOut]:
    """Deposits with their organisation, timeline and verdict, in the given order."""
    ids = [deposit.id for deposit in deposits]
    sirens = {deposit.organisation_siren for deposit in deposits}
    organisations = await session.execute(select(Organisation).where(col(Organisation.siren).in_(sirens)))
    by_siren = {organisation.siren: organisation for organisation in organisations.scalars()}
    reports = await session.execute(select(ValidationReport).where(col(ValidationReport.deposit_id).in_(ids)))
    by_deposit = {report.deposit_id: report for report in reports.scalars()}
    events: defaultdict[UUID, list[DepositEvent]] = defaultdict(list)
    rows = select(DepositEvent).where(col(DepositEvent.deposit_id).in_(ids)).order_by(col(DepositEvent.id))
    for event in (await session.execute(rows)).scalars():
        events[event.deposit_id].append(event)
    return [
        deposit_out(deposit, by_siren[deposit.organisation_siren], events[deposit.id], by_deposit.get(deposit.id))
        for deposit in deposits
    ]
