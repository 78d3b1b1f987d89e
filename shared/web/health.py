"""`/health/live`: the process runs. `/health/ready`: what it needs answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.db import Sessions

Check = Callable[[], Awaitable[bool]]

READY_TIMEOUT_SECONDS = 2.0


class HealthOut(BaseModel):
    """`checks` tells which needs answer; `ready` is true when all do."""

    ready: bool
    checks: dict[str, bool]


def database_check(sessions: Sessions) -> Check:
    """Whether PostgreSQL answers a query."""

    async def check() -> bool:
        try:
            async with sessions() as session:
                await session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True

    return check


async def _run(check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), READY_TIMEOUT_SECONDS)
    except TimeoutError:
        return False


def health_router(checks: Callable[[], Mapping[str, Check]]) -> APIRouter:
    """Routes outside the OpenAPI document: they are for the machine that runs us."""
    router = APIRouter(prefix="/health", include_in_schema=False)

    @router.get("/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/ready")
    async def ready(response: Response) -> HealthOut:
        needs = checks()
        answers = await asyncio.gather(*(_run(check) for check in needs.values()))
        health = HealthOut(ready=all(answers), checks=dict(zip(needs, answers, strict=True)))
        response.status_code = 200 if health.ready else 503
        return health

    return router
