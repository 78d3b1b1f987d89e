"""What catalog's reads are measured beside: the smallest endpoints one would write by hand, on the same table.

`by_framework` is FastAPI, asyncpg's pool as it comes, and orjson over rows of columns. `by_hand` is plain ASGI and the
SQL that catalog writes where PostgreSQL sees the values, whose JSON is passed on; its pool resets nothing.
`BENCH_STATEMENTS` names a file of statements: name → `columns` and `json` (SQL), `columns_args` (the value given by
`?v=` is the last), `args` (it is at `at`).
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

STATEMENTS: dict[str, Any] = json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text())
CONNECTIONS = 8


def arguments(args: list[Any], at: int, value: str) -> list[Any]:
    given = list(args)
    given[at] = type(args[at])(value)
    return given


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["SOCLE_DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS
    ) as pool:
        app.state.pool = pool
        yield


by_framework = FastAPI(lifespan=lifespan)


@by_framework.get("/{name}")
async def read(request: Request, name: str, v: str) -> Response:
    """The rows of a statement."""
    statement = STATEMENTS[name]
    async with request.app.state.pool.acquire() as connection:
        rows = await connection.fetch(statement["columns"], *arguments(statement["columns_args"], 2, v))
    return Response(orjson.dumps({"data": [dict(row) for row in rows]}, default=str), media_type="application/json")


class _Kept(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    def get_reset_query(self) -> str:
        return ""


class ByHand:
    """An ASGI app."""

    pool: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/file":
            await FileResponse(os.environ["BENCH_FILE"])(scope, receive, send)
        else:
            body = await self._read(STATEMENTS[scope["path"][1:]], scope["query_string"].decode().removeprefix("v="))
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _read(self, statement: dict[str, Any], value: str) -> bytes:
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(statement["json"], *arguments(statement["args"], statement["at"], value))
        return b'{"data":[%b]}' % ",".join([row["record"] for row in rows]).encode()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(
            os.environ["SOCLE_DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS, connection_class=_Kept
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


by_hand = ByHand()
