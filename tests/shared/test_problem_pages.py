"""The pages that the `type` of a refusal leads to."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx
import pytest
from fastapi import FastAPI
from project import pages
from serving import served

from shared.errors import NotFound, Refusal
from shared.web import make_service_app
from shared.web.problem_pages import every_refusal, example_of, explained, package_of, words_of


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    app = make_service_app(title="Essai", description="Essai", routers=[], lifespan=lifespan, checks=dict)
    async with served(app) as url, httpx.AsyncClient(base_url=url) as found:
        yield found


@pytest.fixture(scope="module")
def refusals() -> dict[str, type[Refusal]]:
    """All those of the project."""
    pages().import_all()
    return {one.code: one for one in every_refusal()}


def test_every_refusal_says_when_and_what_to_do_in_both_languages(refusals: dict[str, type[Refusal]]) -> None:
    missing = [
        f"{package_of(one)}: [{one.code}]"
        for one in refusals.values()
        if set(words_of(package_of(one)).get(one.code, {})) != {"when", "do", "do_en"} or not explained(one, "en").when
    ]
    assert not missing, "say in the package's problems.toml when it happens and what to do"


def test_no_words_are_kept_for_a_refusal_that_is_gone(refusals: dict[str, type[Refusal]]) -> None:
    for package in {package_of(one) for one in refusals.values()}:
        assert set(words_of(package)) <= {one.code for one in refusals.values() if package_of(one) == package}


async def test_the_type_of_a_refusal_leads_to_its_page(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/v1/nothing")).json()
    page = await client.get(problem["type"])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'lang="fr"' in page.text
    assert "Ressource introuvable" in page.text
    assert "<script" not in page.text


async def test_the_page_speaks_the_language_of_its_reader(client: httpx.AsyncClient) -> None:
    english = await client.get("/problems/not-found", headers={"Accept-Language": "en-GB,fr;q=0.5"})
    assert '<html lang="en">' in english.text
    assert "When it happens" in english.text
    assert "Accept-Language" in english.headers["vary"]
    assert (await client.get("/problems/not-found?lang=en")).text == english.text
    french = await client.get("/problems/not-found?lang=fr", headers={"Accept-Language": "en"})
    assert '<html lang="fr">' in french.text
    assert (await client.get("/problems/not-found?lang=de")).status_code == 400


async def test_the_index_leads_to_every_page(client: httpx.AsyncClient, refusals: dict[str, type[Refusal]]) -> None:
    for language in ("fr", "en"):
        index = await client.get("/problems", params={"lang": language})
        linked = re.findall(rf'href="(/problems/[a-z-]+\?lang={language})"', index.text)
        assert len(linked) == len(refusals)
        for path in linked:
            assert (await client.get(path)).status_code == 200


async def test_the_example_of_a_page_is_a_problem_document(client: httpx.AsyncClient) -> None:
    page = (await client.get("/problems/not-found")).text
    shown = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    assert shown
    assert json.loads(unescape(shown[1])) == example_of(NotFound)
    real = (await client.get("/v1/nothing")).json()
    assert set(example_of(NotFound)) == set(real)
