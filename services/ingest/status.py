"""How the installation is doing, in figures anybody may read: of what is no trial."""

import platform
from datetime import timedelta
from importlib.metadata import version

from sqlalchemy import func, select
from sqlmodel import col

from services.ingest.bodies import StatusOut
from services.ingest.tools import Tools
from shared.db import reading
from shared.deposits import DATABASE_NOW, WAITING_SINCE
from shared.limits import Limiter
from shared.models import Deposit, DepositState
from shared.models.deposit import WAITING_STATES


async def read_status(tools: Tools, limiter: Limiter) -> StatusOut:
    """Counts and ages by the database clock, at one instant."""
    waiting, real = col(Deposit.state).in_(WAITING_STATES), col(Deposit.trial_of).is_(None)
    age = func.extract("epoch", DATABASE_NOW - func.min(WAITING_SINCE))
    async with reading(tools.sessions) as session:
        oldest, count, now = (
            await session.execute(select(age, func.count(), func.clock_timestamp()).where(waiting, real))
        ).one()
        recent = (
            select(col(Deposit.state), func.count())
            .where(col(Deposit.received_at) > DATABASE_NOW - timedelta(hours=24), real)
            .group_by(col(Deposit.state))
        )
        states = {DepositState(state): number for state, number in (await session.execute(recent)).all()}
        server = (await session.execute(select(func.current_setting("server_version")))).scalar_one()
    return StatusOut(
        oldest_waiting_seconds=None if oldest is None else round(float(oldest), 3),
        waiting=count,
        states_24h={state: states.get(state, 0) for state in DepositState},
        queue_up=await tools.queue.is_up(),
        limits_enforced=limiter.is_enforced,
        versions={"socle": version("socle"), "python": platform.python_version(), "postgresql": str(server)},
        at=now,
    )
