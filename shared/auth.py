"""Who is asking: the vendor behind an API key or a token of one, what it lets it do, and what habilitations allow."""

import asyncio
import hmac
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from fastapi import Request
from sqlalchemy import ColumnElement, Select, String, and_, any_, bindparam, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.db import Sessions, asking
from shared.errors import Refusal
from shared.keys import KeyParts, hash_secret, parse_key
from shared.models import ApiKey, Deposit, Habilitation, HabilitationState, KeyAction, Vendor
from shared.settings import SharedSettings
from shared.tokens import TOKEN_PATH, Token, tokens_of

log = logging.getLogger(__name__)

USE_EVERY = timedelta(minutes=1)
"""How exactly the last use of a key is known."""

OUTWARD = (KeyAction.HABILITATIONS,)
"""What reaches other people than the vendor: not for a key for tests."""


class KeyMissing(Refusal):
    """No key, or one that nobody has (any more)."""

    status = 401
    code = "key-invalid"
    title = "Clé d'API absente ou invalide"

    def __init__(self, detail: str, *, action: str | None = None, offered: bool = True) -> None:
        """`offered`: something was (RFC 6750, 3.1): a program with a token then takes another, once."""
        error = ', error="invalid_token"' if offered else ""
        super().__init__(
            detail,
            action=action or "Envoyez votre clé dans l'en-tête « Authorization: Bearer socle_… » ou « X-API-Key ».",
            headers={"WWW-Authenticate": f'Bearer realm="socle"{error}'},
        )


class KeyNotAllowed(Refusal):
    """The key is good, and not for this."""

    status = 403
    code = "key-scope"
    title = "Clé sans ce droit"


class NotHabilitated(Refusal):
    """The vendor may not deposit for this organisation under this schema."""

    status = 403
    code = "not-habilitated"
    title = "Habilitation absente"


@dataclass(frozen=True, slots=True)
class CurrentVendor:
    """The vendor behind the key of this request, and what that key is for."""

    id: UUID
    name: str
    key_prefix: str
    key_id: UUID
    actions: frozenset[str]
    """Of KeyAction."""
    organisations: frozenset[str] | None = None
    """SIREN; None: every organisation."""
    schemas: frozenset[str] | None = None
    """None: every schema."""
    is_test: bool = False
    """What it pushes goes into trials, which nobody but the vendor sees; those are all that it knows and decides of."""
    expires_at: datetime | None = None

    def require(self, action: KeyAction) -> None:
        """Raises KeyNotAllowed unless the key is for that."""
        if self.is_test and action in OUTWARD:
            self.refuse_test("elle ne demande rien à personne", required=action)
        if action not in self.actions:
            raise KeyNotAllowed(
                f"La clé « {self.key_prefix} », ou le jeton pris avec elle, n'a pas le droit « {action} ».",
                action="Utilisez une clé qui a ce droit ; GET /v1/whoami dit les droits d'une clé ou d'un jeton.",
                headers={"WWW-Authenticate": f'Bearer realm="socle", error="insufficient_scope", scope="{action}"'},
                required=action,
                granted=sorted(self.actions),
            )

    def refuse_test(self, reason: str, *, required: KeyAction) -> None:
        """Raises KeyNotAllowed for a key for tests; `reason` is French, and goes on from « clé d'essai : »."""
        if self.is_test:
            raise KeyNotAllowed(
                f"La clé « {self.key_prefix} » est une clé d'essai : {reason}.",
                action="Prenez une clé ordinaire. Une clé d'essai dépose, pour tout organisme, dans des jeux à elle.",
                required=required,
            )

    @property
    def trial_of(self) -> UUID | None:
        """Whose trials the key is about; None: what is no trial."""
        return self.id if self.is_test else None

    def covers(self, organisation_siren: str, schema_name: str) -> bool:
        """Whether the key is for this organisation and this schema (not whether the vendor is habilitated)."""
        return (self.organisations is None or organisation_siren in self.organisations) and (
            self.schemas is None or schema_name in self.schemas
        )

    def owns(self) -> ColumnElement[bool]:
        """The condition on Deposit of those that this key may know of: the only way deposits are looked up."""
        conditions = [col(Deposit.vendor_id) == self.id, col(Deposit.trial_of).is_not_distinct_from(self.trial_of)]
        if self.organisations is not None:
            conditions.append(col(Deposit.organisation_siren).in_(self.organisations))
        if self.schemas is not None:
            conditions.append(col(Deposit.schema_name).in_(self.schemas))
        return and_(*conditions)


