"""A poisoned file costs one child, never the process that asked."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from judging import deliberation_file

from services.validator.pipeline import Request
from services.validator.sandbox import ChildCrashed, Job, LimitExceeded, Limits, Outcome, Sandbox

Examine = Callable[..., Awaitable[Outcome]]

WORKING = deliberation_file(*({"DELIB_ID": str(n), "DELIB_OBJET": str(n) * 5} for n in range(600_000)))
"""A file whose examination takes a second or so."""


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One child, ordinary limits."""
    async with Sandbox(size=1) as found:
        yield found


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    """Examine a text in a sandbox."""

    async def run(sandbox: Sandbox, text: str, schema: str = "scdl/deliberations") -> Outcome:
        path, folder = tmp_path / "raw", tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        path.write_text(text)
        folder.mkdir()
        return await sandbox.run(Job(path=path, folder=folder, request=Request(schema)))

    return run


def pids(sandbox: Sandbox) -> list[int]:
    """Processes that have started."""
    return [task.result().process.pid for task in sandbox._all if task.done()]


async def test_a_file_is_examined_apart(sandbox: Sandbox, examine: Examine) -> None:
    outcome = await examine(sandbox, deliberation_file({}))
    assert (outcome.report.verdict, outcome.slices) == ("valid", ("2024",))
    assert outcome.table_path is not None
    assert outcome.table_path.stat().st_size > 0
    assert b'"verdict":"valid"' in outcome.report_path.read_bytes()


async def test_an_invalid_file_has_a_report_and_no_table(sandbox: Sandbox, examine: Examine) -> None:
    outcome = await examine(sandbox, "")
    assert (outcome.report.verdict, outcome.table_path, outcome.slices) == ("invalid", None, None)


async def test_a_child_serves_many_files(sandbox: Sandbox, examine: Examine) -> None:
    await examine(sandbox, deliberation_file({}))
    before = pids(sandbox)
    await examine(sandbox, deliberation_file({}))
    assert pids(sandbox) == before


async def test_a_child_carries_no_setting_of_ours(
    sandbox: Sandbox, examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCLE_DATABASE_URL", "postgresql://secret")
    async with Sandbox(size=1) as fresh:
        await examine(fresh, deliberation_file({}))
        (pid,) = pids(fresh)
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"SOCLE" not in environment
    assert b"secret" not in environment


async def test_a_bug_is_a_crash_and_the_next_file_is_examined(sandbox: Sandbox, examine: Examine) -> None:
    with pytest.raises(ChildCrashed, match="UnknownSchema"):
        await examine(sandbox, "a\n1\n", "no/schema")
    assert (await examine(sandbox, deliberation_file({}))).report.verdict == "valid"


async def test_a_killed_child_is_a_crash_and_is_replaced(sandbox: Sandbox, examine: Examine) -> None:
    await examine(sandbox, deliberation_file({}))
    running = asyncio.create_task(examine(sandbox, WORKING))
    await asyncio.sleep(0.2)
    os.kill(pids(sandbox)[0], signal.SIGKILL)
    with pytest.raises(ChildCrashed):
        await running
    assert (await examine(sandbox, deliberation_file({}))).report.verdict == "valid"


@pytest.mark.parametrize(
    ("limits", "which"),
    [
        (Limits(wall_seconds=0.2), "time"),
        (Limits(resident_bytes=10 << 20), "memory"),
        (Limits(cpu_seconds=-1), "cpu"),
    ],
)
async def test_a_limit_says_which(examine: Examine, limits: Limits, which: str) -> None:
    text = WORKING * (3 if which == "cpu" else 1)
    async with Sandbox(size=1, limits=limits) as small:
        with pytest.raises(LimitExceeded) as reached:
            await examine(small, text)
    assert reached.value.which == which


async def test_memory_that_cannot_be_had_is_a_limit_or_a_crash(examine: Examine) -> None:
    async with Sandbox(size=1, limits=Limits(address_space_bytes=600 << 20)) as small:
        with suppress(LimitExceeded, ChildCrashed):
            await examine(small, WORKING * 10)
        assert (await examine(small, deliberation_file({}))).report.verdict == "valid"


async def test_a_cancelled_examination_ends_its_child(sandbox: Sandbox, examine: Examine) -> None:
    await examine(sandbox, deliberation_file({}))
    (pid,) = pids(sandbox)
    running = asyncio.create_task(examine(sandbox, WORKING))
    await asyncio.sleep(0.2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not Path(f"/proc/{pid}").exists()
    assert (await examine(sandbox, deliberation_file({}))).report.verdict == "valid"


async def test_a_worn_child_is_replaced(examine: Examine) -> None:
    async with Sandbox(size=1, limits=Limits(jobs_per_child=1)) as small:
        await examine(small, deliberation_file({}))
        await examine(small, deliberation_file({}))
        assert await small.is_up()


async def test_children_end_with_the_sandbox(examine: Examine) -> None:
    async with Sandbox(size=1) as small:
        await examine(small, deliberation_file({}))
        (pid,) = pids(small)
    assert not Path(f"/proc/{pid}").exists()
