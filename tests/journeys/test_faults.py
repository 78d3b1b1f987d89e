"""The same way with something killed, lost or frozen in the middle: everything accepted reaches its end."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from journal import MURET
from redis.asyncio import Redis
from samples import communes, deliberations
from stack import WEB, WORKERS, Stack, end_of, push, running_stack

from services.cli.embedded import start_postgres, start_valkey
from services.cli.verify import verify
from shared.deposits import PUBLISH, VALIDATE
from shared.failpoints import EXIT_STATUS, FAILPOINTS
from shared.queue import connect, queue_name

pytestmark = pytest.mark.long

TARGET_OF = {"ingest": WEB, "validate": "work validator", "publish": "work catalog"}


async def nothing_is_broken(stack: Stack) -> None:
    assert await verify(stack.postgres.dsn, stack.blobs_url) == [], stack.logs()


async def test_each_step_may_be_the_last_of_its_process(tmp_path: Path) -> None:
    """Every failpoint with `exit`: the process is gone as with a kill -9, another one takes over."""
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        for number, name in enumerate(FAILPOINTS):
            target = TARGET_OF[name.split(".")[0]]
            stack.kill(target)
            stack.run(target, fail_at=f"{name}:1:exit")
            if target == WEB:
                await stack.wait_until_ready()
            content = deliberations(MURET, mark=name, rows=20 + number)
            pushing = asyncio.create_task(push(client, MURET, content, key=name))
            assert await stack.wait_for_exit(target) == EXIT_STATUS, name
            stack.run(target)
            deposit = await end_of(client, await pushing)
            assert deposit["state"] == "published", (name, stack.logs())
            kept = await stack.sql("SELECT count(*) FROM ingest.deposit")
            assert kept[0][0] == number + 1, name
            await nothing_is_broken(stack)


@pytest.mark.parametrize("name", ["validate.checked", "publish.before_flip", "publish.after_flip"])
async def test_a_process_frozen_past_its_lease_writes_nothing_when_it_wakes(tmp_path: Path, name: str) -> None:
    target = TARGET_OF[name.split(".")[0]]
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        stack.kill(target)
        stack.run(target, fail_at=f"{name}:1:stall")
        accepted = await push(client, MURET, deliberations(MURET, mark="gelé"), key=name)
        await asyncio.sleep(3)
        sleeper = stack.processes.pop(target)
        stack.run(target)
        deposit = await end_of(client, accepted)
        assert deposit["state"] == "published"
        await asyncio.sleep(16)
        assert (await end_of(client, accepted)) == deposit
        await nothing_is_broken(stack)
        stack.processes["sleeper"] = sleeper


async def test_the_validator_is_killed_in_the_middle_of_a_job(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        stack.kill("work validator")
        stack.run("work validator", fail_at="validate.checked:1:stall")
        accepted = await push(client, MURET, deliberations(MURET, mark="interrompu"))
        while (await client.get(f"/v1/deposits/{accepted['id']}")).json()["state"] != "validating":
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        stack.kill("work validator")
        stack.run("work validator")
        assert (await end_of(client, accepted))["state"] == "published"
        await nothing_is_broken(stack)


async def test_the_queue_loses_everything_that_waits(tmp_path: Path) -> None:
    sirens = communes(10)
    targets = (WEB, "work ingest", "work catalog")
    async with running_stack(tmp_path, sirens, targets=targets) as stack, stack.client() as client:
        accepted = [await push(client, siren, deliberations(siren, mark="perdu")) for siren in sirens]
        async with Redis.from_url(stack.valkey.url) as redis:
            assert await redis.zcard(queue_name(VALIDATE.service)) == 10
            await redis.flushall()
        stack.run("work validator")
        ends = await asyncio.gather(*(end_of(client, one) for one in accepted))
        assert {end["state"] for end in ends} == {"published"}
        await nothing_is_broken(stack)


async def test_the_queue_is_away_for_twenty_seconds(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        stack.valkey.stop()
        accepted = await push(client, MURET, deliberations(MURET, mark="sans file d'attente"))
        status = (await client.get("/v1/status")).json()
        assert (status["queue_up"], status["waiting"]) == (False, 1)
        await asyncio.sleep(20)
        assert all(process.poll() is None for process in stack.processes.values())
        stack.valkey = start_valkey(tmp_path)
        assert (await end_of(client, accepted))["state"] == "published"
        await nothing_is_broken(stack)


async def test_the_database_restarts_during_a_push(tmp_path: Path) -> None:
    content = deliberations(MURET, mark="coupure", rows=500)
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        gone = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield content[:1000]
            await gone.wait()
            yield content[1000:]

        headers = {"Idempotency-Key": "coupure"}
        params = {"organisation": MURET, "schema": "scdl/deliberations"}
        pushing = asyncio.create_task(client.post("/v1/deposits", params=params, content=slow(), headers=headers))
        await asyncio.sleep(0.5)
        stack.postgres.stop()
        gone.set()
        response = await pushing
        assert response.status_code == 503, response.text
        assert int(response.headers["retry-after"]) >= 1
        stack.postgres = start_postgres(tmp_path)
        deposit = await end_of(client, await push(client, MURET, content, key="coupure"))
        assert deposit["state"] == "published"
        assert await stack.sql("SELECT count(*) FROM ingest.deposit") == [(1,)]
        await nothing_is_broken(stack)


async def test_the_database_is_killed_again_and_again_while_deposits_travel(tmp_path: Path) -> None:
    sirens = communes(5)
    async with running_stack(tmp_path, sirens) as stack, stack.client() as client:

        async def keep_pushing(siren: str) -> list[dict[str, object]]:
            contents = [deliberations(siren, mark=f"passage {number}") for number in range(4)]
            return [await push(client, siren, one, key=f"{siren}-{number}") for number, one in enumerate(contents)]

        pushing = asyncio.gather(*(keep_pushing(siren) for siren in sirens))
        for _ in range(3):
            await asyncio.sleep(1)
            with suppress(ProcessLookupError):
                if stack.postgres.pid is not None:
                    os.kill(stack.postgres.pid, signal.SIGKILL)
        accepted = [one for some in await pushing for one in some]
        ends = await asyncio.gather(*(end_of(client, one) for one in accepted))
        assert {end["state"] for end in ends} == {"published"}, stack.logs()
        await nothing_is_broken(stack)


async def test_every_job_runs_twice_on_two_workers_of_each_kind(tmp_path: Path) -> None:
    sirens = communes(10)
    async with running_stack(tmp_path, sirens) as stack, stack.client() as client:
        stack.processes |= {f"twin {name}": stack.processes.pop(name) for name in WORKERS}
        for name in WORKERS:
            stack.run(name)
        pool = await connect(stack.valkey.url)
        accepted = []
        for siren in sirens:
            deposit = await push(client, siren, deliberations(siren, mark="deux fois"))
            accepted.append(deposit)
            for stage in (VALIDATE, PUBLISH) * 2:
                await pool.enqueue_job(stage.service, deposit["id"], _queue_name=queue_name(stage.service))
        ends = await asyncio.gather(*(end_of(client, one) for one in accepted))
        assert {end["state"] for end in ends} == {"published"}
        for deposit in accepted:
            for stage in (VALIDATE, PUBLISH) * 2:
                await pool.enqueue_job(stage.service, deposit["id"], _queue_name=queue_name(stage.service))
        await asyncio.sleep(2)
        await pool.aclose(close_connection_pool=True)
        assert await stack.sql("SELECT count(*) FROM catalog.version") == [(10,)]
        await nothing_is_broken(stack)


async def test_over_capacity_a_push_is_refused_at_once(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(
            base_url=stack.base_url, headers={"X-API-Key": stack.key}, limits=limits
        ) as client:

            async def held() -> AsyncIterator[bytes]:
                yield b"x"
                await asyncio.sleep(3)
                yield b"y"

            params = {"organisation": MURET, "schema": "scdl/deliberations"}
            answers = await asyncio.gather(
                *(client.post("/v1/deposits", params=params, content=held(), timeout=20) for _ in range(60))
            )
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(202) == 32
        assert statuses.count(503) == 28
        assert max(answer.elapsed.total_seconds() for answer in answers if answer.status_code == 503) < 10
