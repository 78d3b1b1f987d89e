"""What cannot be read as a request is refused as everything else is."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import uvicorn

from services.cli.protocol import MAX_HEAD_BYTES, Protocol


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Of an app that answers 204 to whatever gets through; at `/wait`, once it has the whole body."""

    async def app(scope, receive, send) -> None:
        while scope["path"] == "/wait" and (await receive()).get("more_body"):
            continue
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    server = uvicorn.Server(uvicorn.Config(app, port=0, http=Protocol, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def answer_to(port: int, *sent: bytes) -> bytes:
    """What comes back until the connection ends; nothing when it ended before all was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in sent:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_what_is_no_request_gets_a_problem(port: int) -> None:
    head, body = (await answer_to(port, b"bonjour\r\n\r\n")).split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "bad-request"


@pytest.mark.parametrize("piece", [b"x" * 32_000, b"y: z\r\nX-" * 4_000])
async def test_a_head_without_an_end_is_not_kept(port: int, piece: bytes) -> None:
    begun = b"GET / HTTP/1.1\r\nHost: socle\r\nX-"
    answer = await answer_to(port, begun, *[piece] * (2 + 4 * MAX_HEAD_BYTES // len(piece)))
    assert not answer or str(MAX_HEAD_BYTES).encode() in answer


@pytest.mark.parametrize("ending", [b"0\r\nX-", b"5;x="], ids=["trailers", "chunk-extension"])
async def test_what_follows_a_body_without_an_end_is_not_kept(port: int, ending: bytes) -> None:
    begun = b"POST /wait HTTP/1.1\r\nHost: socle\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" + ending
    answer = await answer_to(port, begun, *[b"x" * 32_000] * 40)
    assert not answer or str(MAX_HEAD_BYTES).encode() in answer


async def test_requests_one_after_the_other_are_counted_alone(port: int) -> None:
    one = b"POST / HTTP/1.1\r\nHost: socle\r\nContent-Length: 100000\r\n\r\n" + b"b" * 100_000
    last = b"GET / HTTP/1.1\r\nHost: socle\r\nConnection: close\r\nX-Long: " + b"a" * 30_000
    answer = await answer_to(port, one, one, last, b"a" * 20_000 + b"\r\n\r\n")
    assert answer.count(b"HTTP/1.1 204") == 3
