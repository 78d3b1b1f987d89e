"""Reading the trail: a vendor its own lines, the operator those of anybody."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.auth import CurrentVendor
from shared.models import AuditEntry, Deposit


def lines_of(vendor: CurrentVendor) -> list[ColumnElement[bool]]:
    """The condition of what a key may read: what its vendor did, and what was done about it.

    A key that is limited, or for tests, reads what it did itself, and what is about organisations or deposits that it
    covers.
    """
    conditions: list[ColumnElement[bool]] = [col(AuditEntry.vendor_id) == vendor.id]
    if vendor.organisations is None and vendor.schemas is None and not vendor.is_test:
        return conditions
    named = f"key {vendor.key_prefix}"
    if vendor.schemas is None and not vendor.is_test:
        covered = col(AuditEntry.organisation_siren).in_(vendor.organisations or ())
    else:
        deposit = func.concat("deposit ", cast(col(Deposit.id), Text))
        covered = col(AuditEntry.subject).in_(select(deposit).where(vendor.owns()))
    return [*conditions, or_(col(AuditEntry.actor) == named, col(AuditEntry.subject) == named, covered)]


async def read_trail(
    session: AsyncSession, *conditions: ColumnElement[bool], before: int | None = None, limit: int
) -> Sequence[AuditEntry]:
    """The newest lines first, those before the line `before` (an id)."""
    statement = select(AuditEntry).where(*conditions)
    if before is not None:
        statement = statement.where(col(AuditEntry.id) < before)
    return (await session.execute(statement.order_by(col(AuditEntry.id).desc()).limit(limit))).scalars().all()
