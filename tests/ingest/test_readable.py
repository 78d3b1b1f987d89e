"""A person who follows a link is refused with a page, whatever is the matter."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError

from services.ingest.readable import ReadableRoute
from shared.web import problems

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def app() -> FastAPI:
    """One page, of which the database is away."""
    router = APIRouter(route_class=ReadableRoute)

    @router.get("/page")
    async def page() -> None:
        raise OperationalError("SELECT 1", {}, OSError("no connection"))

    found = FastAPI()
    problems.install(found)
    found.include_router(router)
    return found


async def test_an_outage_is_a_page_for_a_browser_and_a_problem_for_a_program(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://socle") as client:
        shown = await client.get("/page", headers=BROWSER)
        told = await client.get("/page")
    assert shown.status_code == told.status_code == 503
    assert shown.headers["content-type"].startswith("text/html")
    assert "La plate-forme ne répond pas" in shown.text
    assert int(shown.headers["retry-after"]) > 0
    assert told.json()["code"] == "service-unavailable"
