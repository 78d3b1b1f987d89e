"""Gives each request an id, carried by its log lines and its answer."""

import logging
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ids import uuid7
from shared.logs import logged_with
from shared.origin import asked_from
from shared.web.header import header

log = logging.getLogger(__name__)

ACCEPTABLE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


class RequestContext:
    """Pure ASGI, so that cancelled requests release what they hold. Honours a well-formed `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = header(scope, b"x-request-id").decode("latin-1")
        request_id = offered if offered and ACCEPTABLE_REQUEST_ID.fullmatch(offered) else str(uuid7())
        scope["request_id"] = request_id
        status, began = 0, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        client = scope.get("client")
        with logged_with(request_id=request_id), asked_from(client[0] if client else None):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                if not scope["path"].startswith("/health/"):
                    milliseconds = round((time.perf_counter() - began) * 1000, 1)
                    place = {"method": scope["method"], "path": scope["path"], "status": status}
                    log.info("request", extra={**place, "milliseconds": milliseconds})
