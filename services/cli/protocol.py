"""HTTP as uvicorn speaks it, with problem+json even where a request cannot be read at all."""

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.errors import PROBLEM_JSON
from shared.web.problems import RequestRefused

MAX_HEAD_BYTES = 64_000
"""Of a request: its first line and its headers; as much again around each piece of its body, and after the last one
(sizes of chunks, trailers). uvicorn has no bound, and keeps them all in memory."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head_bytes = 0
    """Received since a head, a piece of a body or a message was complete."""
    _got_on = False

    def on_headers_complete(self) -> None:
        """What follows is a body, which is bounded elsewhere."""
        self._got_on = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body has ended, its trailers too."""
        self._got_on = True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Whatever came, a piece of what the system holds ready; the connection ends where a head has no end."""
        self._got_on = False
        super().data_received(data)
        self._head_bytes = 0 if self._got_on else self._head_bytes + len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            said = f"Les en-têtes de la requête dépassent {MAX_HEAD_BYTES} octets."
            self._refuse(RequestRefused(said, action="Envoyez moins d'en-têtes, ou de plus courts."))

    def send_400_response(self, msg: str) -> None:
        """In the place of uvicorn's plain text; the connection ends."""
        said = "Ce qui a été reçu n'est pas une requête HTTP, ou sa première ligne est trop longue."
        action = "Relisez la requête envoyée ; une adresse tient en 8 000 octets, et « é » s'y écrit %C3%A9."
        self._refuse(RequestRefused(said, action=action))

    def _refuse(self, refusal: RequestRefused) -> None:
        body = orjson.dumps(refusal.document() | {"instance": "/", "request_id": "-"})
        head = f"content-type: {PROBLEM_JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head.encode() + body)
        self.transport.close()
