"""The guide for vendors: what it shows is run as it stands, against a whole installation."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from journal import MURET
from project import text_of
from samples import deliberations
from stack import Stack, running_stack

GUIDE = "docs/guide-editeur.md"
NEEDED = {"sh": ("bash", "curl", "jq"), "python": (), "php": ("php",)}
"""Language of the guide → programs that a machine may lack."""


def blocks(language: str) -> str:
    """All that the guide shows in that language, in its order."""
    missing = [program for program in NEEDED[language] if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", text_of(GUIDE), re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("guide"), [MURET]) as running:
        yield running


def run(stack: Stack, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A program of the guide, in a folder of its own, with the vendor's key."""
    environment = {**os.environ, "SOCLE_URL": stack.base_url, "SOCLE_CLE": stack.key, "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


async def test_the_commands_lead_from_a_file_with_a_fault_to_published_rows(stack: Stack, tmp_path: Path) -> None:
    script = tmp_path / "guide.sh"
    script.write_text(blocks("sh"))
    done = run(stack, tmp_path, "bash", "-eu", str(script))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "invalid"
    assert lines[1].startswith("ligne 3, DELIB_DATE : ")
    assert [line for line in lines if line in ("rejected", "published")] == ["rejected", "published"]
    assert lines[-5:] == ["Subvention au club de lecture", '[true,"published"]', "2", "404", '["read"]']


PROGRAMS = {"python": ("deposer.py", [sys.executable]), "php": ("deposer.php", ["php"])}


@pytest.mark.parametrize("language", PROGRAMS)
async def test_the_program_publishes_a_good_file_and_explains_a_bad_one(
    stack: Stack, tmp_path: Path, language: str
) -> None:
    name, interpreter = PROGRAMS[language]
    (tmp_path / name).write_text(blocks(language))

    def deposit(content: bytes, *arguments: str) -> tuple[int, str]:
        (tmp_path / "fichier.csv").write_bytes(content)
        done = run(stack, tmp_path, *interpreter, name, "fichier.csv", *(arguments or (MURET,)))
        return done.returncode, done.stdout + done.stderr

    good = deliberations(MURET, mark=f"en {language}", rows=3, year=2021 if language == "php" else 2022)
    code, told = deposit(good)
    assert (code, told.split()[-1]) == (0, "published"), told
    code, told = deposit(good.replace(b"-02-02", b"-02-32"))
    assert (code, "ligne 2, DELIB_DATE : " in told) == (1, True), told
    code, told = deposit(good, "31555")
    assert (code, "not-habilitated" in told) == (1, True), told


def test_every_program_that_the_guide_shows_is_run() -> None:
    shown: Sequence[str] = re.findall(r"^```(\w+)$", text_of(GUIDE), re.MULTILINE)
    assert set(shown) - {"console"} == set(NEEDED)
