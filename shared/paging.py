"""Lists: one envelope everywhere, and the opaque cursors that lead to the next page.

A cursor is a JSON object, signed (HMAC-SHA-256, truncated to 128 bits) so that nobody can write one but us:
what it says about a position or a publication can be trusted once it has been read back.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field

from shared.errors import InvalidParameter

T = TypeVar("T")

SIGNATURE_BYTES = 16
MAX_CURSOR_CHARACTERS = 8192
"""A position holds at most the sort values of one row; whatever is longer was not written by us."""


class PageLinks(BaseModel):
    """Where to go from a page."""

    next: str | None = Field(description="Adresse de la page suivante ; absente (null) sur la dernière.")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    data: list[T]
    links: PageLinks
    meta: dict[str, Any] = Field(default_factory=dict)


def cursor_secret(key_pepper: str) -> bytes:
    """The key that signs cursors, derived from the installation's one secret (`SOCLE_KEY_PEPPER`)."""
    return hmac.digest(key_pepper.encode(), b"socle cursor", hashlib.sha256)


def encode_cursor(values: Mapping[str, Any], *, secret: bytes) -> str:
    """`values` (JSON types only, integers of 64 bits) as an opaque text that is safe in a URL."""
    body = orjson.dumps(values)
    return base64.urlsafe_b64encode(_signature(body, secret) + body).rstrip(b"=").decode()


def decode_cursor(text: str, *, secret: bytes) -> dict[str, Any]:
    """What `encode_cursor` was given. Raises InvalidParameter("cursor") for anything it did not write."""
    if len(text) > MAX_CURSOR_CHARACTERS or not text.isascii():
        raise unreadable_cursor()
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise unreadable_cursor() from error
    signature, body = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(body, secret)):
        raise unreadable_cursor()
    values: dict[str, Any] = json.loads(body)
    return values


def unreadable_cursor() -> InvalidParameter:
    """The refusal of a cursor that this list did not give."""
    return InvalidParameter(
        "cursor",
        "Ce curseur est illisible : il n’a pas été donné par cette liste, ou il a été modifié.",
        action="Reprenez l’adresse « links.next » telle quelle, ou recommencez sans « cursor ».",
    )


def _signature(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, body, hashlib.sha256)[:SIGNATURE_BYTES]
