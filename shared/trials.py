"""Trials: what a vendor publishes with a key for tests, which exists for that vendor alone.

The database hides trials from every role that reads, unless a transaction says whose it looks at (migration 0016).
"""

from contextvars import ContextVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

PREFIX = "essai-"
"""Of identifiers of data sets: tells where to look who asks, never who may see."""

LOOKING_AT: ContextVar[UUID | None] = ContextVar("LOOKING_AT", default=None)
"""The vendor whose trials the present request may read, beside what anybody may: see `shared.db.reading`."""

_SAY = text("SELECT set_config('socle.trial_of', :vendor, true)")


async def look_at_trials(session: AsyncSession, vendor_id: UUID | None) -> None:
    """Let this transaction see the trials of a vendor; None: of nobody, which is how transactions begin."""
    if vendor_id is not None:
        await session.execute(_SAY, {"vendor": str(vendor_id)})
