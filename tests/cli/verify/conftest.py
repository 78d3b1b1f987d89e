"""A small installation to break, with a past: two versions, an unchanged deposit, a rejected one, two organisations;
and a third organisation whose deposits people decided about."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import urlparse
from uuid import UUID

import asyncpg
import httpx
import pytest
from journal import MURET, PEPPER
from pydantic import SecretStr
from samples import HEADER, deliberations
from servers import MakeDatabase, run_sql
from serving import served

from services.catalog.publish import PublishTools, publish_deposit
from services.cli.embedded import RunningPostgres
from services.cli.verify import Violation, verify
from services.ingest.admin import create_key, create_vendor, grant_habilitation
from services.ingest.app import make_app
from services.ingest.retry import retry_deposit
from services.ingest.settings import IngestSettings
from services.validator.jobs import ValidateTools, validate_deposit
from services.validator.sandbox import Sandbox
from shared.blobs import open_blobs
from shared.db import Role, make_engine, make_sessions
from shared.deposits import put_aside
from shared.queue import Queue
from shared.registry import load_registry

CAZERES = "213101355"

COLOMIERS = "213101496"
NIR = "269054958815780"

Push = Callable[[str, bytes, str], Awaitable[UUID]]


@dataclass(frozen=True, slots=True)
class Installation:
    """A database and its blobs."""

    dsn: str
    blobs_path: Path

    async def sql(self, statements: str) -> None:
        """As the owner, with neither triggers nor foreign keys in the way."""
        await run_sql(self.dsn, f"SET session_replication_role = replica; {statements}")

    async def rows(self, statement: str) -> list[asyncpg.Record]:
        """As the owner."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def verify(self) -> list[Violation]:
        return await verify(self.dsn, self.blobs_path.as_uri())

    async def broken(self) -> set[str]:
        """The invariants that do not hold."""
        return {one.invariant for one in await self.verify()}

    def blob(self, folder: str, position: int = 0) -> Path:
        """One of the blobs of a folder."""
        return sorted(path for path in (self.blobs_path / folder).rglob("*") if path.is_file())[position]


