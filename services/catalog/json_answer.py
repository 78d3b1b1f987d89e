"""JSON answers that hold rows as PostgreSQL wrote them."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response

from services.catalog.exports.download import matches
from services.catalog.headers import VARY


def json_answer(
    request: Request, document: Mapping[str, Any], *, cache_control: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The document, or 304 when the caller has those very bytes. The ETag is strong: their hash."""
    body = orjson.dumps(document, option=orjson.OPT_UTC_Z, default=str)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    sent = {"ETag": tag, "Cache-Control": cache_control, "Vary": VARY, **(headers or {})}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type="application/json", headers=sent)
