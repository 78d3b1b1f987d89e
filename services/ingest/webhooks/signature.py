"""Signatures of Standard Webhooks 1.0: HMAC-SHA-256 over `id.timestamp.body`, as `v1,<base64>`.

A secret is never stored: it is derived from the installation's pepper and the salt of its row, so that the database
alone signs nothing.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence

PREFIX = "whsec_"
SALT_BYTES = 32
TOLERANCE_SECONDS = 300
"""How old, or how far ahead, a timestamp may be for a receiver."""


class SignatureRefused(Exception):
    """What came is not what was signed, or is too old. The message is French."""


def new_salt() -> bytes:
    """What a new secret is derived from."""
    return os.urandom(SALT_BYTES)


def derive_secret(salt: bytes, pepper: str) -> bytes:
    """32 bytes (the specification asks for 24 to 64)."""
    key = hmac.digest(pepper.encode(), b"socle webhook", hashlib.sha256)
    return hmac.digest(key, salt, hashlib.sha256)


def shown(secret: bytes) -> str:
    """The secret as its receiver configures it: `whsec_…`."""
    return PREFIX + base64.b64encode(secret).decode()


def parse_secret(text: str) -> bytes:
    """The bytes of `whsec_…`. Raises SignatureRefused."""
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureRefused("Le secret n'a pas la forme whsec_… suivie de base64.") from None


def sign(secrets: Sequence[bytes], *, message_id: str, timestamp: int, body: bytes) -> str:
    """Header `webhook-signature`: one signature for each secret in force, separated by spaces."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def verify(secret: bytes, *, message_id: str, timestamp: str, signatures: str, body: bytes, now: float) -> None:
    """As a receiver does; `timestamp` and `signatures` are headers, `now` Unix seconds. Raises SignatureRefused."""
    if not (timestamp.isascii() and timestamp.isdigit() and abs(now - int(timestamp)) <= TOLERANCE_SECONDS):
        raise SignatureRefused("L'horodatage est illisible, ou trop loin de l'heure d'ici.")
    expected = sign([secret], message_id=message_id, timestamp=int(timestamp), body=body).encode()
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures.split(" ")):
        raise SignatureRefused("Aucune signature n'est celle de ce secret.")
