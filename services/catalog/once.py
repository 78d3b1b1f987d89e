"""Idempotency-Key on the writes of catalog."""

from fastapi import Depends, Request

from services.catalog.auth import Authenticated
from services.catalog.tools import CatalogTools
from shared.once import OnceKey, begin_once


async def once(request: Request, vendor: Authenticated, tools: CatalogTools, idempotency_key: OnceKey = None) -> None:
    """Raises KeyMissing, IDEMPOTENCY_REFUSALS."""
    await begin_once(request, tools.deciding.sessions, vendor, idempotency_key)


ONCE = [Depends(once)]
"""`dependencies` of a route whose router has the class `OnceRoute`."""
