"""Addresses that need no key: what they give is in them, signed (HMAC-SHA-256), until a stated time.

Nobody but us can write one, and nobody can make one last longer; changing `SOCLE_KEY_PEPPER` ends them all.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shared.errors import InvalidParameter, NotFound, Refusal
from shared.paging import decode_cursor, encode_cursor

Purpose = Literal["report", "annotated"]
"""What an address gives: one made for a purpose is of no use for another."""

_UNTIL = "until"


class LinkExpired(Refusal):
    """The address was good once."""

    status = 410
    code = "link-expired"
    title = "Lien expiré"


def sign_link(
    values: Mapping[str, Any], *, purpose: Purpose, key_pepper: str, lasting: timedelta
) -> tuple[str, datetime]:
    """`values` (JSON types) as a token, safe in an address, and when it ends (UTC)."""
    until = (datetime.now(UTC) + lasting).replace(microsecond=0)
    token = encode_cursor({**values, _UNTIL: int(until.timestamp())}, secret=_secret(key_pepper, purpose))
    return token, until


def read_link(token: str, *, purpose: Purpose, key_pepper: str) -> dict[str, Any]:
    """What `sign_link` was given. Raises NotFound for anything it did not write, LinkExpired when its time is over."""
    try:
        values = decode_cursor(token, secret=_secret(key_pepper, purpose))
    except InvalidParameter:
        raise NotFound(
            "Cette adresse ne correspond à rien ici : elle a été tronquée ou modifiée.",
            action="Reprenez le lien tel qu’il vous a été donné, ou demandez-en un autre.",
        ) from None
    if values.pop(_UNTIL) < datetime.now(UTC).timestamp():
        raise LinkExpired(
            "Ce lien n’est plus valable.",
            action="Demandez-en un autre à qui vous l’a donné.",
        )
    return values


def _secret(key_pepper: str, purpose: Purpose) -> bytes:
    return hmac.digest(key_pepper.encode(), f"socle link: {purpose}".encode(), hashlib.sha256)
