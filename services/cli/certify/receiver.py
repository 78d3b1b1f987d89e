"""A receiver of webhooks on this machine, for as long as an item lasts: it believes nothing that it did not verify."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from services.ingest.webhooks.signature import SignatureRefused, verify

LONGEST_BODY_BYTES = 1 << 20


@dataclass(slots=True)
class Receiver:
    """What came, as it was judged."""

    url: str
    secret: bytes = b""
    """Of the webhook, once it is made: nothing that comes before is believed."""
    verified: list[str] = field(default_factory=list)
    """`webhook-id` of messages that were rightly signed."""
    refused: list[str] = field(default_factory=list)
    """Why the others were not believed, in French."""

    def judge(self, headers: Any, body: bytes) -> int:
        """The status to answer: 204, or 401 for what is not rightly signed."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        message_id, timestamp, signatures = (str(headers.get(name, "")) for name in names)
        try:
            if not self.secret:
                raise SignatureRefused("Rien n'était encore attendu.")
            verify(
                self.secret,
                message_id=message_id,
                timestamp=timestamp,
                signatures=signatures,
                body=body,
                now=time.time(),
            )
        except SignatureRefused as refusal:
            self.refused.append(str(refusal))
            return 401
        self.verified.append(message_id)
        return 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on loopback, on a free port."""
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY_BYTES)
            self.send_response(receiver.judge(self.headers, self.rfile.read(length)))
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is said of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/socle"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield receiver
        finally:
            server.shutdown()
