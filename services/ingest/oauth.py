"""OAuth 2 for vendors' programs: a key buys a short token of its own rights, or fewer (RFC 6749, 4.4)."""

import base64
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote_plus

from services.ingest.auth import CurrentVendor, opened_by
from shared.db import Sessions
from shared.keys import KeyParts, parse_key
from shared.models import KeyAction
from shared.settings import SharedSettings
from shared.tokens import LIFETIME, tokens_of

GRANT = "client_credentials"

ErrorCode = Literal["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"]


class TokenRefused(Exception):
    """An expected "no" of the token endpoint, in OAuth's own words (RFC 6749, 5.2).

    `description` is English: the standard allows it no letter outside ASCII.
    """

    def __init__(self, error: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a program says it is: `client_id` is the prefix of a key, `client_secret` the whole key."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A token just made; it is kept nowhere."""

    token: str
    scopes: tuple[KeyAction, ...]
    seconds: int


def check_grant(grant_type: str | None) -> None:
    """Raises TokenRefused unless it is the only one there is here."""
    if not grant_type:
        raise TokenRefused("invalid_request", f"grant_type is missing: send grant_type={GRANT} as a form.")
    if grant_type != GRANT:
        raise TokenRefused("unsupported_grant_type", f"The only grant_type here is {GRANT}.")


def credentials_of(authorization: str | None, client_id: str | None, client_secret: str | None) -> Credentials:
    """From a Basic header (RFC 6749, 2.3.1: each half is form-encoded) or the form. Raises TokenRefused."""
    if authorization is None:
        if not client_id or not client_secret:
            raise TokenRefused("invalid_client", "Send client_id and client_secret, by HTTP Basic or in the form.")
        return Credentials(client_id, client_secret)
    if client_secret is not None:
        raise TokenRefused("invalid_request", "Send the credentials once: by HTTP Basic or in the form, not both.")
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError, ValueError):
        name = colon = secret = ""
    if scheme.lower() != "basic" or not colon:
        raise TokenRefused("invalid_client", "The Authorization header must be HTTP Basic: client_id:client_secret.")
    found = Credentials(unquote_plus(name), unquote_plus(secret))
    if client_id not in (None, found.client_id):
        raise TokenRefused("invalid_request", "The form and the Authorization header name different clients.")
    return found


async def grant_token(
    credentials: Credentials, scope: str | None, *, sessions: Sessions, settings: SharedSettings
) -> Granted:
    """A token of the key for what `scope` asks. Raises TokenRefused."""
    key = parse_key(credentials.client_secret)
    client = await _client(credentials, key, sessions=sessions, settings=settings)
    scopes = _scopes(scope, client)
    now = datetime.now(UTC)
    ends = now + LIFETIME if client.expires_at is None else min(now + LIFETIME, client.expires_at)
    token = tokens_of(settings).make(
        prefix=client.key_prefix, key=credentials.client_secret, actions=scopes, expires_at=ends
    )
    return Granted(token, scopes, int((ends - now).total_seconds()))


async def _client(
    credentials: Credentials, key: KeyParts | None, *, sessions: Sessions, settings: SharedSettings
) -> CurrentVendor:
    pepper = settings.key_pepper.get_secret_value()
    found = None
    if key is not None and key.prefix == credentials.client_id:
        found = await opened_by(key, sessions=sessions, pepper=pepper)
    if found is None:
        said = (
            "client_id is the 8-character prefix of a key, client_secret the whole key; this one is unknown or ended."
        )
        raise TokenRefused("invalid_client", said)
    return found


def _scopes(asked: str | None, client: CurrentVendor) -> tuple[KeyAction, ...]:
    """What a token is for. Nothing asked: all that the key is for but making keys, which would outlive the token."""
    wanted = set(asked.split()) if asked and asked.strip() else client.actions - {KeyAction.KEYS}
    if not wanted or wanted - client.actions:
        able = " ".join(one for one in KeyAction if one in client.actions)
        raise TokenRefused("invalid_scope", f"Ask for scopes of this key: {able}.")
    return tuple(one for one in KeyAction if one in wanted)
