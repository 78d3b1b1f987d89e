"""Data without a national schema, from its declaration to its withdrawal, through the three services."""

from pathlib import Path
from typing import Any

import httpx
from journal import MURET
from stack import Stack, end_of, push, running_stack

from services.catalog.publish.decide import DecideTools, withdraw
from services.cli.verify import verify
from shared.audit import OPERATOR
from shared.blobs import open_blobs
from shared.db import make_engine, make_sessions
from shared.imported import read_imported_schemas
from shared.migrate import migrate
from shared.registry import load_registry

CUGNAUX = "213101579"
ID, NAME = "libre-comptages-routiers-muret", "libre/comptages-routiers-muret"
SAMPLE = "point;jour;véhicules\nP001;31/12/2024;1200\nP002;2024-12-31;75\n"
SAID = {
    "organisation": MURET,
    "title": "Comptages routiers",
    "description": "Véhicules comptés chaque jour à chaque point de mesure.",
    "theme": "TRAN",
    "contact": {"email": "voirie@mairie-muret.fr"},
}


async def declare(client: httpx.AsyncClient) -> dict[str, Any]:
    """A vendor sends a sample, completes what is proposed, and declares the data set."""
    proposed = (await client.post("/v1/schemas/infer", content=SAMPLE)).json()["schema"]
    assert [field["type"] for field in proposed["fields"]] == ["string", "date", "integer"]
    made = await client.post("/v1/datasets", json={**SAID, "schema": {**proposed, "primaryKey": ["point", "jour"]}})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def deposit(client: httpx.AsyncClient, stack: Stack, content: str, *, to: str = NAME) -> dict[str, Any]:
    ended = await end_of(client, await push(client, MURET, content.encode(), schema=to))
    assert ended["state"] == "published", (ended, stack.logs())
    return ended


async def records(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/datasets/{ID}/records", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def withdraw_it(stack: Stack) -> None:
    engine, registry = make_engine(stack.postgres.dsn, "socle_catalog", pool_size=2), load_registry()
    sessions = make_sessions(engine)
    async with sessions() as session:
        registry.take_imported(await read_imported_schemas(session))
    tools = DecideTools(engine, sessions, open_blobs(stack.blobs_url), registry)
    await withdraw(ID, "Compteurs déréglés.", tools, decided_by=OPERATOR)
    await engine.dispose()


async def test_a_free_data_set_lives_as_any_other(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET, CUGNAUX]) as stack, stack.client() as client:
        made = await declare(client)
        assert made["deposit"] == f"/v1/deposits?organisation={MURET}&schema={NAME}"
        schema = (await client.get(f"/v1/schemas/{NAME}")).json()
        assert (schema["origin"], schema["version"], schema["identity"]) == ("free", "1", ["point", "jour"])

        first = await deposit(client, stack, SAMPLE)  # at once: every process learns of it when it needs to
        assert (first["dataset"]["id"] if "dataset" in first else ID) == ID
        rows = await records(client, véhicules__greater=100)
        assert [(row["point"], row["jour"], row["véhicules"]) for row in rows] == [("P001", "2024-12-31", 1200)]
        refused = await end_of(client, await push(client, MURET, b"point;jour\nP001;hier\n", schema=NAME))
        assert refused["state"] == "rejected"
        other = await client.post("/v1/deposits", params={"organisation": CUGNAUX, "schema": NAME}, content=b"a\n1\n")
        assert (other.status_code, other.json()["code"]) == (422, "dataset-of-another")

        fields = [
            {"name": "point", "constraints": {"required": True}},
            {"name": "jour", "type": "date"},
            {"name": "véhicules", "type": "integer"},
            {"name": "sens", "constraints": {"enum": ["croissant", "décroissant"]}},
        ]
        patch = {"title": "Comptages", "schema": {"fields": fields, "primaryKey": ["point", "jour"]}}
        changed = await client.patch(f"/v1/datasets/{ID}", json=patch)
        assert changed.status_code == 200, changed.text
        second = "point;jour;véhicules;sens\nP001;2025-01-01;1300;croissant\nP002;2024-12-31;75;décroissant\n"
        await deposit(client, stack, second, to=ID)
        rows = await records(client, sort="point")
        assert [(row["véhicules"], row["sens"]) for row in rows] == [(1300, "croissant"), (75, "décroissant")]

        described = (await client.get(f"/v1/datasets/{ID}")).json()
        assert (described["title"], described["version"], described["rows"]) == ("Comptages", 2, 2)
        versions = (await client.get(f"/v1/datasets/{ID}/versions")).json()["data"]
        assert [one["schema"]["version"] for one in versions] == ["2", "1"]
        export = await client.get(f"/v1/datasets/{ID}/exports/csv")
        assert "croissant" in export.text
        listed = (await client.get("/v1/datasets", params={"q": "comptages muret"})).json()["data"]
        assert [one["id"] for one in listed] == [ID]

        await migrate(stack.postgres.dsn)  # the next release finds its table as it should be
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []
        await withdraw_it(stack)
        assert (await client.get(f"/v1/datasets/{ID}")).status_code == 410
        assert (await client.patch(f"/v1/datasets/{ID}", json={"title": "Encore"})).status_code == 410
