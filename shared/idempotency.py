"""Idempotency-Key: whose turn it is to answer a request, and what was answered to it.

After draft-ietf-httpapi-idempotency-key-header. A vendor's key is of one request, whatever the route: it is locked
before anything is done, and bound to a deposit (`services.ingest.idempotency`) or to an answer (`shared.once`).
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import Sessions, changed
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


@dataclass(frozen=True, slots=True)
class Answered:
    """A request with this key was answered: with a deposit, or as `answer` says."""

    fingerprint: str
    deposit_id: UUID | None = None
    answer: dict[str, Any] | None = None


def fingerprint_of(*, parameters: tuple[str | None, ...], sha256: str) -> str:
    """SHA-256 of what makes two requests the same: declared parameters and body."""
    parts = [part or "" for part in parameters]
    return hashlib.sha256("\n".join([*parts, sha256]).encode()).hexdigest()


def check_key(key: str) -> None:
    """Raises IdempotencyKeyInvalid."""
    if not (1 <= len(key) <= MAX_KEY_CHARACTERS and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(
            f"L'en-tête Idempotency-Key doit compter 1 à {MAX_KEY_CHARACTERS} caractères ASCII imprimables.",
            action="Utilisez par exemple un UUID, le même à chaque nouvel essai de la même requête.",
        )


async def lock_key(sessions: Sessions, vendor_id: UUID, key: str) -> Answered | None:
    """Take the key for this request; or tell how it was answered. Raises IdempotencyInProgress."""
    taken = insert(IdempotencyKey).values(vendor_id=vendor_id, key=key, locked_until=now_plus(LOCK_SECONDS))
    taken = taken.on_conflict_do_update(
        index_elements=["vendor_id", "key"],
        set_={"locked_until": now_plus(LOCK_SECONDS)},
        where=col(IdempotencyKey.fingerprint).is_(None) & (col(IdempotencyKey.locked_until) < DATABASE_NOW),
    )
    async with sessions.begin() as session:
        if await changed(session, taken) == 1:
            return None
        return await _answered(session, vendor_id, key)


async def _answered(session: AsyncSession, vendor_id: UUID, key: str) -> Answered | None:
    seconds_left = func.extract("epoch", col(IdempotencyKey.locked_until) - DATABASE_NOW)
    statement = select(IdempotencyKey, seconds_left.label("left")).where(
        col(IdempotencyKey.vendor_id) == vendor_id, col(IdempotencyKey.key) == key
    )
    found = (await session.execute(statement)).one_or_none()
    if found is not None and found[0].fingerprint is not None:
        return Answered(found[0].fingerprint, found[0].deposit_id, found[0].answer)
    wait_seconds = 1 if found is None else max(1, min(LOCK_SECONDS, round(found[1])))
    raise IdempotencyInProgress(
        "Une première requête avec cette Idempotency-Key est en cours de traitement.",
        action="Renvoyez la même requête un peu plus tard : elle recevra la réponse de la première.",
        headers={"Retry-After": str(min(wait_seconds, 2))},
    )


def is_open(vendor_id: UUID, key: str) -> ColumnElement[bool]:
    """The condition on IdempotencyKey of a key that nothing was answered to."""
    return and_(
        col(IdempotencyKey.vendor_id) == vendor_id,
        col(IdempotencyKey.key) == key,
        col(IdempotencyKey.fingerprint).is_(None),
    )


async def unlock_key(sessions: Sessions, vendor_id: UUID, key: str) -> None:
    """Forget a key whose request was refused: the vendor may mend it and send it again under the same key."""
    async with sessions.begin() as session:
        await session.execute(delete(IdempotencyKey).where(is_open(vendor_id, key)))


def check_same(answered: Answered, fingerprint: str) -> None:
    """Raises IdempotencyKeyReused when the repeated request is not the first one."""
    if answered.fingerprint != fingerprint:
        first: dict[str, Any] = {} if answered.deposit_id is None else {"deposit": str(answered.deposit_id)}
        raise IdempotencyKeyReused(
            "Cette Idempotency-Key a déjà servi pour une autre requête (autre contenu, adresse ou paramètres).",
            action="Utilisez une nouvelle Idempotency-Key pour une nouvelle requête.",
            **first,
        )
