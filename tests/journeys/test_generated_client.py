"""A Python client made from the API's own document, as its page shows, then used on a whole installation."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from journal import MURET
from project import text_of
from samples import deliberations
from stack import Stack, running_stack

pytestmark = pytest.mark.long

PAGE = "docs/client-python.md"

KNOWN_WARNINGS = {
    # Any JSON is a file like the others: the document gives it no schema, and the client sends it as one.
    ("POST /v1/deposits", "Missing schema"): 1,
    ("POST /v1/validations", "Missing schema"): 1,
    ("POST /v1/validations/corrected", "Missing schema"): 1,
    ("POST /v1/schemas/infer", "Missing schema"): 1,
    # One body under two types, application/json and application/merge-patch+json: the client sends the first.
    ("PATCH /v1/datasets/{dataset_id}", "Attempted to generate duplicate models"): 1,
}
"""Operation and what the generator says of it → how many times."""


def shown(language: str) -> str:
    """What the page shows in that language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", text_of(PAGE), re.DOTALL | re.MULTILINE)
    return str(block)


def run(stack: Stack, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A program of the page, with the vendor's key and the generator at hand."""
    environment = {**os.environ, "SOCLE_URL": stack.base_url, "SOCLE_CLE": stack.key, "NO_PROXY": "127.0.0.1"}
    environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= {"COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )


def warnings_of(said: str) -> Counter[tuple[str, str]]:
    """What the generator warned of: operation, and the beginning of what it says."""
    found = re.findall(r"^(?:WARNING|ERROR) parsing (.+?) within .*$\n+(.+?)(?: with name .*)?$", said, re.MULTILINE)
    return Counter(found)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_client_is_made_from_the_document_and_deposits_what_it_is_given(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack:
        folder = tmp_path / "vendor"
        folder.mkdir()
        (folder / "client.yaml").write_text(shown("yaml"))
        (folder / "deposer_client.py").write_text(shown("python"))
        made = run(stack, folder, "bash", "-eu", "-c", shown("sh"))
        assert made.returncode == 0, made.stdout + made.stderr
        said = made.stdout + made.stderr
        assert "Unable to" not in said, said
        assert warnings_of(said) == KNOWN_WARNINGS, said

        def deposit(content: bytes, organisation: str = MURET) -> tuple[int, str]:
            (folder / "fichier.csv").write_bytes(content)
            done = run(stack, folder, sys.executable, "deposer_client.py", "fichier.csv", organisation)
            return done.returncode, done.stdout + done.stderr

        good = deliberations(MURET, mark="par le client", rows=3)
        code, told = deposit(good)
        assert (code, told.splitlines()[0].split()[-1]) == (0, "published"), told
        assert told.count("par le client") == 3, told
        code, told = deposit(good.replace(b"-02-02", b"-02-32"))
        assert (code, "rejected" in told, "ligne 2, DELIB_DATE : " in told) == (1, True, True), told
        code, told = deposit(good, "31555")
        assert (code, "not-habilitated" in told) == (1, True), told
