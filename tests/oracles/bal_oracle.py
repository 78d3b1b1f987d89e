"""The national judge of addresses as a process: installed once into a cache folder, asked file by file."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "bal"
INSTALL_SECONDS = 180
SOURCES = ("package.json", "package-lock.json", ".npmrc", "judge.js")


class Oracle:
    """A running `judge.js`."""

    def __init__(self, folder: Path, today: str) -> None:
        self._process = subprocess.Popen(
            ["node", "judge.js", today],
            cwd=folder,
            env={**os.environ, "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def judge(self, path: Path) -> dict[str, Any]:
        """Its verdict on a file: see `judge.js`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        while not (line := self._process.stdout.readline()).startswith("{"):
            assert line, "the national judge has stopped"
        verdict: dict[str, Any] = json.loads(line)
        return verdict

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()


def installed() -> Path:
    """The folder of the national judge; skips the test where it cannot be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are absent: the national judge of addresses is not asked")
    sources = b"".join((HERE / name).read_bytes() for name in SOURCES)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "socle-oracles"
    folder = cache / f"bal-{hashlib.sha256(sources).hexdigest()[:16]}"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in SOURCES:
            shutil.copy(HERE / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode:
            pytest.skip(f"the national judge of addresses could not be installed: {done.stderr[-300:]}")
        (folder / "installed").touch()
    return folder


def running(today: str) -> Iterator[Oracle]:
    """The oracle, closed at the end."""
    oracle = Oracle(installed(), today)
    yield oracle
    oracle.close()


def profiles() -> dict[str, Any]:
    """Its profiles: name → errors, warnings."""
    done = subprocess.run(["node", "judge.js", "profiles"], cwd=installed(), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
