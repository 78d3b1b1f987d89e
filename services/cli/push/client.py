"""Talks to a Socle over HTTP. The only room of the command line that opens an HTTP connection to one."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from services.cli.push.answers import RESTS, FollowedDeposit, FoundFaults, read_deposit, read_report

CHUNK_BYTES = 1 << 16
TRY_AGAIN = frozenset({409, 429, 502, 503, 504})
"""Nothing was kept, or the first try is still under way: the same request may be sent again with its key."""

PATIENCE_SECONDS = 90.0
"""How long a request is sent again before giving up: longer than a lock on an Idempotency-Key lasts (30 s)."""

LONGEST_PAUSE_SECONDS = 5.0
POLL_SECONDS = (0.1, 0.2, 0.3, 0.5, 1.0)
"""Pauses between looks at a deposit; the last one repeats."""

TIMEOUT = httpx.Timeout(10.0, read=60.0, write=60.0)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PushRefused(Exception):
    """The Socle said no, or could not be reached. Lines in French for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file and what is declared about it."""

    path: Path
    organisation: str
    """SIREN, SIRET or INSEE code."""
    schema: str
    schema_version: str | None
    idempotency_key: str
    choices: Mapping[str, str] = field(default_factory=dict)
    """Further parameters of the deposit: `corrections`, `mode`, `slice`, `dry_run`, `external_id`."""
    wait_seconds: int = 0
    """How long the answer may take so as to tell the end of the deposit."""
    charset: str | None = None
    """Encoding of a text file, where the person declares it."""

    @property
    def content_type(self) -> str:
        """The form of a file is told from its bytes; of text, only the encoding may have to be declared."""
        if self.charset is not None:
            return f"text/csv; charset={self.charset}"
        return "text/csv" if self.path.suffix.lower() == ".csv" else "application/octet-stream"

    @property
    def size_bytes(self) -> int:
        """Of the file, now."""
        return self.path.stat().st_size


class Client:
    """One Socle, one key."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def push(self, parcel: Parcel, advance: Callable[[int], None]) -> FollowedDeposit:
        """Send the file, again with the same key if need be. Raises PushRefused.

        `advance` gets the bytes sent since its last call; a negative number when sending begins anew.
        """
        parameters = {"organisation": parcel.organisation, "schema": parcel.schema, **parcel.choices}
        if parcel.schema_version:
            parameters["schema_version"] = parcel.schema_version
        headers = {
            "Content-Type": parcel.content_type,
            "Content-Length": str(parcel.size_bytes),
            "Idempotency-Key": parcel.idempotency_key,
        }
        if parcel.wait_seconds:
            headers["Prefer"] = f"wait={parcel.wait_seconds}"

        sent_bytes = 0

        def count(done_bytes: int) -> None:
            nonlocal sent_bytes
            sent_bytes += done_bytes
            advance(done_bytes)

        async def send() -> httpx.Response:
            count(-sent_bytes)
            content = _chunks(parcel.path, count)
            return await self._http.post("/v1/deposits", params=parameters, headers=headers, content=content)

        return read_deposit((await _patiently(send)).json())

    async def follow(self, deposit_id: str, on_state: Callable[[FollowedDeposit], None]) -> FollowedDeposit:
        """Look at the deposit until it rests. Raises PushRefused."""
        looks = 0
        while True:
            deposit = read_deposit(await self._get(f"/v1/deposits/{deposit_id}"))
            on_state(deposit)
            if deposit.state in RESTS:
                return deposit
            await asyncio.sleep(POLL_SECONDS[min(looks, len(POLL_SECONDS) - 1)])
            looks += 1

    async def report(self, deposit_id: str) -> FoundFaults:
        """The findings on a deposit. Raises PushRefused."""
        return read_report(await self._get(f"/v1/deposits/{deposit_id}/report"))

    async def _get(self, path: str) -> dict[str, Any]:
        body: dict[str, Any] = (await _patiently(lambda: self._http.get(path))).json()
        return body


@asynccontextmanager
async def open_client(base_url: str, key: str) -> AsyncIterator[Client]:
    """A client for as long as the block lasts. The environment's proxy is not asked for this very machine."""
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "socle-push", "Accept": "application/json"}
    try:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(base_url)
        trusts_environment = parts.hostname not in LOOPBACK
        http = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=TIMEOUT, trust_env=trusts_environment)
    except (httpx.InvalidURL, ValueError) as error:  # UnicodeError, for a key beyond ASCII, is a ValueError
        raise PushRefused("L'adresse (http://… ou https://…) ou la clé est mal écrite.") from error
    async with http:
        yield Client(http)


async def _chunks(path: Path, advance: Callable[[int], None]) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
            advance(len(chunk))


async def _patiently(send: Callable[[], Any]) -> httpx.Response:
    """Send until there is an answer that sending again would not change. Raises PushRefused."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = 0.5
    while True:
        try:
            response: httpx.Response = await send()
        except httpx.TransportError as error:
            trouble = f"Le serveur ne répond pas ({type(error).__name__}). Est-il en marche ? (socle start)"
        else:
            if response.is_success:
                return response
            if response.status_code not in TRY_AGAIN:
                raise PushRefused(_problem(response))
            trouble = _problem(response)
            pause = _retry_after(response) or pause
        if time.monotonic() + pause > deadline:
            raise PushRefused(trouble)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return min(float(text), LONGEST_PAUSE_SECONDS) if text.isascii() and text.isdigit() else None


def _problem(response: httpx.Response) -> str:
    """Title, detail and action of a problem document; else the bare status."""
    try:
        problem = response.json()
        return f"{problem['title']} ({response.status_code})\n{problem['detail']}\n{problem['action']}"
    except (ValueError, KeyError, TypeError):
        return f"Le serveur a répondu {response.status_code}, sans explication. Est-ce bien un Socle ?"
