"""API keys `socle_<prefix>_<secret>`: made, shown once, recognised by a keyed hash."""

import hashlib
import hmac
import re
import secrets
import string
from dataclasses import dataclass

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = 8
SECRET_LENGTH = 43
"""62^43 is a little more than 2^256."""

KEY_PATTERN = re.compile(
    rf"socle_(?P<prefix>[A-Za-z0-9]{{{PREFIX_LENGTH}}})_(?P<secret>[A-Za-z0-9]{{{SECRET_LENGTH}}})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `text` exists only here: what is stored is `prefix` and `secret_hash`."""

    text: str
    prefix: str
    secret_hash: bytes


def hash_secret(secret: str, pepper: str) -> bytes:
    """HMAC-SHA-256. A random secret of 256 bits needs no slow hash, which would be a denial of service of ours."""
    return hmac.digest(pepper.encode(), secret.encode(), hashlib.sha256)


def make_key(pepper: str) -> NewKey:
    """A new random key."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LENGTH))
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return NewKey(text=f"socle_{prefix}_{secret}", prefix=prefix, secret_hash=hash_secret(secret, pepper))


def parse_key(text: str) -> tuple[str, str] | None:
    """(prefix, secret) of a well-formed key, else None."""
    match = KEY_PATTERN.fullmatch(text)
    return (match["prefix"], match["secret"]) if match else None
