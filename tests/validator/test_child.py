"""The process that examines: it leaves with its parent, and what it prints is an answer or nothing."""

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from services.validator.sandbox import Limits

COMMAND = [sys.executable, "-P", "-m", "services.validator.child", json.dumps(asdict(Limits()))]


def test_it_leaves_when_its_input_ends() -> None:
    found = subprocess.run(COMMAND, input="", capture_output=True, text=True, timeout=60, check=True)
    assert [json.loads(line) for line in found.stdout.splitlines()] == [{"ready": True}]


def test_it_dies_with_its_parent() -> None:
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({COMMAND!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
