"""Reading the trail: a vendor its own lines, the operator those of anybody."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.auth import CurrentVendor
from shared.models import AuditEntry


def lines_of(vendor: CurrentVendor) -> list[ColumnElement[bool]]:
    """The condition of what a key may read: what its vendor did, and what was done about it."""
    conditions: list[ColumnElement[bool]] = [col(AuditEntry.vendor_id) == vendor.id]
    if vendor.organisations is not None:
        organisation = col(AuditEntry.organisation_siren)
        conditions.append(or_(organisation.is_(None), organisation.in_(vendor.organisations)))
    return conditions


async def read_trail(
    session: AsyncSession, *conditions: ColumnElement[bool], before: int | None = None, limit: int
) -> Sequence[AuditEntry]:
    """The newest lines first, those before the line `before` (an id)."""
    statement = select(AuditEntry).where(*conditions)
    if before is not None:
        statement = statement.where(col(AuditEntry.id) < before)
    return (await session.execute(statement.order_by(col(AuditEntry.id).desc()).limit(limit))).scalars().all()
