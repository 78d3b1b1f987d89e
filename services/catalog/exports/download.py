"""A file that never changes, over HTTP: validators, conditions and ranges (RFC 9110, RFC 9530)."""

import base64
import re
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from services.catalog.exports.derive import Coding
from services.catalog.headers import REVALIDATED, attachment, read_headers
from services.catalog.view import DatasetView
from shared.blobs import Blob, Blobs
from shared.errors import Refusal
from shared.web import wants_no_body


class RangeNotSatisfiable(Refusal):
    """The range asked for lies outside the file."""

    status = 416
    code = "range-not-satisfiable"
    title = "Plage d'octets hors du fichier"


@dataclass(frozen=True, slots=True)
class Download:
    """The bytes of a blob under the name and type by which people get them."""

    view: DatasetView
    """Of the data set that they are of."""
    blob: Blob
    filename: str
    media_type: str
    coding: Coding | None = None
    """The content coding of the blob's bytes; None for the file itself, the only one to have ranges."""
    cache_control: str = REVALIDATED

    @property
    def entity_tag(self) -> str:
        """Strong: the hash of the bytes."""
        return f'"{self.blob.sha256}"'


ENCODED_FROM_BYTES = 1 << 14
"""Below, compression saves no packet worth two more files."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def answer_download(request: Request, download: Download, *, blobs: Blobs) -> Response:
    """200, 206 or 304, with or without the bytes (HEAD). Raises RangeNotSatisfiable."""
    headers = {
        **read_headers(download.view, entity_tag=download.entity_tag, cache_control=download.cache_control),
        "Accept-Ranges": "none" if download.coding else "bytes",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(download.blob.sha256)).decode()}:",
    }
    if matches(request.headers.get("if-none-match"), download.entity_tag):
        return Response(status_code=304, headers=headers)
    span = _span(request, download)
    start, length = span or (0, download.blob.size_bytes)
    headers |= {
        "Content-Type": download.media_type,
        "Content-Length": str(length),
        "Content-Disposition": attachment(download.filename),
        "X-Content-Type-Options": "nosniff",
    }
    if download.coding is not None:
        headers["Content-Encoding"] = download.coding
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{download.blob.size_bytes}"
    status = 200 if span is None else 206
    if wants_no_body(request):
        return Response(status_code=status, headers=headers)
    content = blobs.read(download.blob.name, start=start, length=length)
    return StreamingResponse(content, status_code=status, headers=headers)


def wanted_coding(request: Request, size_bytes: int) -> Coding | None:
    """The coding under which a file of that size is best sent; None for as it is: a small one, or a part of one."""
    if size_bytes < ENCODED_FROM_BYTES or "range" in request.headers:
        return None
    weights = dict(_weight(part) for part in request.headers.get("accept-encoding", "").lower().split(","))
    accepted = [(weights.get(coding, 0.0), -rank, coding) for rank, coding in enumerate(Coding)]
    weight, _, best = max(accepted)
    return best if weight > 0 else None


def _weight(part: str) -> tuple[str, float]:
    name, _, weight = part.replace(" ", "").partition(";q=")
    return name, float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0


def matches(condition: str | None, entity_tag: str) -> bool:
    """Whether an If-None-Match names the tag (weak comparison, as RFC 9110 13.1.2 asks)."""
    if condition is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return "*" in tags or entity_tag in tags


def _span(request: Request, download: Download) -> tuple[int, int] | None:
    """First byte and length of the one range asked for; None for the whole file.

    Several ranges, or anything that is no byte range, are ignored, as RFC 9110 14.2 allows.
    """
    asked = None if download.coding else _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if asked is None or wants_no_body(request) or (condition is not None and condition != download.entity_tag):
        return None
    first, last = asked.groups()
    size = download.blob.size_bytes
    if not first and not last:
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < int(first):
        return None
    if start >= size:
        raise RangeNotSatisfiable(
            f"Le fichier a {size} octets.",
            action="Demandez une plage qui commence avant la fin du fichier.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end - start + 1