@pytest.fixture(scope="session")
async def past(make_database: MakeDatabase, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Made once by the real services; never broken itself."""
    made = Installation(await make_database(), tmp_path_factory.mktemp("past") / "blobs")
    settings = IngestSettings(
        database_url=made.dsn,
        queue_url=valkey_url,
        blobs_url=made.blobs_path.as_uri(),
        key_pepper=SecretStr(PEPPER),
    )
    key = await _habilitated_key(made.dsn)
    async with (
        served(make_app(settings)) as url,
        _Processing(made, valkey_url) as process,
        httpx.AsyncClient(base_url=url, headers={"X-API-Key": key}) as client,
    ):
        push = partial(_push, client, process)
        await push(MURET, deliberations(MURET, mark="un", rows=5), "1")
        await push(MURET, deliberations(MURET, mark="deux", rows=4), "2")
        await push(MURET, deliberations(MURET, mark="deux", rows=4), "3")
        await push(MURET, HEADER.replace("DELIB_OBJET", "OBJET").encode() + b"\na,b,c,d,e,f,g\n", "4")
        await push(CAZERES, deliberations(CAZERES, mark="trois", rows=3, year=2023), "5")
        await _decide(made.dsn, client, push, process)
        client.headers["X-API-Key"] = (await client.post("/v1/keys", json={"name": "essai", "test": True})).json()[
            "key"
        ]
        for number, mark in enumerate(("deux", "trois"), 20):
            await push(MURET, deliberations(MURET, mark=mark, rows=4), str(number))
    return made


async def _decide(dsn: str, client: httpx.AsyncClient, push: Push, process: Callable[[UUID], Awaitable[None]]) -> None:
    """Deposits of every kind of journey that takes more than one round, or ends by a decision."""

    async def confirm(deposit_id: UUID) -> None:
        held = (await client.get(f"/v1/deposits/{deposit_id}")).json()["held"]
        answer = await client.post(f"/v1/deposits/{deposit_id}/confirm", json={"reasons": held["reasons"]})
        assert answer.status_code == 200, answer.text
        await process(deposit_id)

    elder = await push(COLOMIERS, deliberations(COLOMIERS, mark=NIR, rows=2), "6")
    await push(COLOMIERS, deliberations(COLOMIERS, mark="quatre", rows=2), "7")
    await confirm(elder)
    await confirm(await push(COLOMIERS, deliberations(COLOMIERS, mark=f"cinq {NIR}", rows=2), "8"))
    await push(COLOMIERS, deliberations(COLOMIERS, mark=f"six {NIR}", rows=2), "9")
    await _post(client, COLOMIERS, deliberations(COLOMIERS, mark="sept", rows=1), "10", then="cancel")
    failed = await _post(client, COLOMIERS, deliberations(COLOMIERS, mark="huit", rows=1, year=2022), "11")
    engine = make_engine(dsn, "socle_ingest", pool_size=1)
    async with make_sessions(engine).begin() as session:
        assert await put_aside(session, time_limit=timedelta(0)) == [failed]
    await retry_deposit(make_sessions(engine), failed, vendor=None)
    await engine.dispose()
    await process(failed)


async def _habilitated_key(dsn: str) -> str:
    engine = make_engine(dsn, "socle_ingest", pool_size=1)
    sessions = make_sessions(engine)
    vendor = await create_vendor(sessions, name="Éditeur")
    for siren in (MURET, CAZERES, COLOMIERS):
        await grant_habilitation(sessions, vendor=vendor, organisation_siren=siren, schemas=None, basis="essai")
    key = await create_key(sessions, vendor=vendor, name="essai", pepper=PEPPER)
    await engine.dispose()
    return key.text


async def _push(
    client: httpx.AsyncClient, process: Callable[[UUID], Awaitable[None]], siren: str, content: bytes, key: str
) -> UUID:
    deposit_id = await _post(client, siren, content, key)
    await process(deposit_id)
    return deposit_id


async def _post(client: httpx.AsyncClient, siren: str, content: bytes, key: str, *, then: str = "") -> UUID:
    answer = await client.post(
        "/v1/deposits",
        params={"organisation": siren, "schema": "scdl/deliberations"},
        headers={"Content-Type": "text/csv", "Idempotency-Key": key},
        content=content,
    )
    assert answer.status_code == 202, answer.text
    deposit_id = UUID(answer.json()["id"])
    if then:
        assert (await client.post(f"/v1/deposits/{deposit_id}/{then}")).status_code == 200
    return deposit_id


class _Processing:
    """The two jobs, in this process."""

    def __init__(self, made: Installation, queue_url: str) -> None:
        self._blobs = open_blobs(made.blobs_path.as_uri())
        self._queue = Queue(queue_url)
        self._engines = {name: make_engine(made.dsn, name) for name in self._roles()}
        self._sandbox = Sandbox(size=1)

    @staticmethod
    def _roles() -> tuple[Role, Role]:
        return ("socle_validator", "socle_catalog")

    async def __aenter__(self) -> Callable[[UUID], Awaitable[None]]:
        await self._sandbox.__aenter__()
        validator, catalog = (self._engines[name] for name in self._roles())
        registry = load_registry()
        validate = ValidateTools(make_sessions(validator), self._blobs, self._queue, self._sandbox, registry)
        publish = PublishTools(catalog, make_sessions(catalog), self._blobs, self._queue, registry)

        async def process(deposit_id: UUID) -> None:
            await validate_deposit(deposit_id, validate)
            await publish_deposit(deposit_id, publish)

        return process

    async def __aexit__(self, *failure: object) -> None:
        await self._sandbox.__aexit__(None, None, None)
        await self._queue.close()
        for engine in self._engines.values():
            await engine.dispose()


_numbers = count(1)


@pytest.fixture
async def installation(past: Installation, postgres: RunningPostgres, tmp_path: Path) -> AsyncIterator[Installation]:
    """A copy of the past, for one test to break."""
    name = f"verify_{next(_numbers)}"
    origin = urlparse(past.dsn).path[1:]
    await run_sql(postgres.dsn, f"CREATE DATABASE {name} TEMPLATE {origin} STRATEGY FILE_COPY")
    blobs_path = tmp_path / "blobs"
    shutil.copytree(past.blobs_path, blobs_path)
    yield Installation(postgres.dsn_of(name), blobs_path)
    await run_sql(postgres.dsn, f"DROP DATABASE {name} WITH (FORCE)")
