"""Access tokens: a key of a vendor for ten minutes, with no more rights than it (RFC 9068, a profile of JWT).

A token opens nothing by itself: it names a key, which must still open when the token is shown. It is signed with a
secret of the installation, so whoever verifies tokens could make them; only the services do.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import jwt

from shared.keys import fingerprint
from shared.settings import SharedSettings

TOKEN_PATH = "/oauth/token"  # noqa: S105 - an address

LIFETIME = timedelta(minutes=10)

LEEWAY = timedelta(seconds=30)
"""By how much the clocks of two machines may differ."""

ALGORITHM, KIND = "HS256", "at+jwt"

CLAIMS = ("iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "quota")
"""All of RFC 9068, and `quota`: what the key is counted under, which nobody can tell without the key."""


class Token(NamedTuple):
    """What a good token says."""

    prefix: str
    """Of its key."""
    actions: frozenset[str]
    """Of KeyAction: those of the key that it was made for."""
    quota: str
    """`fingerprint` of its key."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads tokens of an installation. `issuer`: its public address, for which alone they are good."""

    secret: bytes
    issuer: str

    def make(self, *, prefix: str, key: str, actions: Collection[str], expires_at: datetime) -> str:
        """A token for the key of that prefix; `key` is its text."""
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": prefix,
            "client_id": prefix,
            "iat": datetime.now(UTC),
            "exp": expires_at,
            "jti": str(uuid4()),
            "scope": " ".join(sorted(actions)),
            "quota": fingerprint(key),
        }
        return jwt.encode(claims, self.secret, algorithm=ALGORITHM, headers={"typ": KIND})

    def read(self, text: str) -> Token | None:
        """What a token says; None when it is not one of ours, is for another installation, or has ended."""
        try:
            whole = jwt.decode_complete(
                text,
                self.secret,
                algorithms=[ALGORITHM],
                audience=self.issuer,
                issuer=self.issuer,
                leeway=LEEWAY,
                options={"require": list(CLAIMS), "strict_aud": True},
            )
        except jwt.PyJWTError:
            return None
        claims: dict[str, Any] = whole["payload"]
        if whole["header"].get("typ") != KIND:
            return None
        return Token(claims["client_id"], frozenset(claims["scope"].split()), claims["quota"])


def tokens_of(settings: SharedSettings) -> Tokens:
    """Those of an installation."""
    pepper = settings.key_pepper.get_secret_value()
    # No key has a secret with a space: what is signed here is never what a key is recognised by.
    secret = hmac.digest(pepper.encode(), b"socle access tokens", hashlib.sha256)
    return Tokens(secret, settings.public_url.rstrip("/"))
