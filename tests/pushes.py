"""Pushing to ingest, and what a refusal must look like."""

from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import httpx
from journal import MURET, SessionsOf
from sqlalchemy import func, select

from shared.models import Deposit

FILE = b"COLL_NOM,COLL_SIRET\nMuret,21310395500011\n"
PUSH = {"organisation": MURET, "schema": "scdl/deliberations"}


async def push(client: httpx.AsyncClient, content: Any = FILE, **options: Any) -> httpx.Response:
    params = options.pop("params", PUSH)
    headers = {"Content-Type": "text/csv"} | options.pop("headers", {})
    return await client.post("/v1/deposits", params=params, content=content, headers=headers, **options)


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, after checking that it is one and that it helps."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["code"] == code
    assert problem["detail"].endswith(".")
    assert problem["action"]
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


def blobs_kept(tmp_blobs: str) -> list[Path]:
    return [path for path in Path(urlparse(tmp_blobs).path).rglob("*") if path.is_file()]


async def deposits_kept(sessions_of: SessionsOf) -> int:
    async with sessions_of("socle_ingest")() as session:
        return (await session.execute(select(func.count()).select_from(Deposit))).scalar_one()
