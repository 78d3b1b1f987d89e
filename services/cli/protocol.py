"""HTTP as uvicorn speaks it, with problem+json even where a request cannot be read at all."""

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.errors import PROBLEM_JSON
from shared.web.problems import RequestRefused

MAX_HEAD_BYTES = 64_000
"""Of a request: its first line and its headers. uvicorn has no bound, and keeps them all in memory."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head_bytes: int | None = None
    """Received so far of a head that is not complete; None: nothing is awaited of one."""

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """What follows is a body, which is bounded elsewhere."""
        self._head_bytes = None
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Whatever came, a piece of what the system holds ready; the connection ends when a head has no end."""
        head_bytes = self._head_bytes
        super().data_received(data)
        if head_bytes is None or self._head_bytes is None:
            return
        self._head_bytes = head_bytes + len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            said = f"Les en-têtes de la requête dépassent {MAX_HEAD_BYTES} octets."
            self._refuse(RequestRefused(said, action="Envoyez moins d'en-têtes, ou de plus courts."))

    def send_400_response(self, msg: str) -> None:
        """In the place of uvicorn's plain text; the connection ends."""
        said = "Ce qui a été reçu n'est pas une requête HTTP, ou sa première ligne est trop longue."
        action = "Relisez la requête telle qu'elle est envoyée ; une adresse tient en 8 000 octets."
        self._refuse(RequestRefused(said, action=action))

    def _refuse(self, refusal: RequestRefused) -> None:
        body = orjson.dumps(refusal.document() | {"instance": "/", "request_id": "-"})
        head = f"content-type: {PROBLEM_JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head.encode() + body)
        self.transport.close()
