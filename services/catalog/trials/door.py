"""In front of all reads: whoever asks for a trial with the key for tests of its vendor is let in; for anybody else the
request goes on, and finds nothing.

Answers about trials are for nobody to keep; reads in memory (`reading.front`) never see them.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.auth import CurrentVendor
from shared.db import Sessions
from shared.errors import ServiceUnavailable
from shared.models import CatalogDataset, KeyAction
from shared.trials import LOOKING_AT, PREFIX, look_at_trials
from shared.web.app import CROSS_ORIGIN
from shared.web.problems import answer as problem_answer

log = logging.getLogger(__name__)

PATH = re.compile(rf"/v1/datasets/({PREFIX}[^/]+)(?:/.*)?")

PRIVATE = "private, no-store"

UNREACHABLE = (SQLAlchemyError, OSError, TimeoutError)

Authenticate = Callable[[Request], Awaitable[CurrentVendor | None]]
"""The vendor of a request; None without a good key."""


class TrialDoor:
    """An ASGI app before two others: `inside` for those who may see the trial that they ask for, else `outside`."""

    def __init__(
        self, outside: ASGIApp, *, inside: ASGIApp, authenticate: Authenticate, sessions: Callable[[], Sessions]
    ) -> None:
        self._outside = outside
        self._inside = inside
        self._authenticate = authenticate
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            vendor_id = await self._vendor_of(scope) if scope["type"] == "http" else None
        except UNREACHABLE as error:
            log.warning("who asks for a trial could not be looked up: %s", type(error).__name__)
            response = problem_answer(Request(scope), ServiceUnavailable("Cette clé n'a pas pu être vérifiée."))
            response.headers.update(CROSS_ORIGIN)
            await response(scope, receive, send)
            return
        if vendor_id is None:
            await self._outside(scope, receive, send)
            return
        looking = LOOKING_AT.set(vendor_id)
        try:
            await self._inside(scope, receive, _kept_by_nobody(send))
        finally:
            LOOKING_AT.reset(looking)

    async def _vendor_of(self, scope: Scope) -> UUID | None:
        found = PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
        if found is None or "\0" in found[1]:
            return None
        vendor = await self._authenticate(Request(scope))
        if vendor is None or not vendor.is_test or KeyAction.READ not in vendor.actions:
            return None
        return vendor.id if await self._is_of(found[1], vendor) else None

    async def _is_of(self, dataset_id: str, vendor: CurrentVendor) -> bool:
        whose = select(col(CatalogDataset.organisation_siren), col(CatalogDataset.schema_name)).where(
            col(CatalogDataset.id) == dataset_id, col(CatalogDataset.trial_of) == vendor.id
        )
        async with self._sessions()() as session:
            await look_at_trials(session, vendor.id)
            found = (await session.execute(whose)).one_or_none()
        return found is not None and vendor.covers(found[0] or "", found[1])


def _kept_by_nobody(send: Send) -> Send:
    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(raw=message["headers"])["Cache-Control"] = PRIVATE
        await send(message)

    return send_private
