"""The file inside a request, raw or multipart, as a bounded stream. Nothing is held beyond one network chunk."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from shared.digests import DIGEST_REFUSALS, parse_digests, verified
from shared.errors import Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MULTIPART_OVERHEAD_BYTES = 64 * 1024
"""What boundaries and part headers may add to the file itself."""


class BodyTooLarge(Refusal):
    """More bytes than `limit_bytes`."""

    status = 413
    code = "body-too-large"
    title = "Envoi trop volumineux"


class BodyEmpty(Refusal):
    """No byte at all."""

    status = 422
    code = "body-empty"
    title = "Fichier vide"


class BodyIncomplete(Refusal):
    """The connection fell silent or ended before the file did."""

    status = 400
    code = "body-incomplete"
    title = "Envoi interrompu"


class MultipartInvalid(Refusal):
    """A multipart body that does not hold exactly one file."""

    status = 422
    code = "multipart-invalid"
    title = "Formulaire multipart invalide"


class EncodingUnsupported(Refusal):
    """A Content-Encoding that the validator does not undo."""

    status = 415
    code = "content-encoding-unsupported"
    title = "Content-Encoding non pris en charge"


CONTENT_ENCODINGS = ("identity", "gzip", "x-gzip", "zstd")
"""Encodings of a body: it is kept as it was sent, and the validator expands it, told by its bytes."""

UPLOAD_REFUSALS = (BodyTooLarge, BodyEmpty, BodyIncomplete, MultipartInvalid, EncodingUnsupported, *DIGEST_REFUSALS)

UPLOAD_TYPES = (
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/json",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
    "application/zip",
    "application/gzip",
    "application/zstd",
    "application/octet-stream",
)
"""CSV, TSV, XLSX, XLS, ODS, JSON, NDJSON, Parquet; a ZIP of one of them, gzip, Zstandard; and what a sender calls
anything. The format is told from the bytes: a file under the wrong type, or none, is read just the same."""

UPLOAD_BODY: dict[str, Any] = {
    "parameters": [
        {
            "name": "Content-Digest",
            "in": "header",
            "required": False,
            "description": "Empreinte du corps tel qu'envoyé (RFC 9530), en sha-256 ou sha-512 : si le corps reçu ne "
            "l'a pas, l'envoi est refusé et rien n'est conservé.",
            "schema": {"type": "string"},
            "example": "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        }
    ],
    "requestBody": {
        "required": True,
        "description": "Le fichier, tel quel ou en multipart (un seul fichier) : CSV, TSV, XLSX, XLS, ODS, JSON (une "
        "liste d'objets, ou l'arbre des DECP), NDJSON ou Parquet, compressé ou non par gzip ou Zstandard (`.gz`, "
        "`.zst`, ou `Content-Encoding`), ou seul dans un ZIP. Le format est reconnu au contenu, quel que soit le type "
        "annoncé ; seul `text/csv; charset=…` change la lecture, en disant l'encodage.",
        "content": {
            **{name: {"schema": {"type": "string", "format": "binary"}} for name in UPLOAD_TYPES},
            "application/json": {},  # any JSON: judged as a file, like the others
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    },
}
"""What the OpenAPI document says of the body of a route that calls `open_upload`."""


@dataclass(slots=True)
class Allowance:
    """Who counts the bytes of a request's body: its route, where a body is a file, else the edge."""

    is_counted_by_route: bool = False

    @classmethod
    def of(cls, scope: Scope) -> "Allowance":
        """The one of this request, wherever its scope was copied."""
        allowance: Allowance = scope.setdefault("socle.allowance", cls())
        return allowance


@dataclass(frozen=True, slots=True)
class Upload:
    """`chunks` is read once; it raises one of UPLOAD_REFUSALS where the upload goes wrong."""

    content_type: str
    filename: str | None
    """As the sender named it; shown back, never used as a path."""
    chunks: AsyncIterator[bytes]


