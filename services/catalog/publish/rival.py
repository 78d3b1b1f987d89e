"""Two vendors on one data set: who replaces what the other published is told, and so is nothing overwritten unseen."""

from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.publish.diff import Difference
from services.catalog.publish.target import Order, Target
from shared.models import CatalogVersion, Deposit, Vendor

OTHER_VENDOR = "other-vendor"
"""What a deposit replaces or takes away was last published by another vendor."""


async def rival_warnings(
    session: AsyncSession, deposit: Deposit, target: Target, order: Order, difference: Difference
) -> list[dict[str, object]]:
    """At most one: `code`, `count` (rows replaced or taken away), `vendor` (the name of the one before).

    Nothing is asked of the database for a deposit that only adds, nor for a trial, which its vendor alone sees.
    """
    count = difference.closed
    if not count or deposit.trial_of is not None:
        return []
    slices = col(CatalogVersion.slices).overlap(list(difference.slices))  # type: ignore[attr-defined]
    before = (
        select(Vendor.id, Vendor.name)  # type: ignore[call-overload]
        .join(Deposit, col(Deposit.vendor_id) == col(Vendor.id))
        .join(CatalogVersion, col(CatalogVersion.deposit_id) == col(Deposit.id))
        .where(col(CatalogVersion.dataset_id) == target.dataset_id)
        .where(true() if order.whole else or_(col(CatalogVersion.whole), slices))
        .order_by(col(CatalogVersion.number).desc())
        .limit(1)
    )
    found = (await session.execute(before)).one_or_none()
    if found is None or found[0] == deposit.vendor_id:
        return []
    return [{"code": OTHER_VENDOR, "count": count, "vendor": found[1]}]
