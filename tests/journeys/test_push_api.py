"""All that a push may say, over separate processes: each deposit's end comes in the answer to its push."""

import base64
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import httpx
from journal import MURET
from samples import deliberations
from stack import end_of, running_stack

from services.cli.verify import verify

DATASET = "deliberations-muret"
NDJSON = {"Content-Type": "application/x-ndjson"}
PUSH = {"organisation": MURET, "schema": "scdl/deliberations"}


async def push(client: httpx.AsyncClient, content: bytes, *, headers: dict[str, str], **more: str) -> httpx.Response:
    digest = f"sha-512=:{base64.b64encode(hashlib.sha512(content).digest()).decode()}:"
    said = {"Prefer": "wait=20", "Content-Digest": digest} | headers
    return await client.post("/v1/deposits", params=PUSH | more, content=content, headers=said)


def lines(*rows: dict[str, str]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


async def version(client: httpx.AsyncClient) -> tuple[int, int]:
    found: dict[str, Any] = (await client.get(f"/v1/datasets/{DATASET}")).json()
    return found["version"], found["rows"]


async def test_a_vendor_pushes_rows_from_a_version_after_a_dry_run(tmp_path: Path) -> None:
    content = deliberations(MURET, mark="premier", rows=30)
    first_row = next(csv.DictReader(io.StringIO(content.decode())))
    row = first_row | {"DELIB_ID": "nouvelle"}
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        first = await push(client, content, headers={"If-Match": '"0"'}, external_id="export 1")
        assert (first.status_code, first.json()["state"]) == (201, "published"), stack.logs()
        assert first.headers["preference-applied"] == "wait=20"

        tried = await push(client, lines(row), headers=NDJSON, mode="upsert", dry_run="true", external_id="export 2")
        assert (tried.status_code, tried.json()["state"]) == (201, "checked")
        assert tried.json()["foreseen"] == {"state": "published", "reasons": []}
        assert tried.json()["outcome"]["inserted"] == 1
        assert await version(client) == (1, 30)

        added = await push(client, lines(row), headers=NDJSON | {"If-Match": '"1"'}, mode="upsert")
        assert added.json()["outcome"]["inserted"] == 1
        assert await version(client) == (2, 31)
        late = await push(client, lines(row), headers=NDJSON | {"If-Match": '"1"'}, mode="delete")
        assert (late.status_code, late.json()["version"]) == (412, 2)
        removed = await push(client, lines(row), headers=NDJSON, mode="delete", base_version="2")
        assert (removed.json()["dataset"]["version"], removed.json()["outcome"]["deleted"]) == (3, 1)

        rivals = [
            await push(
                client,
                lines(row | {"DELIB_OBJET": mark}),
                headers=NDJSON | {"If-Match": '"3"', "Prefer": ""},
                mode="upsert",
            )
            for mark in "ab"
        ]
        ends = [await end_of(client, one.json()) for one in rivals if one.status_code == 202]
        assert [end["state"] for end in ends] in (["published", "outdated"], ["published"])
        assert {one.status_code for one in rivals} <= {202, 412}

        back = {"Idempotency-Key": "retour"}
        path = f"/v1/datasets/{DATASET}/rollback"
        made = [await client.post(path, json={"to": 1}, headers=back) for _ in range(2)]
        assert [one.status_code for one in made] == [201, 201]
        assert made[0].json() == made[1].json()
        assert await version(client) == (5, 30)

        found = (await client.get("/v1/deposits", params={"external_id": "export 2"})).json()["data"]
        assert [one["id"] for one in found] == [tried.json()["id"]]
        wrong = await push(client, content, headers={"Content-Digest": first.headers["x-request-id"]})
        assert wrong.json()["code"] == "content-digest-invalid"
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []
