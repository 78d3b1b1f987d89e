"""The events of deposits, each written in the transaction of its transition. Only `shared/deposits.py` needs this room.

Once per round and state: a stage that is claimed again after a crash has begun already.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import CTE, bindparam, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.models import Deposit, DepositEvent, DepositState, LaterDepositEvent


def telling(of: CTE, state: DepositState) -> Iterator[CTE]:
    """Parts of the statement that makes a transition `of` deposits (columns `id`, `round`), with the event's `detail`
    as a parameter."""
    detail = bindparam("detail", type_=JSONB)
    for model, is_first in ((DepositEvent, of.c.round == 1), (LaterDepositEvent, of.c.round > 1)):
        more = [] if model is DepositEvent else ["round"]
        values = select(of.c.id, literal(state.value), detail, *(of.c[name] for name in more)).where(is_first)
        told = insert(model).from_select(["deposit_id", "state", "detail", *more], values)
        yield told.on_conflict_do_nothing(index_elements=["deposit_id", *more, "state"]).cte(model.__name__.lower())


async def write_event(
    session: AsyncSession, deposit: Deposit, state: DepositState, detail: Mapping[str, object] | None
) -> None:
    """The event of a transition made by another statement."""
    values = {"deposit_id": deposit.id, "state": state, "detail": dict(detail) if detail else None}
    if deposit.round == 1:
        first = insert(DepositEvent).values(**values)
        await session.execute(first.on_conflict_do_nothing(index_elements=["deposit_id", "state"]))
    else:
        later = insert(LaterDepositEvent).values(round=deposit.round, **values)
        await session.execute(later.on_conflict_do_nothing(index_elements=["deposit_id", "round", "state"]))