async def open_upload(request: Request, *, max_bytes: int, chunk_timeout_seconds: float) -> Upload:
    """The file that `request` carries. Raises BodyTooLarge before reading when the announced length says so, and
    ContentDigestInvalid."""
    Allowance.of(request.scope).is_counted_by_route = True
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in CONTENT_ENCODINGS:
        raise EncodingUnsupported(
            f"Le Content-Encoding « {encoding[:40]} » n'est pas pris en charge.",
            action="Envoyez le fichier tel quel, ou compressé par gzip ou Zstandard (zstd).",
        )
    content_type = request.headers.get("content-type", "application/octet-stream")
    kind, parameters = parse_options_header(content_type)
    multipart = kind == b"multipart/form-data"
    allowance = max_bytes + (MULTIPART_OVERHEAD_BYTES if multipart else 0)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > allowance:
        raise _too_large(max_bytes)
    body = _patient(request, chunk_timeout_seconds)
    digests = parse_digests(request.headers.get("content-digest"))
    if digests:
        body = verified(_bounded(body, allowance, of=max_bytes), digests)
    if not multipart:
        return Upload(content_type, None, _bounded(body, max_bytes))
    part = _FilePart(body, parameters.get(b"boundary", b""))
    await part.find()
    chunks = _to_the_end(part.chunks(), body) if digests else part.chunks()
    return Upload(part.content_type, part.filename, _bounded(chunks, max_bytes))


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"Le fichier dépasse la taille maximale de {max_bytes} octets.",
        action="Découpez le fichier par période et déposez chaque partie.",
        limit_bytes=max_bytes,
    )


async def _patient(request: Request, chunk_timeout_seconds: float) -> AsyncIterator[bytes]:
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(chunk_timeout_seconds):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield chunk
    except (TimeoutError, ClientDisconnect) as error:
        raise BodyIncomplete(
            "L'envoi s'est interrompu avant la fin du fichier ; rien n'a été conservé.",
            action="Renvoyez la même requête, avec la même Idempotency-Key.",
        ) from error


async def _bounded(chunks: AsyncIterator[bytes], max_bytes: int, *, of: int | None = None) -> AsyncIterator[bytes]:
    size_bytes = 0
    async for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise _too_large(of or max_bytes)
        yield chunk
    if size_bytes == 0:
        raise BodyEmpty("Le corps de la requête est vide.", action="Envoyez le contenu du fichier dans le corps.")


async def _to_the_end(chunks: AsyncIterator[bytes], body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The file, then the body to its last byte: a digest is of all of it."""
    async for chunk in chunks:
        yield chunk
    async for _ in body:
        continue


class _FilePart:
    """The one file of a multipart/form-data body (RFC 7578)."""

    def __init__(self, body: AsyncIterator[bytes], boundary: bytes) -> None:
        if not boundary:
            raise _invalid("l'en-tête Content-Type n'annonce pas de « boundary »")
        self.content_type = "application/octet-stream"
        self.filename: str | None = None
        self._body = body
        self._files = 0
        self._ended = False
        self._waiting: deque[bytes] = deque()
        self._header: list[bytes] = [b"", b""]
        self._headers: dict[bytes, bytes] = {}
        self._parser = MultipartParser(boundary, self._callbacks())

    async def find(self) -> None:
        """Read up to the beginning of the file."""
        while not self._files and not self._ended:
            if not await self._feed():
                break
        if not self._files:
            raise _invalid("il ne contient pas de fichier")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes of the file; raises MultipartInvalid where the body stops before its last boundary."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._ended:
                return
            if not await self._feed():
                raise _invalid("il est tronqué : la dernière limite (boundary) manque")

    async def _feed(self) -> bool:
        chunk = await anext(self._body, None)
        if chunk is None:
            return False
        try:
            self._parser.write(chunk)
        except MultipartParseError as error:
            raise _invalid("il est mal formé") from error
        return True

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": lambda data, start, end: self._append(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._append(1, data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": lambda data, start, end: self._waiting.append(data[start:end]),
            "on_end": self._end,
        }

    def _append(self, place: int, data: bytes) -> None:
        self._header[place] += data

    def _end_header(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = [b"", b""]

    def _begin_content(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if b"filename" not in options:
            field = options.get(b"name", b"?").decode(errors="replace")
            raise _invalid(f"le champ « {field[:60]} » n'est pas attendu : les paramètres vont dans l'adresse")
        self._files += 1
        if self._files > 1:
            raise _invalid("il contient plusieurs fichiers")
        self.filename = options[b"filename"].decode(errors="replace")[:255]
        self.content_type = self._headers.get(b"content-type", b"application/octet-stream").decode(errors="replace")

    def _end(self) -> None:
        self._ended = True


def _invalid(what: str) -> MultipartInvalid:
    return MultipartInvalid(
        f"Le formulaire multipart ne peut pas être lu : {what}.",
        action="Envoyez un seul fichier (champ « file »), ou le contenu du fichier directement dans le corps.",
    )
