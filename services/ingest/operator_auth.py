"""Which operator is asking: the key `socle_op_…` of one of the people who run the installation."""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPBearer
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlmodel import col

from services.ingest.tools import IngestTools
from shared.audit import Actor
from shared.db import Sessions
from shared.errors import Refusal
from shared.keys import PREFIX_LENGTH, SECRET_LENGTH, hash_secret
from shared.models import OperatorKey

USE_EVERY = timedelta(minutes=1)
"""How exactly the last use of a key is known."""

OPERATOR_KEY = re.compile(
    rf"socle_op_(?P<prefix>[A-Za-z0-9]{{{PREFIX_LENGTH}}})_(?P<secret>[A-Za-z0-9]{{{SECRET_LENGTH}}})", re.ASCII
)

OPERATOR_BEARER = HTTPBearer(
    auto_error=False, scheme_name="OperatorKey", description="Clé d'un opérateur du département : `socle_op_…`"
)


class OperatorKeyMissing(Refusal):
    """No operator's key, or one that nobody has (any more)."""

    status = 401
    code = "operator-key-invalid"
    title = "Clé d'opérateur absente ou invalide"

    def __init__(self, detail: str) -> None:
        super().__init__(
            detail,
            action="Envoyez votre clé dans l'en-tête « Authorization: Bearer socle_op_… » ; "
            "`socle admin operator create` en fait une.",
            headers={"WWW-Authenticate": 'Bearer realm="socle operator"'},
        )


@dataclass(frozen=True, slots=True)
class Operator:
    """The person behind the key of this request."""

    name: str
    key_prefix: str

    @property
    def actor(self) -> Actor:
        """As trails name it: by the key, never by the person."""
        return Actor(f"operator {self.key_prefix}")


async def authenticate_operator(bearer: object | None, *, sessions: Sessions, pepper: str) -> Operator:
    """The operator of a request, from what OPERATOR_BEARER found in it. Raises OperatorKeyMissing."""
    offered = getattr(bearer, "credentials", None)
    if not offered:
        raise OperatorKeyMissing("Cette opération est réservée aux opérateurs du département.")
    parts = OPERATOR_KEY.fullmatch(offered)
    if parts is None:
        raise OperatorKeyMissing("Cette clé n'a pas la forme d'une clé d'opérateur.")
    async with sessions.begin() as session:
        statement = select(OperatorKey).where(col(OperatorKey.prefix) == parts["prefix"], live_operator_key())
        key: OperatorKey | None = (await session.execute(statement)).scalar_one_or_none()
        if key is None or not hmac.compare_digest(key.secret_hash, hash_secret(parts["secret"], pepper)):
            raise OperatorKeyMissing("Cette clé d'opérateur est inconnue, expirée ou révoquée.")
        unused = or_(
            col(OperatorKey.last_used_at).is_(None),
            col(OperatorKey.last_used_at) < func.clock_timestamp() - USE_EVERY,
        )
        used = update(OperatorKey).where(col(OperatorKey.id) == key.id, unused)
        await session.execute(used.values(last_used_at=func.clock_timestamp()))
    return Operator(key.name, key.prefix)


def live_operator_key() -> ColumnElement[bool]:
    """The condition on OperatorKey of those that open something."""
    return and_(
        col(OperatorKey.revoked_at).is_(None),
        or_(col(OperatorKey.expires_at).is_(None), col(OperatorKey.expires_at) > func.clock_timestamp()),
    )


async def current_operator(bearer: Annotated[object | None, Depends(OPERATOR_BEARER)], tools: IngestTools) -> Operator:
    """Raises OperatorKeyMissing."""
    pepper = tools.settings.key_pepper.get_secret_value()
    return await authenticate_operator(bearer, sessions=tools.sessions, pepper=pepper)


AuthenticatedOperator = Annotated[Operator, Depends(current_operator)]
