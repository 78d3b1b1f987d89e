"""A schema imported while everything runs: files are checked and deposited under it a few seconds later."""

import asyncio
from pathlib import Path

import httpx
from journal import MURET
from schema_catalogue import Catalogue
from stack import Stack, end_of, push, running_stack

from services.cli.schemas.catalogue import read_catalogue
from services.cli.schemas.fetched import fetch_all
from services.cli.schemas.source import Source
from services.cli.schemas.sync import write
from services.cli.verify import verify
from shared.db import make_owner_engine

NAME = "exemple/schema-bancs-publics"
FIELDS = [
    {"name": "idBanc", "type": "string", "constraints": {"required": True, "pattern": r"^B\d{3}$"}},
    {"name": "places", "type": "integer", "constraints": {"minimum": 1}},
    {"name": "pose", "type": "datetime"},
    {"name": "position", "type": "geopoint", "format": "array"},
]
FILE = 'idBanc,places,pose,position\nB001,3,2024-03-01T08:00:00Z,"[1.32, 43.46]"\nB002,2,,\n'


async def sync(stack: Stack, catalogue: Catalogue) -> None:
    listed = read_catalogue(catalogue.path.read_bytes())
    fetched, troubles = await fetch_all(listed, Source(catalogue.base))
    assert troubles == []
    engine = make_owner_engine(stack.postgres.dsn)
    async with engine.begin() as connection:
        await write(connection, fetched, listed=listed)
    await engine.dispose()


async def wait_until_known(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while (await client.get(f"/v1/schemas/{NAME}")).status_code != 200:
            await asyncio.sleep(0.2)
    await asyncio.sleep(6)  # every process looks each five seconds


async def test_files_are_checked_and_published_under_an_imported_schema(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "site")
    catalogue.base.mkdir()
    catalogue.put(NAME, "1.0.0", {"fields": FIELDS, "primaryKey": "idBanc"}, title="Bancs publics")
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        unknown = await client.post("/v1/validations", params={"schema": NAME}, content=FILE)
        assert unknown.status_code == 404
        await sync(stack, catalogue)
        await wait_until_known(client)

        listed = (await client.get("/v1/schemas")).json()["data"]
        found = next(one for one in listed if one["name"] == NAME)
        assert (found["dataset"], found["origin"], found["takes_deposits"]) == ("bancs-publics", "catalogue", True)
        report = (await client.post("/v1/validations", params={"schema": NAME}, content=FILE)).json()
        assert (report["verdict"], report["schema"]["version"]) == ("valid", "1.0.0"), report
        wrong = FILE.replace("B002", "B1")
        report = (await client.post("/v1/validations", params={"schema": NAME}, content=wrong)).json()
        assert [rule["code"] for rule in report["by_rule"]] == ["pattern-mismatch"]

        deposit = await end_of(client, await push(client, MURET, FILE.encode(), schema="bancs-publics"))
        assert deposit["state"] == "published", stack.logs()
        records = (await client.get("/v1/datasets/bancs-publics-muret/records")).json()["data"]
        assert [(row["idBanc"], row["places"], row["position"]) for row in records] == [
            ("B001", 3, "[1.32, 43.46]"),
            ("B002", 2, None),
        ]
        few = await client.get("/v1/datasets/bancs-publics/records", params={"places__less": 2})
        assert [row["idBanc"] for row in few.json()["data"]] == ["B002"]
        assert await verify(stack.postgres.dsn, stack.blobs_url) == []
