import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from apart import PROJECT, alive, wait_until

from services.cli.supervise import FIRST_DELAY_SECONDS, Supervisor

NOTE_AND_WAIT = """
import os, signal, sys, time
name, notes = sys.argv[1:]
def note(word):
    with open(notes, "a") as file:
        file.write(f"{name} {word}\\n")
def end(*_):
    time.sleep(0.2)
    note("ended")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("started")
while True:
    time.sleep(60)
"""

DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen(["sleep", "600"])
open(sys.argv[1], "w").write(f"{grandchild.pid}\\nready\\n")
time.sleep(600)
"""

SUPERVISE = """
import asyncio, json, os, sys
from services.cli.supervise import Supervisor
async def main():
    async with Supervisor() as supervisor:
        await supervisor.start("a", ["sleep", "600"], os.environ)
        await supervisor.start("b", ["sleep", "600"], os.environ, wave=1)
        print(json.dumps([supervisor.pid_of("a"), supervisor.pid_of("b")]), flush=True)
        await supervisor.wait_until_stopped()
asyncio.run(main())
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def noting(name: str, notes: Path) -> list[str]:
    return [sys.executable, "-S", "-c", NOTE_AND_WAIT, name, str(notes)]


def lines(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


async def told(notes: Path, line: str, times: int = 1) -> None:
    async with asyncio.timeout(60):
        while lines(notes).count(line) < times:
            await asyncio.sleep(0.02)


async def test_leaving_the_block_stops_each_wave_before_the_next(notes: Path) -> None:
    async with Supervisor() as supervisor:
        await supervisor.start("worker", noting("worker", notes), os.environ, wave=1)
        await supervisor.start("web", noting("web", notes), os.environ, wave=0)
        await told(notes, "web started")
        await told(notes, "worker started")
    assert lines(notes)[2:] == ["web ended", "worker ended"]
    assert supervisor.pid_of("web") is None


async def test_a_crashed_child_is_started_again_and_it_is_logged(notes: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with Supervisor() as supervisor:
        await supervisor.start("worker", noting("worker", notes), os.environ)
        await told(notes, "worker started")
        first = supervisor.pid_of("worker")
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await told(notes, "worker started", times=2)
        assert supervisor.pid_of("worker") not in (None, first)
    assert "worker ended with code -9; starting it again" in caplog.messages


async def test_a_child_that_crashes_at_once_is_not_started_in_a_hot_loop(
    notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Supervisor() as supervisor:
        await supervisor.start("broken", [sys.executable, "-S", "-c", "raise SystemExit(3)"], os.environ)
        started = time.monotonic()
        async with asyncio.timeout(60):
            while sum("ended with code 3" in message for message in caplog.messages) < 3:
                await asyncio.sleep(0.02)
    assert time.monotonic() - started > FIRST_DELAY_SECONDS * (1 + 2)


async def test_a_child_that_will_not_end_is_killed_with_what_it_started(notes: Path) -> None:
    async with Supervisor(grace_seconds=0.3) as supervisor:
        await supervisor.start("deaf", [sys.executable, "-S", "-c", DEAF, str(notes)], os.environ)
        await told(notes, "ready")
        grandchild = int(lines(notes)[0])
        deaf = supervisor.pid_of("deaf")
    assert deaf is not None
    assert not alive(deaf)
    wait_until(lambda: not alive(grandchild))


async def test_a_second_demand_to_stop_does_not_wait(notes: Path) -> None:
    started = time.monotonic()
    async with Supervisor(grace_seconds=600) as supervisor:
        await supervisor.start("deaf", [sys.executable, "-S", "-c", DEAF, str(notes)], os.environ)
        await told(notes, "ready")
        supervisor.stop()
        await supervisor.wait_until_stopped()
        supervisor.stop()
    assert time.monotonic() - started < 60


async def test_what_a_child_prints_goes_to_its_log_when_it_has_one(tmp_path: Path) -> None:
    log_path = tmp_path / "web.log"
    async with Supervisor() as supervisor:
        await supervisor.start("web", ["sh", "-c", "echo bonjour; exec sleep 600"], os.environ, log_path=log_path)
        await told(log_path, "bonjour")


async def test_a_command_that_does_not_exist_is_an_error_at_once() -> None:
    async with Supervisor() as supervisor:
        with pytest.raises(FileNotFoundError):
            await supervisor.start("web", ["/nonexistent/program"], os.environ)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_children_never_outlive_the_supervisor(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", SUPERVISE], stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        children = json.loads(process.stdout.readline())
        assert all(map(alive, children))
        process.send_signal(number)
        code = process.wait(timeout=60)
    wait_until(lambda: not any(map(alive, children)))
    assert code == (-9 if number == signal.SIGKILL else 0)
