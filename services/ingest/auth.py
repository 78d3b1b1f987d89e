"""The vendor of a request to ingest."""

from typing import Annotated

from fastapi import Depends, Request

from services.ingest.tools import IngestTools
from shared.auth import (
    BEARER,
    KEY_HEADER,
    CurrentVendor,
    KeyMissing,
    NotHabilitated,
    authenticate,
    find_vendor,
    require_habilitation,
)


async def current_vendor(
    request: Request,
    bearer: Annotated[object | None, Depends(BEARER)],
    header: Annotated[str | None, Depends(KEY_HEADER)],
    tools: IngestTools,
) -> CurrentVendor:
    """Raises KeyMissing."""
    pepper = tools.settings.key_pepper.get_secret_value()
    return await authenticate(request, bearer, header, sessions=tools.sessions, pepper=pepper)


Authenticated = Annotated[CurrentVendor, Depends(current_vendor)]

__all__ = [
    "Authenticated",
    "CurrentVendor",
    "KeyMissing",
    "NotHabilitated",
    "find_vendor",
    "require_habilitation",
]
