"""Idempotency-Key of deposits: a push sent again gets the first answer, never a second deposit.

The key is locked before the upload begins and is bound to the deposit in the deposit's own transaction, so the two
exist together or not at all.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import changed
from shared.deposits import DATABASE_NOW
from shared.idempotency import (
    IDEMPOTENCY_REFUSALS,
    Answered,
    check_key,
    check_same,
    fingerprint_of,
    is_open,
    lock_key,
    unlock_key,
)
from shared.models import IdempotencyKey


class KeyTaken(Exception):
    """Somebody else bound the key to a deposit meanwhile: the transaction must be given up."""


async def bind_key(session: AsyncSession, vendor_id: UUID, key: str, *, deposit_id: UUID, fingerprint: str) -> None:
    """In the deposit's transaction. Raises KeyTaken when a slower or faster twin bound the key first."""
    statement = update(IdempotencyKey).where(is_open(vendor_id, key))
    if await changed(session, statement.values(deposit_id=deposit_id, fingerprint=fingerprint)) != 1:
        raise KeyTaken(key)


async def forget_old_keys(session: AsyncSession, *, days: int) -> None:
    """Drop the keys older than `days`."""
    await session.execute(
        delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < DATABASE_NOW - timedelta(days=days))
    )


__all__ = [
    "IDEMPOTENCY_REFUSALS",
    "Answered",
    "KeyTaken",
    "bind_key",
    "check_key",
    "check_same",
    "fingerprint_of",
    "forget_old_keys",
    "lock_key",
    "unlock_key",
]
