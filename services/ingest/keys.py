"""API keys: made, shown once, kept as a keyed hash; rotated with an overlap, revoked at once.

A key with the action `keys` looks after those of its vendor that have no more rights than itself; it knows no other.
"""

import secrets
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Text, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.auth import CurrentVendor
from shared.audit import Actor, actor_of, audit
from shared.db import Sessions
from shared.deposits import DATABASE_NOW
from shared.errors import Refusal
from shared.keys import PREFIX_LENGTH, SECRET_LENGTH, hash_secret, parse_key
from shared.models import EVERY_ACTION, ApiKey, Vendor

ALPHABET = string.ascii_letters + string.digits

MAX_LIVE_KEYS = 100
"""Of a vendor."""


class UnknownKey(Refusal):
    """No key of that prefix, or none that this key may look after."""

    status = 404
    code = "unknown-key"
    title = "Clé inconnue"


class KeyExceeds(Refusal):
    """A key cannot give what it does not have."""

    status = 403
    code = "key-exceeds"
    title = "Plus de droits que votre clé"


class KeyEnded(Refusal):
    """The key was rotated, revoked or has expired: it has no successor to make."""

    status = 409
    code = "key-ended"
    title = "Clé déjà remplacée ou éteinte"


class TooManyKeys(Refusal):
    """The vendor has as many keys as it may."""

    status = 409
    code = "too-many-keys"
    title = "Trop de clés"


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a key shall be for. None: without restriction, but for those of the key that asks."""

    name: str
    actions: Collection[str] = field(default=EVERY_ACTION)
    organisations: Collection[str] | None = None
    schemas: Collection[str] | None = None
    expires_at: datetime | None = None
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `text` exists only here: what is stored is `prefix` and `secret_hash`."""

    text: str
    prefix: str
    secret_hash: bytes


