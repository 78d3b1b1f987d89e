"""Idempotency-Key on the writes of ingest that are not deposits."""

from fastapi import Depends, Request

from services.ingest.auth import Authenticated
from services.ingest.tools import IngestTools
from shared.once import OnceKey, begin_once


async def once(request: Request, vendor: Authenticated, tools: IngestTools, idempotency_key: OnceKey = None) -> None:
    """Raises KeyMissing, IDEMPOTENCY_REFUSALS."""
    await begin_once(request, tools.sessions, vendor, idempotency_key)


ONCE = [Depends(once)]
"""`dependencies` of a route whose router has the class `OnceRoute`."""
