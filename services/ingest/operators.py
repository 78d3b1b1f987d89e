"""Operators' keys: made, shown once, kept as a keyed hash, revoked at once."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import col

from services.ingest.keys import ALPHABET, NewKey, UnknownKey
from shared.audit import OPERATOR, audit
from shared.db import Sessions
from shared.deposits import DATABASE_NOW
from shared.keys import PREFIX_LENGTH, SECRET_LENGTH, hash_secret
from shared.models import OperatorKey


async def create_operator_key(
    sessions: Sessions, *, name: str, pepper: str, expires_at: datetime | None = None
) -> NewKey:
    """A key for that person; its text is in the answer and nowhere else."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LENGTH))
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    made = NewKey(text=f"socle_op_{prefix}_{secret}", prefix=prefix, secret_hash=hash_secret(secret, pepper))
    async with sessions.begin() as session:
        session.add(OperatorKey(name=name, prefix=prefix, secret_hash=made.secret_hash, expires_at=expires_at))
        await audit(session, actor=OPERATOR, action="operator_key.create", subject=f"operator key {prefix}")
    return made


async def list_operator_keys(sessions: Sessions) -> Sequence[OperatorKey]:
    """All of them, the newest first."""
    async with sessions() as session:
        return (await session.execute(select(OperatorKey).order_by(col(OperatorKey.created_at).desc()))).scalars().all()


async def revoke_operator_key(sessions: Sessions, *, prefix: str) -> None:
    """At once: the next request with it is refused; again, nothing more. Raises UnknownKey."""
    revoked_at = func.coalesce(col(OperatorKey.revoked_at), DATABASE_NOW)
    statement = update(OperatorKey).where(col(OperatorKey.prefix) == prefix).values(revoked_at=revoked_at)
    async with sessions.begin() as session:
        if (await session.execute(statement.returning(col(OperatorKey.id)))).first() is None:
            raise UnknownKey(
                f"Aucune clé d'opérateur n'a le préfixe « {prefix[:16]} ».", action="Voyez `socle admin operator list`."
            )
        await audit(session, actor=OPERATOR, action="operator_key.revoke", subject=f"operator key {prefix}")
