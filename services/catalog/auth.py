"""The vendor of a request to catalog: only what changes something asks for a key."""

from typing import Annotated

from fastapi import Depends, Request, Security

from services.catalog.tools import CatalogTools, Tools
from shared.auth import CurrentVendor, KeyMissing, authenticate
from shared.doors import BEARER, KEY_HEADER, OAUTH
from shared.models import KeyAction


async def current_vendor(
    request: Request,
    bearer: Annotated[object | None, Depends(BEARER)],
    header: Annotated[str | None, Depends(KEY_HEADER)],
    _token: Annotated[str | None, Security(OAUTH, scopes=[KeyAction.DATASETS])],
    tools: CatalogTools,
) -> CurrentVendor:
    """Raises KeyMissing, KeyNotAllowed."""
    vendor = await authenticate(request, bearer, header, sessions=tools.deciding.sessions, settings=tools.settings)
    vendor.require(KeyAction.DATASETS)
    return vendor


async def known_vendor(request: Request, tools: Tools) -> CurrentVendor | None:
    """The vendor of any request; None without a key that opens something."""
    bearer, header = await BEARER(request), await KEY_HEADER(request)
    try:
        return await authenticate(request, bearer, header, sessions=tools.deciding.sessions, settings=tools.settings)
    except KeyMissing:
        return None


Authenticated = Annotated[CurrentVendor, Depends(current_vendor)]
