"""`socle certify` against a whole installation."""

import asyncio
import json
from pathlib import Path

from commands import socle
from journal import MURET
from stack import Stack, running_stack


async def certified(stack: Stack, key: str, *more: str) -> tuple[int, str]:
    words = ("certify", "--base-url", stack.base_url, "--key", key, "--organisation", MURET, *more)
    done = await asyncio.to_thread(socle, *words, NO_PROXY="127.0.0.1")
    return done.returncode, done.stdout + done.stderr


async def test_an_installation_keeps_what_the_checklist_says_and_a_bad_key_does_not_pass(tmp_path: Path) -> None:
    page, document = tmp_path / "certificat.html", tmp_path / "certificat.json"
    async with running_stack(tmp_path, [MURET]) as stack:
        code, told = await certified(stack, stack.key, "--other-organisation", "31555", "--output", str(page))
        assert code == 0, told
        assert told.count("réussi | ") == 15, told
        assert "<script" not in page.read_text()
        assert stack.key not in page.read_text()

        async with stack.client() as client:
            assert (await client.get("/v1/datasets/deliberations-muret/records")).status_code == 404

        code, told = await certified(stack, stack.key, "--publish", "--output", str(document))
        assert code == 0, told
        found = json.loads(document.read_text())
        assert found["passed"]
        assert [one["result"] for one in found["outcomes"]].count("non joué") == 1

        code, told = await certified(stack, "socle_inconnue_cle")
        assert (code, "échoué | Votre clé est acceptée" in told) == (1, True), told
