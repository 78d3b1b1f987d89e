"""Idempotency-Key: a request sent again gets the first answer, never a second deposit.

After draft-ietf-httpapi-idempotency-key-header. The key is locked before the upload begins and is bound to the
deposit in the deposit's own transaction, so the two exist together or not at all.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import Sessions
from shared.deposits import DATABASE_NOW, now_plus
from shared.errors import Refusal
from shared.models import IdempotencyKey

LOCK_SECONDS = 30
"""How long a first request that never ended keeps repeated ones waiting."""

MAX_KEY_CHARACTERS = 255


class IdempotencyKeyInvalid(Refusal):
    """Not 1 to 255 visible ASCII characters."""

    status = 400
    code = "idempotency-key-invalid"
    title = "Idempotency-Key invalide"


class IdempotencyKeyReused(Refusal):
    """The key already belongs to another request."""

    status = 422
    code = "idempotency-key-reused"
    title = "Idempotency-Key déjà utilisée pour une autre requête"


class IdempotencyInProgress(Refusal):
    """The first request with this key has not been answered yet."""

    status = 409
    code = "idempotency-in-progress"
    title = "Requête déjà en cours"


IDEMPOTENCY_REFUSALS = (IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyInProgress)


class KeyTaken(Exception):
    """Somebody else bound the key to a deposit meanwhile: the transaction must be given up."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A request with this key was answered with this deposit."""

    deposit_id: UUID
    fingerprint: str


def fingerprint_of(*, parameters: tuple[str | None, ...], sha256: str) -> str:
    """SHA-256 of what makes two requests the same: declared parameters and body."""
    parts = [part or "" for part in parameters]
    return hashlib.sha256("\n".join([*parts, sha256]).encode()).hexdigest()


def check_key(key: str) -> None:
    """Raises IdempotencyKeyInvalid."""
    if not (1 <= len(key) <= MAX_KEY_CHARACTERS and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(
            f"L'en-tête Idempotency-Key doit compter 1 à {MAX_KEY_CHARACTERS} caractères ASCII imprimables.",
            action="Utilisez par exemple un UUID, le même à chaque nouvel essai du même dépôt.",
        )


async def lock_key(sessions: Sessions, vendor_id: UUID, key: str) -> Answered | None:
    """Take the key for this request; or tell which deposit answered it. Raises IdempotencyInProgress."""
    taken = insert(IdempotencyKey).values(vendor_id=vendor_id, key=key, locked_until=now_plus(LOCK_SECONDS))
    taken = taken.on_conflict_do_update(
        index_elements=["vendor_id", "key"],
        set_={"locked_until": now_plus(LOCK_SECONDS)},
        where=col(IdempotencyKey.deposit_id).is_(None) & (col(IdempotencyKey.locked_until) < DATABASE_NOW),
    )
    async with sessions.begin() as session:
        result: CursorResult[object] = await session.execute(taken)  # type: ignore[assignment]
        if result.rowcount == 1:
            return None
        return await _answered(session, vendor_id, key)


async def _answered(session: AsyncSession, vendor_id: UUID, key: str) -> Answered | None:
    seconds_left = func.extract("epoch", col(IdempotencyKey.locked_until) - DATABASE_NOW)
    statement = select(IdempotencyKey.deposit_id, IdempotencyKey.fingerprint, seconds_left.label("left")).where(  # type: ignore[call-overload]
        col(IdempotencyKey.vendor_id) == vendor_id, col(IdempotencyKey.key) == key
    )
    found = (await session.execute(statement)).one_or_none()
    if found is not None and found.deposit_id is not None:
        return Answered(deposit_id=found.deposit_id, fingerprint=found.fingerprint)
    wait_seconds = 1 if found is None else max(1, min(LOCK_SECONDS, round(found.left)))
    raise IdempotencyInProgress(
        "Une première requête avec cette Idempotency-Key est en cours de traitement.",
        action="Renvoyez la même requête un peu plus tard : elle recevra la réponse de la première.",
        headers={"Retry-After": str(min(wait_seconds, 2))},
    )


async def bind_key(session: AsyncSession, vendor_id: UUID, key: str, *, deposit_id: UUID, fingerprint: str) -> None:
    """In the deposit's transaction. Raises KeyTaken when a slower or faster twin bound the key first."""
    statement = (
        update(IdempotencyKey)
        .where(
            col(IdempotencyKey.vendor_id) == vendor_id,
            col(IdempotencyKey.key) == key,
            col(IdempotencyKey.deposit_id).is_(None),
        )
        .values(deposit_id=deposit_id, fingerprint=fingerprint)
    )
    result: CursorResult[object] = await session.execute(statement)  # type: ignore[assignment]
    if result.rowcount != 1:
        raise KeyTaken(key)


async def unlock_key(sessions: Sessions, vendor_id: UUID, key: str) -> None:
    """Forget a key whose request was refused: the vendor may mend it and send it again under the same key."""
    async with sessions.begin() as session:
        await session.execute(
            delete(IdempotencyKey).where(
                col(IdempotencyKey.vendor_id) == vendor_id,
                col(IdempotencyKey.key) == key,
                col(IdempotencyKey.deposit_id).is_(None),
            )
        )


def check_same(answered: Answered, fingerprint: str) -> None:
    """Raises IdempotencyKeyReused when the repeated request is not the first one."""
    if answered.fingerprint != fingerprint:
        raise IdempotencyKeyReused(
            "Cette Idempotency-Key a déjà servi pour un autre dépôt (autre contenu ou autres paramètres).",
            action="Utilisez une nouvelle Idempotency-Key pour un nouveau dépôt.",
            deposit=str(answered.deposit_id),
        )


async def forget_old_keys(session: AsyncSession, *, days: int) -> None:
    """Drop the keys older than `days`."""
    await session.execute(
        delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < DATABASE_NOW - timedelta(days=days))
    )
