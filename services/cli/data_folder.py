"""The folder of one machine's installation: where everything lies, and how its secrets are written."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DEFAULT_FOLDER = ".socle"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """An organisation and a key to try with; scripts read it from `sandbox.json`."""

    base_url: str
    api_key: str
    organisation: str
    """SIREN."""


@dataclass(frozen=True, slots=True)
class Running:
    """How to reach what a running `socle start` has started."""

    database_url: str
    queue_url: str
    blobs_url: str
    pid: int


@dataclass(frozen=True, slots=True)
class DataFolder:
    """`path` is absolute. PostgreSQL and Valkey keep their own folders in it."""

    path: Path

    @property
    def blobs_path(self) -> Path:
        """The blob store."""
        return self.path / "blobs"

    @property
    def logs_path(self) -> Path:
        """One log per process."""
        return self.path / "logs"

    @property
    def sandbox_path(self) -> Path:
        """See `Sandbox`. It holds a key: mode 0600."""
        return self.path / "sandbox.json"

    @property
    def demo_path(self) -> Path:
        """Exists once the demonstration was played, or declined at the first start."""
        return self.path / "demo.json"

    def pepper(self) -> str:
        """The keyed-hash secret of API keys, made at the first call and kept."""
        path = self.path / "key_pepper"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii")

    def read_sandbox(self) -> Sandbox | None:
        """The sandbox of the last start, or None."""
        found = _read_json(self.sandbox_path)
        try:
            return None if found is None else Sandbox(**found)
        except TypeError:
            return None

    def write_sandbox(self, sandbox: Sandbox) -> None:
        """Replace it at once."""
        write_private(self.sandbox_path, json.dumps(asdict(sandbox), indent=2) + "\n")

    def read_running(self) -> Running | None:
        """What the present or last `socle start` wrote; None when it has stopped in order."""
        found = _read_json(self._running_path)
        return None if found is None else Running(**found)

    def write_running(self, running: Running) -> None:
        """Replace it at once."""
        write_private(self._running_path, json.dumps(asdict(running)))

    def forget_running(self) -> None:
        """At an orderly stop."""
        self._running_path.unlink(missing_ok=True)

    @property
    def _running_path(self) -> Path:
        return self.path / "running.json"


def data_folder() -> DataFolder:
    """The folder of `SOCLE_DATA_DIR`, `.socle` here by default; nothing is created."""
    return DataFolder(Path(os.environ.get("SOCLE_DATA_DIR") or DEFAULT_FOLDER).expanduser().absolute())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all, durable on return."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    beside.replace(path)


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