async def authenticate(
    request: Request, bearer: object | None, header: str | None, *, sessions: Sessions, settings: SharedSettings
) -> CurrentVendor:
    """The vendor of a request, from what BEARER and KEY_HEADER found in it. Raises KeyMissing.

    An Authorization header, where there is one, decides alone; a token is good there only.
    """
    authorised = "authorization" in request.headers
    offered = getattr(bearer, "credentials", None) if authorised else header
    if not offered:
        raise KeyMissing("Cette opération demande une clé d'API.", offered=False)
    shown: KeyParts | Token | None = parse_key(offered)
    if shown is None and authorised and offered.count(".") == 2:
        shown = tokens_of(settings).read(offered)
        if shown is None:
            raise KeyMissing("Ce jeton est expiré, ou n'est pas d'ici.", action=f"Prenez-en un par POST {TOKEN_PATH}.")
    if shown is None:
        raise KeyMissing("La clé d'API n'a pas la bonne forme : elle a été tronquée ou mal recopiée.")
    vendor = await opened_by(shown, sessions=sessions, pepper=settings.key_pepper.get_secret_value())
    if vendor is None:
        raise KeyMissing("Cette clé d'API est inconnue, expirée ou révoquée.")
    return vendor


async def opened_by(shown: KeyParts | Token, *, sessions: Sessions, pepper: str) -> CurrentVendor | None:
    """The vendor of the live key that is shown, or that a token shown is of; else None. The key's use is noted."""
    async with asking(sessions) as session:
        found = await _live_key(session, shown.prefix)
    if found is None or not (isinstance(shown, Token) or _matches(found[0], shown, pepper)):
        return None
    _note_use(found[0], sessions)
    vendor = _vendor(*found)
    return replace(vendor, actions=vendor.actions & shown.actions) if isinstance(shown, Token) else vendor


async def find_vendor(session: AsyncSession, key: KeyParts, *, pepper: str) -> CurrentVendor | None:
    """The vendor whose live key this is, else None."""
    found = await _live_key(session, key.prefix)
    return _vendor(*found) if found is not None and _matches(found[0], key, pepper) else None


def live_key() -> ColumnElement[bool]:
    """The condition on ApiKey and Vendor of keys that open something."""
    return and_(
        col(ApiKey.revoked_at).is_(None),
        or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > func.clock_timestamp()),
        col(Vendor.disabled_at).is_(None),
    )


async def _live_key(session: AsyncSession, prefix: str) -> tuple[ApiKey, str] | None:
    """A key that opens something, with the name of its vendor."""
    found = (await session.execute(_looking_for_key(), {"prefix": prefix})).one_or_none()
    return None if found is None else (found[0], found[1])


@cache
def _looking_for_key() -> Select[ApiKey, str]:
    """One look-up by a unique index."""
    return (
        select(ApiKey, col(Vendor.name))
        .join(Vendor, col(Vendor.id) == col(ApiKey.vendor_id))
        .where(col(ApiKey.prefix) == bindparam("prefix"), live_key())
    )


def _matches(key: ApiKey, shown: KeyParts, pepper: str) -> bool:
    return hmac.compare_digest(key.secret_hash, hash_secret(shown.secret, pepper)) and key.is_test == shown.is_test


def _vendor(key: ApiKey, name: str) -> CurrentVendor:
    return CurrentVendor(
        id=key.vendor_id,
        name=name,
        key_prefix=key.prefix,
        key_id=key.id,
        actions=frozenset(key.actions),
        organisations=None if key.organisations is None else frozenset(key.organisations),
        schemas=None if key.schemas is None else frozenset(key.schemas),
        is_test=key.is_test,
        expires_at=key.expires_at,
    )


