"""Public answers that caches may keep, and ask again about: a validator, and a 304 for who has it already."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response

REVALIDATED = "public, no-cache"
"""Kept by anybody, asked again before each use."""


def revalidated(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The body, or 304 when the caller has those very bytes. The ETag is strong: their hash."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    sent = {"ETag": tag, "Cache-Control": REVALIDATED, "Vary": "Accept-Encoding", **(headers or {})}
    if is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)


def revalidated_json(request: Request, document: Mapping[str, Any]) -> Response:
    """The same for a JSON document."""
    body = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return revalidated(request, body, media_type="application/json")


def is_known(condition: str | None, entity_tag: str) -> bool:
    """Whether an If-None-Match names the tag (weak comparison, as RFC 9110 13.1.2 asks)."""
    if condition is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return "*" in tags or entity_tag in tags
