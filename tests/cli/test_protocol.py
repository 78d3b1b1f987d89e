"""What cannot be read as a request is refused as everything else is."""

import asyncio
import json

import uvicorn

from services.cli.protocol import Protocol


async def test_what_is_no_request_gets_a_problem() -> None:
    async def app(scope, receive, send) -> None:
        raise AssertionError(scope)

    server = uvicorn.Server(uvicorn.Config(app, port=0, http=Protocol, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
    writer.write(b"bonjour\r\n\r\n")
    head, body = (await reader.read()).split(b"\r\n\r\n", 1)
    writer.close()
    server.should_exit = True
    await serving
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "bad-request"
