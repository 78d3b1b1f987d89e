"""Refusals: one code, one French title, announced by the routes that may give it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from project import SERVICES, app_of, pages, python_files, syntax_of, text_of

from shared.errors import PROBLEM_JSON, Refusal

OFFLINE = {"services.ingest.admin", "services.ingest.habilitations.operate"}
"""The operator's commands, which have no route."""

UNANNOUNCED = {"not-found", "method-not-allowed", "bad-request"}
"""Codes that the HTTP layer itself may give to anything, outside any operation."""

IN_OTHER_WORDS = {("POST /oauth/token", "400"), ("POST /oauth/token", "401")}
"""Answers that another standard words (RFC 6749, 5.2)."""


def all_refusals() -> list[type[Refusal]]:
    pages().import_all()
    refusals: list[type[Refusal]] = pages().every_refusal()
    return refusals


def test_every_refusal_has_its_own_code():
    codes = [one.code for one in all_refusals()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("refusal", all_refusals(), ids=lambda one: one.code)
def test_a_refusal_has_a_code_a_status_and_a_french_title(refusal: type[Refusal]):
    assert re.fullmatch(r"[a-z][a-z0-9-]+", refusal.code)
    assert 400 <= refusal.status < 600
    assert refusal.title[0].isupper()
    assert not refusal.title.endswith(".")
    assert not re.search(r"\b(the|not|found|invalid|missing)\b", refusal.title)


def operations(service: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in app_of(service).openapi()["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def declared(operation: dict[str, Any]) -> set[str]:
    """Codes that an operation announces."""
    texts = [answer["description"] for status, answer in operation["responses"].items() if status[0] in "45"]
    return {code for text in texts for code in re.findall(r"`([a-z0-9-]+)`", text)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_announces_its_refusals_as_problems(service: str):
    for name, operation in operations(service):
        refused = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
        assert any(status[0] == "4" for status in refused), name
        ours = [answer for status, answer in refused.items() if (name, status) not in IN_OTHER_WORDS]
        shown = [{*answer["content"]} - {"text/html"} for answer in ours]
        assert all(one == {PROBLEM_JSON} for one in shown), name


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_announces_only_codes_that_exist(service: str):
    known = {one.code for one in all_refusals()}
    for name, operation in operations(service):
        assert declared(operation) <= known, name


def raised_in(path: Path) -> set[str]:
    """Names of classes raised in a file."""
    raised = (node.exc for node in ast.walk(syntax_of(path)) if isinstance(node, ast.Raise))
    calls = (one.func if isinstance(one, ast.Call) else one for one in raised)
    return {one.id for one in calls if isinstance(one, ast.Name)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_a_service_raises_is_announced_by_one_of_its_routes(service: str):
    files = [path for path in python_files("services") if path.parts[1] == service]
    names = set().union(*(raised_in(path) for path in files if ".".join(path.with_suffix("").parts) not in OFFLINE))
    codes = {one.code for one in all_refusals() if one.__name__ in names}
    announced = set().union(*(declared(operation) for _, operation in operations(service)))
    assert codes - UNANNOUNCED <= announced


def test_the_services_refuse_with_refusals_only():
    ready_made = re.compile(r"from (?:fastapi|starlette)[\w.]* import .*HTTPException")
    assert not [str(path) for path in python_files("services") if ready_made.search(text_of(path))]
