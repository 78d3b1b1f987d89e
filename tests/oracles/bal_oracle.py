"""The national judge of addresses as a process: installed once into a cache folder, asked file by file."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from npm_tools import npm_folder

HERE = Path(__file__).parent / "bal"


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
    return npm_folder(HERE, "judge.js")


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
