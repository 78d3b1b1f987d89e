"""API keys `socle_<prefix>_<secret>`, as every service recognises them: by a keyed hash of the secret."""

import hashlib
import hmac
import re
from typing import NamedTuple

PREFIX_LENGTH = 8
SECRET_LENGTH = 43
"""62^43 is a little more than 2^256."""

KEY_PATTERN = re.compile(
    rf"socle_(?P<test>test_)?(?P<prefix>[A-Za-z0-9]{{{PREFIX_LENGTH}}})_(?P<secret>[A-Za-z0-9]{{{SECRET_LENGTH}}})",
    re.ASCII,
)


class KeyParts(NamedTuple):
    """What a key is made of."""

    prefix: str
    secret: str
    is_test: bool = False
    """A key `socle_test_…`."""


def hash_secret(secret: str, pepper: str) -> bytes:
    """HMAC-SHA-256. A random secret of 256 bits needs no slow hash, which would be a denial of service of ours."""
    return hmac.digest(pepper.encode(), secret.encode(), hashlib.sha256)


def fingerprint(offered: str) -> str:
    """Names whatever is offered as a key, true or not, without telling it: what its requests are counted under."""
    return hashlib.blake2s(offered.encode(), digest_size=12).hexdigest()


def parse_key(text: str) -> KeyParts | None:
    """The parts of a well-formed key, else None."""
    match = KEY_PATTERN.fullmatch(text)
    return KeyParts(match["prefix"], match["secret"], match["test"] is not None) if match else None
