"""The vendor of a request to ingest, and what its key must be for."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security

from services.ingest.tools import IngestTools
from shared.auth import (
    CurrentVendor,
    KeyMissing,
    KeyNotAllowed,
    NotHabilitated,
    authenticate,
    find_vendor,
    opened_by,
    require_habilitation,
    require_still,
)
from shared.doors import BEARER, KEY_HEADER, OAUTH
from shared.models import KeyAction


async def current_vendor(
    request: Request,
    bearer: Annotated[object | None, Depends(BEARER)],
    header: Annotated[str | None, Depends(KEY_HEADER)],
    _token: Annotated[str | None, Depends(OAUTH)],
    tools: IngestTools,
) -> CurrentVendor:
    """Raises KeyMissing."""
    return await authenticate(request, bearer, header, sessions=tools.sessions, settings=tools.settings)


Authenticated = Annotated[CurrentVendor, Depends(current_vendor)]
"""Any key."""


def key_for(action: KeyAction) -> Callable[..., Awaitable[CurrentVendor]]:
    """The dependency of a route that asks for a key of that action. It raises KeyMissing, KeyNotAllowed."""

    async def allowed(
        vendor: Authenticated, _token: Annotated[str | None, Security(OAUTH, scopes=[action])]
    ) -> CurrentVendor:
        vendor.require(action)
        return vendor

    return allowed


Depositor = Annotated[CurrentVendor, Depends(key_for(KeyAction.DEPOSIT))]
Reader = Annotated[CurrentVendor, Depends(key_for(KeyAction.READ))]
Decider = Annotated[CurrentVendor, Depends(key_for(KeyAction.DECIDE))]
KeyKeeper = Annotated[CurrentVendor, Depends(key_for(KeyAction.KEYS))]
Asker = Annotated[CurrentVendor, Depends(key_for(KeyAction.HABILITATIONS))]

KEY_REFUSALS = (KeyMissing, KeyNotAllowed)
"""What every route with one of these may answer."""

__all__ = [
    "KEY_REFUSALS",
    "Asker",
    "Authenticated",
    "CurrentVendor",
    "Decider",
    "Depositor",
    "KeyKeeper",
    "KeyMissing",
    "KeyNotAllowed",
    "NotHabilitated",
    "Reader",
    "find_vendor",
    "key_for",
    "opened_by",
    "require_habilitation",
    "require_still",
]
