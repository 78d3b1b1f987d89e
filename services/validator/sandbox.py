"""Examine files in child processes that are already there: a poisoned file costs one child, never the worker.

Each child is limited in CPU and wall-clock time and in memory, has no credentials in its environment and no network.
Which limit a file hit, or that it crashed the child, is an exception here; the child is replaced at once.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from services.validator.pipeline import Request
from services.validator.report import StoredReport
from shared.registry import ImportedSchema, Registry
from shared.reports.words import Language

LimitName = Literal["cpu", "memory", "time"]

T = TypeVar("T")

WATCH_SECONDS = 0.05
"""Pause between two looks at a child's memory: it cannot allocate a gigabyte in that time unseen for long."""

START_SECONDS = 30.0
ANSWER_LIMIT_BYTES = 4 << 20
"""An answer lists the slices present, a few bytes each."""

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""All that a child inherits; no setting of ours, hence no credential."""

FIXED_ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""One core to a child. Memory freed after a block of a file is kept for the next: the system gives pages slowly."""


class ChildCrashed(Exception):
    """The child ended, or met a bug, without any limit being hit."""


class LimitExceeded(Exception):
    """The examination of a file hit a limit."""

    def __init__(self, which: LimitName) -> None:
        super().__init__(which)
        self.which = which


@dataclass(frozen=True, slots=True)
class Limits:
    """What one examination may use."""

    wall_seconds: float = 240.0
    """Over twice the CPU time: a busy machine must not turn a good file into a refused one."""
    cpu_seconds: float = 100.0
    resident_bytes: int = 1 << 30
    address_space_bytes: int = 4 << 30
    """Higher than `resident_bytes`: columns map more than they use."""
    open_files: int = 256
    jobs_per_child: int = 200
    idle_resident_bytes: int = 400 << 20
    """A child that keeps more than this after a job is replaced."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to examine."""

    path: Path
    folder: Path
    """Private to the job: `report.json`, `table.parquet` or `corrected.parquet` are written there."""
    request: Request
    annotate_in: Language | None = None
    """Write `annotated.xlsx` too, in this language."""
    is_judged: bool = False
    """`report.json` is in the folder already: only annotate."""
    is_unknown: bool = False
    """There is no schema: propose one, judge nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file."""

    report: StoredReport
    report_path: Path
    table_path: Path | None
    slices: tuple[str, ...] | None
    corrected_path: Path | None = None
    """Of an invalid file that could be read: its table, as sent where it could not be corrected."""
    annotated_path: Path | None = None


