"""HTTP as uvicorn speaks it, with problem+json even where a request cannot be read at all."""

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.errors import PROBLEM_JSON
from shared.web.problems import RequestRefused


class Protocol(HttpToolsProtocol):
    """One connection."""

    def send_400_response(self, msg: str) -> None:
        """In the place of uvicorn's plain text; the connection ends."""
        refusal = RequestRefused(
            "Ce qui a été reçu n'est pas une requête HTTP, ou sa première ligne est trop longue.",
            action="Relisez la requête telle qu'elle est envoyée ; une adresse tient en 8 000 octets.",
        )
        body = orjson.dumps(refusal.document() | {"instance": "/", "request_id": "-"})
        head = f"content-type: {PROBLEM_JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head.encode() + body)
        self.transport.close()
