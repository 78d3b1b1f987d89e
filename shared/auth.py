"""Who is asking: the vendor behind an API key, and what its habilitations allow."""

import hmac
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from fastapi.security import APIKeyHeader, HTTPBearer
from sqlalchemy import any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import Sessions
from shared.errors import Refusal
from shared.keys import hash_secret, parse_key
from shared.models import ApiKey, Habilitation, Vendor


class KeyMissing(Refusal):
    """No key, or one that nobody has (any more)."""

    status = 401
    code = "key-invalid"
    title = "Clé d'API absente ou invalide"

    def __init__(self, detail: str) -> None:
        super().__init__(
            detail,
            action="Envoyez votre clé dans l'en-tête « Authorization: Bearer socle_… » ou « X-API-Key ».",
            headers={"WWW-Authenticate": 'Bearer realm="socle"'},
        )


class NotHabilitated(Refusal):
    """The vendor may not deposit for this organisation under this schema."""

    status = 403
    code = "not-habilitated"
    title = "Habilitation absente"


@dataclass(frozen=True, slots=True)
class CurrentVendor:
    """The vendor behind the key of this request."""

    id: UUID
    name: str
    key_prefix: str


BEARER = HTTPBearer(auto_error=False, description="Clé d'API d'un éditeur : `socle_…`")
KEY_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="La même clé, pour les outils sans Bearer")


async def authenticate(
    request: Request, bearer: object | None, header: str | None, *, sessions: Sessions, pepper: str
) -> CurrentVendor:
    """The vendor of a request, from what BEARER and KEY_HEADER found in it. Raises KeyMissing.

    An Authorization header, where there is one, decides alone.
    """
    authorised = "authorization" in request.headers
    offered = getattr(bearer, "credentials", None) if authorised else header
    if not offered:
        raise KeyMissing("Cette opération demande une clé d'API.")
    parsed = parse_key(offered)
    if parsed is None:
        raise KeyMissing("La clé d'API n'a pas la bonne forme : elle a été tronquée ou mal recopiée.")
    async with sessions() as session:
        vendor = await find_vendor(session, *parsed, pepper=pepper)
    if vendor is None:
        raise KeyMissing("Cette clé d'API est inconnue, expirée ou révoquée.")
    return vendor


async def find_vendor(session: AsyncSession, prefix: str, secret: str, *, pepper: str) -> CurrentVendor | None:
    """The vendor whose live key this is, else None."""
    statement = (
        select(ApiKey.secret_hash, Vendor.id, Vendor.name)  # type: ignore[call-overload]
        .join(Vendor, col(Vendor.id) == col(ApiKey.vendor_id))
        .where(
            col(ApiKey.prefix) == prefix,
            col(ApiKey.revoked_at).is_(None),
            or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > func.clock_timestamp()),
            col(Vendor.disabled_at).is_(None),
        )
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None or not hmac.compare_digest(found.secret_hash, hash_secret(secret, pepper)):
        return None
    return CurrentVendor(id=found.id, name=found.name, key_prefix=prefix)


async def require_habilitation(
    session: AsyncSession, vendor: CurrentVendor, organisation_siren: str, schema_name: str
) -> None:
    """Raises NotHabilitated unless the organisation lets the vendor deposit under the schema."""
    statement = select(col(Habilitation.id)).where(
        col(Habilitation.vendor_id) == vendor.id,
        col(Habilitation.organisation_siren) == organisation_siren,
        col(Habilitation.revoked_at).is_(None),
        or_(col(Habilitation.schemas).is_(None), literal(schema_name) == any_(col(Habilitation.schemas))),
    )
    if (await session.execute(statement.limit(1))).first() is None:
        raise NotHabilitated(
            f"« {vendor.name} » n'est pas habilité à déposer « {schema_name} » pour l'organisme {organisation_siren}.",
            action="Demandez à l'organisme de vous habiliter pour ce schéma.",
            organisation=organisation_siren,
            schema=schema_name,
        )
