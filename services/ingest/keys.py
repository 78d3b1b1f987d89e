"""Makes API keys: shown once, kept as a keyed hash."""

import secrets
import string
from dataclasses import dataclass

from shared.keys import PREFIX_LENGTH, SECRET_LENGTH, hash_secret, parse_key

ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `text` exists only here: what is stored is `prefix` and `secret_hash`."""

    text: str
    prefix: str
    secret_hash: bytes


def make_key(pepper: str) -> NewKey:
    """A new random key."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LENGTH))
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return NewKey(text=f"socle_{prefix}_{secret}", prefix=prefix, secret_hash=hash_secret(secret, pepper))


__all__ = ["NewKey", "make_key", "parse_key"]
