"""Every operation on one data set, as the document of the API says them: for what must hold of each."""

import re
from typing import Any

import httpx

VALUES = {"number": "1", "row_id": "1", "format": "csv", "from": "1", "to": "1"}
"""Of parameters."""

Operation = tuple[str, str]
"""Method and path, with its parameters in braces."""


async def dataset_operations(client: httpx.AsyncClient) -> list[Operation]:
    """All of those whose path has a `dataset_id`."""
    document = (await client.get("/openapi.json")).json()
    return [
        (method.upper(), path)
        for path, methods in document["paths"].items()
        if "{dataset_id}" in path
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    ]


async def ask(
    client: httpx.AsyncClient, operation: Operation, dataset_id: str, key: dict[str, str] | None, **values: str
) -> httpx.Response:
    """The answer to an operation with parameters that make sense. `values`: of parameters of the path."""
    method, path = operation
    given = VALUES | values | {"dataset_id": dataset_id}
    url = re.sub(r"\{(\w+)\}", lambda found: given[found[1]], path)
    params = {"from": "1", "to": "1"} if path.endswith("/diff") else None
    body: dict[str, Any] | None = None
    if method != "GET":
        body = {"to": 1} if path.endswith("/rollback") else {}
    return await client.request(method, url, params=params, headers=key, json=body)


def told(answer: httpx.Response, dataset_id: str) -> tuple[int, str]:
    """Status and problem, without what tells one request from another."""
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    problem.pop("request_id", None)
    return answer.status_code, str(problem).replace(dataset_id, "…")
