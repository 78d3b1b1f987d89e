"""Idempotency-Key on writes whose whole answer is small: it is kept, and given again to the same request.

A route says `dependencies=[Depends(once)]`, with a `once` of its service that calls `begin_once`, and its router has
the route class `OnceRoute`. Not for answers that hold a secret: they are kept as they were sent. Only what succeeded is
kept; a refused request may be mended and sent again under its key.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from shared.auth import CurrentVendor
from shared.db import Sessions
from shared.idempotency import check_key, check_same, fingerprint_of, is_open, lock_key, unlock_key
from shared.models import EVERY_ACTION, IdempotencyKey

log = logging.getLogger(__name__)

OnceKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="Identifiant de la requête, le même à chaque essai : faite une fois"),
]

_LEFT_OUT = frozenset({"content-length"})
"""Headers that the answer gets anew."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A request that is the first with its key."""

    sessions: Sessions
    vendor_id: UUID
    key: str
    fingerprint: str


class AlreadyAnswered(Exception):
    """Not a refusal: the request was answered before, by `response`."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def begin_once(request: Request, sessions: Sessions, vendor: CurrentVendor, key: str | None) -> None:
    """Take the key, if there is one, before the route does anything: what the vendor's key may do is not looked at yet,
    so an answer is only for who has the rights of whom it was first given to.

    Raises IDEMPOTENCY_REFUSALS, and AlreadyAnswered, which `OnceRoute` knows.
    """
    if key is None:
        return
    check_key(key)
    sha256 = hashlib.sha256(await request.body()).hexdigest()
    asked = (request.method, request.url.path, request.url.query, *_limits(vendor))
    turn = Turn(sessions, vendor.id, key, fingerprint_of(parameters=asked, sha256=sha256))
    answered = await lock_key(sessions, vendor.id, key)
    if answered is None:
        request.state.once = turn
        return
    check_same(answered, turn.fingerprint)
    raise AlreadyAnswered(_response(answered.answer or {}))


def _limits(vendor: CurrentVendor) -> tuple[str, ...]:
    """What a key lacks, the same for its successors; nothing for a key with every right."""
    lacking = sorted(set(EVERY_ACTION) - vendor.actions)
    within = (lacking, *(None if one is None else sorted(one) for one in (vendor.organisations, vendor.schemas)))
    return () if within == ([], None, None) and not vendor.is_test else (f"{within} {vendor.is_test}",)


class OnceRoute(APIRoute):
    """Keeps the answer to a request whose turn it was."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # a coroutine
        """The handler, within a turn."""
        handler = super().get_route_handler()

        async def once(request: Request) -> Response:
            try:
                response = await handler(request)
            except AlreadyAnswered as before:
                return before.response
            except BaseException:
                await asyncio.shield(_give_up(request))
                raise
            await _keep(request, response)
            return response

        return once


async def _give_up(request: Request) -> None:
    turn: Turn | None = getattr(request.state, "once", None)
    if turn is not None:
        await unlock_key(turn.sessions, turn.vendor_id, turn.key)


async def _keep(request: Request, response: Response) -> None:
    """What was done is done: an answer that cannot be kept is still given."""
    turn: Turn | None = getattr(request.state, "once", None)
    if turn is None:
        return
    headers = {name: value for name, value in response.headers.items() if name not in _LEFT_OUT}
    answer = {"status": response.status_code, "headers": headers, "body": bytes(response.body).decode()}
    kept = update(IdempotencyKey).where(is_open(turn.vendor_id, turn.key))
    try:
        async with turn.sessions.begin() as session:
            await session.execute(kept.values(fingerprint=turn.fingerprint, answer=answer))
    except (SQLAlchemyError, OSError) as error:
        log.error("the answer under an Idempotency-Key could not be kept: %s", type(error).__name__)


def _response(answer: dict[str, Any]) -> Response:
    return Response(
        str(answer["body"]).encode(),
        status_code=answer["status"],
        headers=answer["headers"] | {"Idempotency-Replayed": "true"},
    )
