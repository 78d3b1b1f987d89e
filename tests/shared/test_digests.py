"""Content-Digest: the example of RFC 9530, what cannot be read, what does not match."""

import base64
import hashlib
from collections.abc import AsyncIterator

import pytest

from shared.digests import ContentDigestInvalid, ContentDigestMismatch, content_digest, parse_digests, verified

BODY = b'{"hello": "world"}\n'
SHA256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
"""Of BODY, in RFC 9530, appendix B."""


def sha512(content: bytes) -> str:
    return f"sha-512=:{base64.b64encode(hashlib.sha512(content).digest()).decode()}:"


async def arriving(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 5):
        yield content[start : start + 5]


async def read(content: bytes, header: str) -> bytes:
    return b"".join([chunk async for chunk in verified(arriving(content), parse_digests(header))])


@pytest.mark.parametrize("header", [SHA256, sha512(BODY), f"{SHA256}, {sha512(BODY)}", f"md5=:AAAA:,\t{SHA256}"])
async def test_the_bytes_that_were_announced_pass(header: str) -> None:
    assert await read(BODY, header) == BODY


@pytest.mark.parametrize("header", [SHA256, sha512(BODY), f"{SHA256}, {sha512(BODY + b' ')}"])
async def test_other_bytes_are_refused_at_the_end(header: str) -> None:
    with pytest.raises(ContentDigestMismatch) as refused:
        await read(BODY + b".", header)
    assert refused.value.headers["Want-Content-Digest"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha-256",
        "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabD:",
        "sha-256=:AAAA:",
        "sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        "SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:",
        f"{SHA256},",
    ],
)
def test_what_cannot_be_checked_is_said_rather_than_ignored(header: str) -> None:
    with pytest.raises(ContentDigestInvalid):
        parse_digests(header)


def test_nothing_is_checked_without_the_header() -> None:
    assert parse_digests(None) == {}


def test_the_header_of_known_content() -> None:
    assert content_digest(hashlib.sha256(BODY).hexdigest()) == SHA256
