"""A vendor that tries everything out in production with a key for tests: it sees all of it, nobody else anything."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
from journal import MURET
from samples import deliberations
from stack import Stack, end_of, push, running_stack
from walking import ask, dataset_operations, told

from services.cli.verify import verify
from shared.trials import PREFIX

TOULOUSE = "213105554"
NOWHERE = f"{PREFIX}qui-n-existe-pas"
PUBLIC = (
    "/v1/datasets/deliberations",
    "/v1/datasets/deliberations/records?limit=100",
    "/v1/datasets/deliberations-muret",
    "/v1/datasets/deliberations-muret/records?limit=100",
    "/v1/datasets/deliberations-muret/versions",
    "/v1/datasets/deliberations/changes?since=0",
    "/v1/datasets?q=deliberations",
    "/v1/changes.atom",
    "/v1/follow-up",
    "/v1/organisations?q=toulouse",
)


async def tried(client: httpx.AsyncClient, siren: str, rows: int) -> dict[str, Any]:
    content = deliberations(siren, mark="essai", rows=rows)
    return await end_of(client, await push(client, siren, content))


async def shown(client: httpx.AsyncClient) -> dict[str, str]:
    return {path: (await client.get(path)).text for path in PUBLIC}


async def forgotten(stack: Stack, client: httpx.AsyncClient, path: str) -> None:
    """Let a month go by, and the worker look."""
    for table, column in (("ingest.deposit", "received_at"), ("catalog.dataset", "created_at")):
        await stack.sql(f"UPDATE {table} SET {column} = {column} - interval '31 days' WHERE trial_of IS NOT NULL")
    stack.kill("work catalog")
    stack.run("work catalog")
    for _ in range(300):
        if not await stack.sql("SELECT id FROM ingest.deposit WHERE trial_of IS NOT NULL"):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{path} is still there: {stack.logs()}")


FREE: dict[str, Any] = {
    "organisation": MURET, "title": "Comptages", "description": "Par jour.", "theme": "TRAN",
    "schema": {"fields": [{"name": "point", "type": "string"}], "primaryKey": ["point"]},
}  # fmt: skip


async def try_a_free_schema(live: httpx.AsyncClient, trying: httpx.AsyncClient) -> None:
    """Under a schema that a vendor declared with an ordinary key: one for tests declares none."""
    refused = await trying.post("/v1/datasets", json=FREE)
    assert (refused.status_code, refused.json()["code"]) == (403, "key-scope")
    free = (await live.post("/v1/datasets", json=FREE)).json()
    name, columns = free["schema"]["name"], [*FREE["schema"]["fields"], {"name": "nombre", "type": "integer"}]
    end = await end_of(trying, await push(trying, MURET, b"point\nP1\n", schema=name))
    path = f"/v1/datasets/{end['dataset']['id']}"
    assert (await live.patch(path, json={"title": "À moi"})).status_code == 404
    schema = FREE["schema"] | {"fields": columns}
    assert (await live.patch(f"/v1/datasets/{free['id']}", json={"schema": schema})).status_code == 200
    assert [row["point"] for row in (await trying.get(f"{path}/records")).json()["data"]] == ["P1"]
    assert (await live.get(f"/v1/datasets/{free['id']}/records")).json()["data"] == []


async def test_a_vendor_tries_out_the_whole_way_and_leaves_no_trace(tmp_path: Path) -> None:
    async with (
        running_stack(tmp_path, [MURET]) as stack,
        stack.client() as live,
        httpx.AsyncClient(base_url=stack.base_url, timeout=30) as anybody,
    ):
        made = (await live.post("/v1/keys", json={"name": "essais", "test": True})).json()["key"]
        key = {"Authorization": f"Bearer {made}"}
        await end_of(live, await push(live, MURET, deliberations(MURET, mark="vrai", rows=3)))
        while (await anybody.get(PUBLIC[0])).json()["meta"]["overlaps"] is None:
            await asyncio.sleep(0.2)  # measured beside the publication
        async with httpx.AsyncClient(base_url=stack.base_url, headers=key, timeout=30) as trying:
            await try_a_free_schema(live, trying)
        before = await shown(anybody)
        async with httpx.AsyncClient(base_url=stack.base_url, headers=key, timeout=30) as trying:
            first = await tried(trying, TOULOUSE, 20)
            assert (first["state"], first["test"], first["dataset"]["version"]) == ("published", True, 1), stack.logs()
            dataset_id = first["dataset"]["id"]
            held = await push(trying, TOULOUSE, deliberations(TOULOUSE, mark="peu", rows=2))
            while (found := (await trying.get(f"/v1/deposits/{held['id']}")).json())["state"] != "held":
                await asyncio.sleep(0.1)
            assert (await live.get(f"/v1/deposits/{held['id']}")).status_code == 404
            reasons = {"reasons": found["held"]["reasons"]}
            assert (await trying.post(f"/v1/deposits/{held['id']}/confirm", json=reasons)).status_code == 200
            assert (await end_of(trying, held))["dataset"] == first["dataset"] | {"version": 2}
            back = await trying.post(f"/v1/datasets/{dataset_id}/rollback", json={"to": 1})
            assert (back.status_code, back.json()["rows"]) == (201, 20)
            refused = await trying.post("/v1/datasets/deliberations-muret/rollback", json={"to": 1})
            assert refused.status_code == 404
            assert (await tried(trying, MURET, 5))["dataset"]["version"] == 1

            page = await trying.get(f"/v1/datasets/{dataset_id}/records")
            row_id = str(page.json()["ids"][0])
            operations = await dataset_operations(anybody)
            for operation in operations:
                for asker in (None, {"X-API-Key": stack.key}):
                    answer = told(await ask(anybody, operation, dataset_id, asker, row_id=row_id), dataset_id)
                    nothing = told(await ask(anybody, operation, NOWHERE, asker, row_id=row_id), NOWHERE)
                    assert (answer, answer[0] >= 400) == (nothing, True), operation
                if operation[0] == "GET" and not operation[1].endswith("/overlaps"):
                    seen = await ask(trying, operation, dataset_id, None, row_id=row_id)
                    assert (seen.status_code, seen.headers["cache-control"]) == (200, "private, no-store"), operation
        assert len(operations) > 15
        assert await shown(anybody) == before
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []

        await forgotten(stack, anybody, dataset_id)
        assert (await anybody.get(f"/v1/datasets/{dataset_id}", headers=key)).status_code == 404
        assert await stack.sql("SELECT id FROM catalog.dataset WHERE trial_of IS NOT NULL") == []
        assert not [path for path in tmp_path.glob("blobs/essais-*/*")] + list(
            tmp_path.glob("blobs/snapshots/essai-*/**/*.csv")
        )
        assert await shown(anybody) == before
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []
