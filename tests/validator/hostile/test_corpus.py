"""Each hostile file, through a real sandbox: refused in time and in little memory, and the next file is fine."""

import resource
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from judging import deliberation_file
from validator.hostile.corpus import CORPUS
from validator.hostile.hostile_file import LIMIT, Hostile

from services.validator.pipeline import Request
from services.validator.sandbox import Job, LimitExceeded, Limits, Sandbox

SECONDS = 45
PARENT_KILOBYTES = 300 << 10

ORDINARY = [pytest.param(name, marks=pytest.mark.long if found.is_long else ()) for name, found in CORPUS.items()]


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One child with the limits of production, but for the time that a test may take."""
    async with Sandbox(size=1, limits=Limits(wall_seconds=SECONDS)) as found:
        yield found


async def ends_of(sandbox: Sandbox, found: Hostile, folder: Path) -> set[str]:
    """The codes of its report and its verdict, or the limit it hit. Raises ChildCrashed."""
    path, out_folder = folder / "raw", folder / "out"
    path.write_bytes(found.make())
    out_folder.mkdir()
    try:
        outcome = await sandbox.run(Job(path=path, folder=out_folder, request=Request(found.schema)))
    except LimitExceeded:
        return {LIMIT}
    codes = {rule.code for rule in outcome.report.by_rule}
    assert not (out_folder / "expanded").exists()
    return {*codes, "valid"} if outcome.report.verdict == "valid" else codes


@pytest.mark.parametrize("name", ORDINARY)
async def test_a_hostile_file_ends_precisely(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    found = CORPUS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    ends = await ends_of(sandbox, found, tmp_path)
    assert ends & set(found.ends), ends
    assert time.perf_counter() - started < SECONDS + 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < PARENT_KILOBYTES


async def test_the_file_after_a_hostile_one_is_judged(sandbox: Sandbox, tmp_path: Path) -> None:
    for number, name in enumerate(("A1 and XFD1048576", "a gzip bomb of 1 GB", "JSON 100,000 deep")):
        folder = tmp_path / str(number)
        folder.mkdir()
        hostile, innocent = CORPUS[name], Hostile(lambda: deliberation_file({}).encode(), ("valid",))
        assert await ends_of(sandbox, hostile, folder) & set(hostile.ends)
        (folder / "next").mkdir()
        assert "valid" in await ends_of(sandbox, innocent, folder / "next")


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 60
