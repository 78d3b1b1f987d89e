"""Asks a Socle as a vendor's program would, and keeps its answers as they came."""

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from services.cli.push.answers import RESTS
from services.cli.push.client import LOOPBACK, PushRefused

TIMEOUT_SECONDS = 60.0
PATIENCE_SECONDS = 180.0
"""How long a deposit may take to rest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is empty when it is not a JSON object."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    content: bytes

    @property
    def code(self) -> str:
        """The code of a refusal; empty for anything else."""
        return str(self.body.get("code", "")) if self.media_type == "application/problem+json" else ""


class Door:
    """One Socle, one key. Raises PushRefused when nobody answers."""

    def __init__(self, http: httpx.AsyncClient, *, organisation: str, schema: str, publish: bool) -> None:
        self._http = http
        self.organisation = organisation
        self.schema = schema
        self.publish = publish
        """Without it, every deposit is a dry run."""

    @property
    def is_here(self) -> bool:
        """Whether the Socle is on this very machine."""
        return self._http.base_url.host in LOOPBACK

    async def ask(self, method: str, path: str, **given: Any) -> Answer:
        """One request, not repeated."""
        try:
            response = await self._http.request(method, path, **given)
        except httpx.TransportError as error:
            raise PushRefused(f"Le serveur ne répond pas ({type(error).__name__}).") from error
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        found = response.json() if media_type.endswith("json") and response.content else {}
        body = found if isinstance(found, dict) else {}
        return Answer(response.status_code, media_type, response.headers, body, response.content)

    async def deposit(self, content: bytes, *, headers: Mapping[str, str] | None = None, **changed: str) -> Answer:
        """Push a file; `changed` replaces parameters of the deposit."""
        parameters = {"organisation": self.organisation, "schema": self.schema, **changed}
        if not self.publish:
            parameters["dry_run"] = "true"
        sent = {"Content-Type": "text/csv", **(headers or {})}
        return await self.ask("POST", "/v1/deposits", params=parameters, headers=sent, content=content)

    async def rested(self, accepted: Answer) -> Mapping[str, Any]:
        """The deposit once waiting longer is of no use."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            deposit = (await self.ask("GET", f"/v1/deposits/{accepted.body['id']}")).body
            if deposit.get("state") in RESTS or time.monotonic() > deadline:
                return deposit
            await asyncio.sleep(0.3)


@asynccontextmanager
async def open_door(base_url: str, key: str, *, organisation: str, schema: str, publish: bool) -> AsyncIterator[Door]:
    """A door for as long as the block lasts. The environment's proxy is not asked for this very machine."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not key.isascii():
        raise PushRefused("L'adresse (http://… ou https://…) ou la clé est mal écrite.")
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "socle-certify"}
    trusts_environment = parts.hostname not in LOOPBACK
    async with httpx.AsyncClient(
        base_url=base_url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=trusts_environment
    ) as http:
        yield Door(http, organisation=organisation, schema=schema, publish=publish)


async def forge(url: str) -> int:
    """Send an event that nobody signed, as a stranger would; the receiver's status. Raises PushRefused."""
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(uuid4()),
        "webhook-timestamp": str(int(time.time())),
        "webhook-signature": "v1," + base64.b64encode(os.urandom(32)).decode(),
    }
    event = b'{"type":"webhook.test","timestamp":"2026-01-01T00:00:00Z","data":{}}'
    trusts_environment = urlsplit(url).hostname not in LOOPBACK
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=trusts_environment) as http:
            return (await http.post(url, headers=headers, content=event)).status_code
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise PushRefused(f"Votre récepteur ne répond pas ({type(error).__name__}).") from error
