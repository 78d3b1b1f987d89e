"""Programs of npm that tests ask: installed once into a cache folder, from a locked list without addresses."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

INSTALL_SECONDS = 300
LISTS = ("package.json", "package-lock.json", ".npmrc")


def npm_folder(source: Path, *files: str) -> Path:
    """A folder with the packages that `source` lists and its `files`; skips the test where they cannot be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(f"node and npm are absent: what {source.name} lists is not asked")
    names: Sequence[str] = (*LISTS, *files)
    contents = b"".join((source / name).read_bytes() for name in names)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "socle-oracles"
    folder = cache / f"{source.name}-{hashlib.sha256(contents).hexdigest()[:16]}"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(source / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode:
            pytest.skip(f"what {source.name} lists could not be installed: {done.stderr[-300:]}")
        (folder / "installed").touch()
    return folder
