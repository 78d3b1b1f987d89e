"""Content-Digest (RFC 9530): what the sender says the bytes of a body hash to, checked while they come in."""

import base64
import binascii
import hashlib
import re
from collections.abc import AsyncIterator, Mapping

from shared.errors import Refusal

ALGORITHMS: Mapping[str, str] = {"sha-256": "sha256", "sha-512": "sha512"}
"""Of the registry, those that still prove something; → hashlib's name."""

_MEMBER = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):")
"""Of a dictionary of byte sequences (RFC 9651, 3.2 and 3.3.5)."""

_WANTED = {"Want-Content-Digest": "sha-256=1, sha-512=2"}


class ContentDigestInvalid(Refusal):
    """A Content-Digest that cannot be read, or in no algorithm that is checked."""

    status = 400
    code = "content-digest-invalid"
    title = "Content-Digest illisible"


class ContentDigestMismatch(Refusal):
    """The bytes that came are not those that were announced."""

    status = 400
    code = "content-digest-mismatch"
    title = "Content-Digest différent du contenu reçu"


DIGEST_REFUSALS = (ContentDigestInvalid, ContentDigestMismatch)


def parse_digests(header: str | None) -> dict[str, bytes]:
    """Algorithm → digest, of the algorithms that are checked; empty without a header. Raises ContentDigestInvalid."""
    if header is None:
        return {}
    digests = {}
    for member in header.split(","):
        found = _MEMBER.fullmatch(member.strip(" \t"))
        if found is None:
            raise _invalid("il n'a pas la forme « sha-256=:base64: »")
        name, text = found.groups()
        if name in ALGORITHMS:
            digests[name] = _decoded(name, text)
    if not digests:
        raise _invalid("aucun de ses algorithmes n'est vérifié ici")
    return digests


def _decoded(name: str, text: str) -> bytes:
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _invalid(f"la valeur de « {name} » n'est pas du base64") from error
    if len(digest) != hashlib.new(ALGORITHMS[name]).digest_size:
        raise _invalid(f"la valeur de « {name} » n'a pas la bonne longueur")
    return digest


def _invalid(why: str) -> ContentDigestInvalid:
    return ContentDigestInvalid(
        f"L'en-tête Content-Digest ne peut pas être vérifié : {why}.",
        action="Envoyez « Content-Digest: sha-256=:…: » (ou sha-512), l'empreinte du corps en base64, ou rien.",
        headers=_WANTED,
    )


async def verified(chunks: AsyncIterator[bytes], digests: Mapping[str, bytes]) -> AsyncIterator[bytes]:
    """The same chunks; raises ContentDigestMismatch after the last one if they are not what was announced."""
    hashes = {name: hashlib.new(ALGORITHMS[name]) for name in digests}
    async for chunk in chunks:
        for one in hashes.values():
            one.update(chunk)
        yield chunk
    for name, one in hashes.items():
        if one.digest() != digests[name]:
            raise ContentDigestMismatch(
                f"Le corps reçu n'a pas l'empreinte {name} annoncée ; rien n'a été conservé.",
                action="Renvoyez le fichier : il a changé en route, ou l'empreinte est celle d'autre chose que le "
                "corps envoyé (compressé, il se calcule après compression).",
                headers=_WANTED,
                algorithm=name,
                announced=_text(digests[name]),
                received=_text(one.digest()),
            )


def content_digest(sha256: str) -> str:
    """The header for content of that SHA-256 (hexadecimal)."""
    return f"sha-256=:{_text(bytes.fromhex(sha256))}:"


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