_noting: dict[UUID, asyncio.Task[None]] = {}
"""Uses being written down by this process, so that a burst of requests writes once."""


def _note_use(key: ApiKey, sessions: Sessions) -> None:
    """Beside the request, which does not wait for it."""
    used = key.last_used_at
    if (used is None or datetime.now(UTC) - used >= USE_EVERY) and key.id not in _noting:
        task = asyncio.create_task(_write_use(key.id, sessions))
        _noting[key.id] = task
        task.add_done_callback(lambda _done: _noting.pop(key.id, None))


async def _write_use(key_id: UUID, sessions: Sessions) -> None:
    unused = or_(col(ApiKey.last_used_at).is_(None), col(ApiKey.last_used_at) < func.clock_timestamp() - USE_EVERY)
    statement = update(ApiKey).where(col(ApiKey.id) == key_id, unused).values(last_used_at=func.clock_timestamp())
    try:
        async with sessions.begin() as session:
            await session.execute(statement)
    except (SQLAlchemyError, OSError) as error:
        log.warning("the use of a key could not be noted: %s", type(error).__name__)


async def require_habilitation(
    session: AsyncSession, vendor: CurrentVendor, organisation_siren: str, schema_name: str
) -> None:
    """Raises NotHabilitated unless the key covers it and the organisation lets the vendor deposit under the schema.

    Trials need nobody's leave.
    """
    if not vendor.covers(organisation_siren, schema_name):
        raise NotHabilitated(
            f"La clé « {vendor.key_prefix} » ne couvre pas « {schema_name} » pour l'organisme {organisation_siren}.",
            action="Utilisez une clé qui couvre cet organisme et ce schéma ; GET /v1/whoami dit ce qu'une clé couvre.",
            organisation=organisation_siren,
            schema=schema_name,
        )
    if vendor.is_test:
        return
    asked = {"vendor": vendor.id, "siren": organisation_siren, "schema": schema_name}
    if (await session.execute(_looking_for_right(kept=False), asked)).first() is None:
        raise _not_habilitated(f"« {vendor.name} »", organisation_siren, schema_name)


async def require_still(session: AsyncSession, deposit: Deposit) -> None:
    """Raises NotHabilitated unless the deposit's vendor still has the right that its request was let in by.

    The right cannot be taken back before the transaction ends: a deposit is refused here, or is there to be cancelled.
    """
    if deposit.trial_of is not None:
        return
    asked = {"vendor": deposit.vendor_id, "siren": deposit.organisation_siren, "schema": deposit.schema_name}
    if (await session.execute(_looking_for_right(kept=True), asked)).first() is None:
        raise _not_habilitated("L'éditeur", deposit.organisation_siren, deposit.schema_name)


@cache
def _looking_for_right(*, kept: bool) -> Select[UUID]:
    """A habilitation of a vendor for an organisation and a schema; `kept` as it is until the transaction ends."""
    looking = (
        select(col(Habilitation.id))
        .where(
            col(Habilitation.vendor_id) == bindparam("vendor"),
            col(Habilitation.organisation_siren) == bindparam("siren"),
            live_habilitation(bindparam("schema", type_=String)),
        )
        .limit(1)
    )
    return looking.with_for_update(read=True) if kept else looking


def live_habilitation(schema_name: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition on Habilitation of those that let a vendor deposit now under that schema."""
    return and_(
        col(Habilitation.state) == HabilitationState.GRANTED,
        or_(col(Habilitation.expires_at).is_(None), col(Habilitation.expires_at) > func.clock_timestamp()),
        or_(col(Habilitation.schemas).is_(None), schema_name == any_(col(Habilitation.schemas))),
    )


def _not_habilitated(who: str, organisation_siren: str, schema_name: str) -> NotHabilitated:
    return NotHabilitated(
        f"{who} n'est pas habilité à déposer « {schema_name} » pour l'organisme {organisation_siren}.",
        action="Demandez à l'organisme de vous habiliter pour ce schéma, par POST /v1/habilitations.",
        organisation=organisation_siren,
        schema=schema_name,
    )