class _Child:
    """One process and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.jobs = 0

    @classmethod
    async def start(cls, limits: Limits) -> Self:
        inherited = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "services.validator.child",
            json.dumps(asdict(limits)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=inherited | FIXED_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            limit=ANSWER_LIMIT_BYTES,
        )
        child = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                ready = await child.read()
            if not ready:
                raise OSError(f"a validation process could not start: status {await process.wait()}")
        except BaseException:
            await child.end()
            raise
        return child

    async def send(self, job: Job, imported: ImportedSchema | None) -> None:
        assert self.process.stdin is not None  # noqa: S101 - made with a pipe
        document = {
            "path": str(job.path),
            "folder": str(job.folder),
            "request": asdict(job.request),
            "annotate_in": job.annotate_in,
            "is_judged": job.is_judged,
            "is_unknown": job.is_unknown,
            "imported": [] if imported is None else [asdict(imported)],
        }
        with suppress(BrokenPipeError, ConnectionResetError):  # its silence says the same
            self.process.stdin.write(json.dumps(document).encode() + b"\n")
            await self.process.stdin.drain()

    async def read(self) -> dict[str, Any]:
        """Its next answer; {} when it has ended."""
        assert self.process.stdout is not None  # noqa: S101 - made with a pipe
        line = await self.process.stdout.readline()
        return json.loads(line) if line else {}

    def resident_bytes(self) -> int:
        """What it holds in memory; 0 when it has ended."""
        try:
            return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE_BYTES
        except (OSError, IndexError):
            return 0

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Sandbox:
    """A pool of children. Use as an async context manager, in the event loop that runs the jobs."""

    def __init__(self, *, size: int = 2, limits: Limits | None = None, registry: Registry | None = None) -> None:
        """`registry`: where imported schemas are; a child knows our own only, and gets the one it needs with a job."""
        self._registry = registry
        self._size = size
        self._limits = limits or Limits()
        self._free: asyncio.Queue[asyncio.Task[_Child]] = asyncio.Queue()
        self._all: set[asyncio.Task[_Child]] = set()

    async def __aenter__(self) -> Self:
        for _ in range(self._size):
            self._put_new()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for starting in list(self._all):
            await self._forget(starting)

    async def is_up(self) -> bool:
        """Whether at least one child has started, or all are starting for the first time without trouble."""
        return any(not task.done() or task.exception() is None for task in self._all if not task.cancelled())

    async def run(self, job: Job) -> Outcome:
        """Examine a file. Raises LimitExceeded, or ChildCrashed. Cancelling it ends the child at once."""
        return await self._take(job, partial(_read_outcome, job))

    async def infer(self, job: Job) -> dict[str, Any]:
        """Propose a schema for a file (see `infer.py`); `refused` (French) when it has no table. Raises as `run`."""
        return await self._take(job, lambda answer: answer["proposal"])

    async def _take(self, job: Job, read: Callable[[dict[str, Any]], T]) -> T:
        starting = await self._free.get()
        keep = False
        try:
            child = await _started(starting)
            answer = await self._ask(child, job)
            outcome = read(answer)
            child.jobs += 1
            keep = child.jobs < self._limits.jobs_per_child
            keep = keep and child.resident_bytes() <= self._limits.idle_resident_bytes
            return outcome
        finally:
            if keep:
                self._free.put_nowait(starting)
            else:
                self._put_new()
                await asyncio.shield(self._forget(starting))

    async def _ask(self, child: _Child, job: Job) -> dict[str, Any]:
        await child.send(job, None if job.is_unknown else self._imported(job.request))
        reading = asyncio.create_task(child.read())
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                while not (await asyncio.wait({reading}, timeout=WATCH_SECONDS))[0]:
                    if child.resident_bytes() > self._limits.resident_bytes:
                        raise LimitExceeded("memory")
        except TimeoutError:
            raise LimitExceeded("time") from None
        finally:
            reading.cancel()
        answer = reading.result()
        if "limit" in answer:
            raise LimitExceeded(answer["limit"])
        if not answer:
            raise _reason_of_end(await child.process.wait())
        if "bug" in answer:
            raise ChildCrashed(answer["bug"])
        return answer

    def _imported(self, request: Request) -> ImportedSchema | None:
        return (
            None if self._registry is None else self._registry.get(request.schema_name, request.schema_version).imported
        )

    def _put_new(self) -> None:
        starting = asyncio.create_task(_Child.start(self._limits))
        self._all.add(starting)
        self._free.put_nowait(starting)

    async def _forget(self, starting: asyncio.Task[_Child]) -> None:
        self._all.discard(starting)
        starting.cancel()
        with suppress(asyncio.CancelledError, OSError, TimeoutError):
            child = await starting
            await child.end()


async def _started(starting: asyncio.Task[_Child]) -> _Child:
    """A child that failed to start is trouble around us (OSError), not the file's fault."""
    try:
        return await asyncio.shield(starting)
    except TimeoutError as error:
        raise OSError("a validation process did not start in time") from error


def _reason_of_end(status: int) -> Exception:
    if status == -signal.SIGXCPU:
        return LimitExceeded("cpu")
    return ChildCrashed(f"the process ended with status {status}")


def _read_outcome(job: Job, answer: dict[str, Any]) -> Outcome:
    report_path, table_path = job.folder / "report.json", job.folder / "table.parquet"
    corrected_path = job.folder / "corrected.parquet"
    report = StoredReport.model_validate_json(report_path.read_bytes())
    slices = answer["slices"]
    return Outcome(
        report=report,
        report_path=report_path,
        table_path=table_path if slices is not None else None,
        slices=None if slices is None else tuple(slices),
        corrected_path=corrected_path if slices is None and corrected_path.exists() else None,
        annotated_path=job.folder / "annotated.xlsx" if job.annotate_in is not None else None,
    )
