"""The OpenAPI documents, tried on the running installation: no surprise status, no undocumented answer, no 5xx."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from journal import MURET
from samples import deliberations
from stack import end_of, push, running_stack

pytestmark = pytest.mark.long

NOT_CHECKED = "positive_data_acceptance"
"""A cursor, an organisation or a column name has a shape the document can tell and a meaning it cannot."""

DOCUMENTS = ("/openapi.json", "/ingest/openapi.json", "/validator/openapi.json", "/catalog/openapi.json")


async def test_every_document_holds_on_the_running_installation(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        content = deliberations(MURET, mark="openapi", rows=30)
        assert (await end_of(client, await push(client, MURET, content)))["state"] == "published"
        for path in DOCUMENTS:
            document = (await client.get(path)).json()
            assert document["openapi"].startswith("3.1")
            done = await asyncio.to_thread(_try, stack.base_url, path, stack.key, tmp_path)
            assert done.returncode == 0, done.stdout[-6000:]
        assert not stack.errors()


def _try(base_url: str, path: str, key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    examples = "20" if path == "/openapi.json" else "5"
    program = Path(sys.executable).with_name("schemathesis")
    # Both: an Authorization header that is made up would decide alone.
    options = ["--header", f"X-API-Key: {key}", "--header", f"Authorization: Bearer {key}"]
    options += ["--max-examples", examples, "--seed", "1", "--no-color"]
    return subprocess.run(
        [str(program), "run", base_url + path, "--url", base_url, "--exclude-checks", NOT_CHECKED, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