def make_key(pepper: str, *, is_test: bool = False) -> NewKey:
    """A new random key."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LENGTH))
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    shown = f"socle_{'test_' if is_test else ''}{prefix}_{secret}"
    return NewKey(text=shown, prefix=prefix, secret_hash=hash_secret(secret, pepper))


async def add_key(
    session: AsyncSession, vendor: Vendor, wish: KeyWish, *, pepper: str, created_by: str = "operator"
) -> tuple[ApiKey, NewKey]:
    """Record a new key; its text is in the answer and nowhere else."""
    made = make_key(pepper, is_test=wish.is_test)
    key = ApiKey(
        vendor_id=vendor.id,
        prefix=made.prefix,
        secret_hash=made.secret_hash,
        name=wish.name,
        actions=[one for one in EVERY_ACTION if one in wish.actions],
        organisations=None if wish.organisations is None else sorted(wish.organisations),
        schemas=None if wish.schemas is None else sorted(wish.schemas),
        is_test=wish.is_test,
        expires_at=wish.expires_at,
        created_by=created_by,
    )
    session.add(key)
    await session.flush()
    rights = {"actions": key.actions, "organisations": key.organisations, "schemas": key.schemas, "test": key.is_test}
    await _note(session, Actor(created_by), key, "key.create", rights)
    return key, made


async def ask_key(sessions: Sessions, asker: CurrentVendor, wish: KeyWish, *, pepper: str) -> tuple[ApiKey, NewKey]:
    """A key for the vendor of `asker`, with no more rights than it. Raises KeyExceeds, TooManyKeys."""
    wish = _within(asker, wish)
    async with sessions.begin() as session:
        vendor = await _locked_vendor(session, asker)
        return await add_key(session, vendor, wish, pepper=pepper, created_by=f"key {asker.key_prefix}")


async def rotate_key(
    sessions: Sessions, prefix: str, *, overlap: timedelta, pepper: str, asker: CurrentVendor | None = None
) -> tuple[ApiKey, ApiKey, NewKey]:
    """(the key, its successor, what to show): the same rights and life span again; the old key ends after `overlap`.

    `asker`: None for the operator. Raises UnknownKey, KeyEnded, TooManyKeys.
    """
    async with sessions.begin() as session:
        old = await _locked_key(session, prefix, asker)
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        if old.revoked_at or old.successor_id or (old.expires_at and old.expires_at <= now):
            raise KeyEnded(
                f"La clé « {prefix} » est déjà remplacée, révoquée ou expirée.",
                action="Remplacez sa remplaçante, ou faites une nouvelle clé.",
            )
        vendor = await session.get_one(Vendor, old.vendor_id)
        if asker is not None:
            await _locked_vendor(session, asker)
        wish = KeyWish(old.name, old.actions, old.organisations, old.schemas, is_test=old.is_test)
        wish = replace(wish, expires_at=_same_span(old, asker, now))
        created_by = "operator" if asker is None else f"key {asker.key_prefix}"
        successor, made = await add_key(session, vendor, wish, pepper=pepper, created_by=created_by)
        old.successor_id = successor.id
        old.expires_at = min(now + overlap, old.expires_at or now + overlap)
        session.add(old)
        await _note(session, actor_of(asker), old, "key.rotate", {"successor": successor.prefix})
    return old, successor, made


async def revoke_key(sessions: Sessions, *, prefix: str, asker: CurrentVendor | None = None) -> None:
    """At once: the next request with it is refused; again, nothing more. Raises UnknownKey."""
    async with sessions.begin() as session:
        key = await _locked_key(session, prefix, asker)
        revoked_at = func.coalesce(col(ApiKey.revoked_at), DATABASE_NOW)
        await session.execute(update(ApiKey).where(col(ApiKey.id) == key.id).values(revoked_at=revoked_at))
        await _note(session, actor_of(asker), key, "key.revoke")


async def keys_of(session: AsyncSession, asker: CurrentVendor) -> Sequence[ApiKey]:
    """The keys that `asker` may look after, itself among them, the newest first."""
    statement = select(ApiKey).where(_looked_after_by(asker)).order_by(col(ApiKey.created_at).desc())
    return (await session.execute(statement)).scalars().all()


def _same_span(old: ApiKey, asker: CurrentVendor | None, now: datetime) -> datetime | None:
    """When the successor of a key ends: it lasts as long, but no longer than another key that asks for it."""
    if old.expires_at is None:
        return None
    ends = now + (old.expires_at - old.created_at)
    if asker is None or asker.key_id == old.id or asker.expires_at is None:
        return ends
    return min(ends, asker.expires_at)


def _within(asker: CurrentVendor, wish: KeyWish) -> KeyWish:
    """The wish, with the limits of `asker` where it says none. Raises KeyExceeds."""
    missing = set(wish.actions) - asker.actions
    organisations = _narrowed(asker.organisations, wish.organisations)
    schemas = _narrowed(asker.schemas, wish.schemas)
    latest = asker.expires_at
    later = latest is not None and wish.expires_at is not None and wish.expires_at > latest
    if missing or organisations is _TOO_WIDE or schemas is _TOO_WIDE or later or (asker.is_test and not wish.is_test):
        raise KeyExceeds(
            "La clé demandée aurait des droits que la vôtre n'a pas (actions, organismes, schémas, durée ou essai).",
            action="Demandez moins, ou utilisez une clé qui a ces droits ; GET /v1/whoami dit ceux de la vôtre.",
            granted=sorted(asker.actions),
        )
    return replace(wish, organisations=organisations, schemas=schemas, expires_at=wish.expires_at or latest)


_TOO_WIDE: frozenset[str] = frozenset({"*"})


def _narrowed(own: frozenset[str] | None, wanted: Collection[str] | None) -> Collection[str] | None:
    if own is None or wanted is None:
        return own if wanted is None else wanted
    return wanted if set(wanted) <= own else _TOO_WIDE


def _looked_after_by(asker: CurrentVendor) -> ColumnElement[bool]:
    conditions = [col(ApiKey.vendor_id) == asker.id, _texts(asker.actions).contains(col(ApiKey.actions))]
    if asker.organisations is not None:
        conditions.append(_texts(asker.organisations).contains(col(ApiKey.organisations)))
    if asker.schemas is not None:
        conditions.append(_texts(asker.schemas).contains(col(ApiKey.schemas)))
    if asker.is_test:
        conditions.append(col(ApiKey.is_test).is_(True))
    if asker.expires_at is not None:
        conditions.append(col(ApiKey.expires_at) <= asker.expires_at)
    return and_(*conditions)


def _texts(values: Collection[str]) -> BindParameter[list[str]]:
    return literal(sorted(values), ARRAY(Text))


async def _note(
    session: AsyncSession, actor: Actor, key: ApiKey, action: str, detail: Mapping[str, object] | None = None
) -> None:
    subject = f"key {key.prefix}"
    await audit(session, actor=actor, action=action, subject=subject, vendor_id=key.vendor_id, detail=detail)


async def _locked_key(session: AsyncSession, prefix: str, asker: CurrentVendor | None) -> ApiKey:
    statement = select(ApiKey).where(col(ApiKey.prefix) == prefix)
    if asker is not None:
        statement = statement.where(_looked_after_by(asker))
    key = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    if key is None:
        action = "Voyez `socle admin key list`." if asker is None else "Voyez vos clés par GET /v1/keys."
        raise UnknownKey(f"Aucune clé n'a le préfixe « {prefix[:16]} ».", action=action)
    return key


async def _locked_vendor(session: AsyncSession, asker: CurrentVendor) -> Vendor:
    """Keys of a vendor are counted one after the other. Raises TooManyKeys."""
    statement = select(Vendor).where(col(Vendor.id) == asker.id).with_for_update()
    vendor: Vendor = (await session.execute(statement)).scalar_one()
    open_ended = or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > DATABASE_NOW)
    live = select(func.count()).where(col(ApiKey.vendor_id) == vendor.id, col(ApiKey.revoked_at).is_(None), open_ended)
    if (await session.execute(live)).scalar_one() >= MAX_LIVE_KEYS:
        raise TooManyKeys(
            f"Vous avez déjà {MAX_LIVE_KEYS} clés qui ouvrent, le nombre le plus grand ici.",
            action="Révoquez celles qui ne servent plus, par DELETE /v1/keys/{prefix}.",
            limit=MAX_LIVE_KEYS,
        )
    return vendor


__all__ = [
    "KeyEnded",
    "KeyExceeds",
    "KeyWish",
    "NewKey",
    "TooManyKeys",
    "UnknownKey",
    "add_key",
    "ask_key",
    "keys_of",
    "make_key",
    "parse_key",
    "revoke_key",
    "rotate_key",
]
