"""`socle certify` against a whole installation."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
from commands import socle
from journal import MURET
from receiver import Receiver, Visit, receiving
from samples import deliberations
from stack import Stack, end_of, push, running_stack
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import Response

OWN_RECEIVER = ("Une signature fausse n'est pas crue",)
"""Not tried without `--receiver-url`."""


async def certified(stack: Stack, key: str, *more: str) -> tuple[int, str]:
    words = ("certify", "--base-url", stack.base_url, "--key", key, "--organisation", MURET, *more)
    done = await asyncio.to_thread(socle, *words, NO_PROXY="127.0.0.1")
    return done.returncode, done.stdout + done.stderr


async def test_an_installation_keeps_what_the_checklist_says_and_a_bad_key_does_not_pass(tmp_path: Path) -> None:
    page, document = tmp_path / "certificat.html", tmp_path / "certificat.json"
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        code, told = await certified(stack, stack.key, "--other-organisation", "31555", "--output", str(page))
        assert code == 0, told
        assert told.count("réussi | ") == 17, told
        assert "<script" not in page.read_text()
        assert stack.key not in page.read_text()
        assert (await client.get("/v1/datasets/deliberations-muret/records")).status_code == 404
        assert (await client.get("/v1/webhooks")).json()["data"] == []
        made = [one for one in (await client.get("/v1/keys")).json()["data"] if "certification" in one["name"]]
        assert [one["state"] for one in made] == ["revoked", "revoked"]

        code, told = await certified(stack, stack.key, "--publish", "--output", str(document))
        assert code == 0, told
        found = json.loads(document.read_text())
        assert found["passed"]
        assert [one["result"] for one in found["outcomes"]].count("non joué") == 1 + len(OWN_RECEIVER)

        trial = (await client.post("/v1/keys", json={"name": "essais", "test": True})).json()["key"]
        code, told = await certified(stack, trial, "--publish", "--other-organisation", "31555")
        assert (code, told.count("réussi | ")) == (0, 16), told

        code, told = await certified(stack, "socle_inconnue_cle")
        assert (code, "échoué | Votre clé est acceptée" in told) == (1, True), told


class VendorsReceiver:
    """As a vendor writes it, with the library of the standard; `careless` believes anything."""

    def __init__(self, secret: str) -> None:
        self._webhook = Webhook(secret)
        self.careless = False

    def __call__(self, visit: Visit) -> Response:
        try:
            self._webhook.verify(visit.body, visit.headers)
        except WebhookVerificationError:
            return Response(status_code=204 if self.careless else 401)
        return Response(status_code=204)


async def registered(client: httpx.AsyncClient, receiver: Receiver) -> VendorsReceiver:
    """The vendor's receiver, with its webhook."""
    answer = await client.post("/v1/webhooks", json={"url": receiver.url, "events": ["deposit.*"]})
    assert answer.status_code == 201, answer.text
    receiver.answer = own = VendorsReceiver(answer.json()["secret"])
    return own


async def test_a_receiver_that_believes_anything_is_told_from_one_that_verifies(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client, receiving() as receiver:
        own = await registered(client, receiver)
        code, told = await certified(stack, stack.key, "--receiver-url", receiver.url)
        assert code == 0, told
        assert "votre récepteur a répondu 204 à un événement signé" in told
        assert "votre récepteur a répondu 401 à une signature fausse" in told
        own.careless = True
        code, told = await certified(stack, stack.key, "--receiver-url", receiver.url)
        assert (code, "échoué | Une signature fausse n'est pas crue" in told) == (1, True), told


async def test_a_watched_integration_is_ticked_as_it_works(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client, receiving() as receiver:
        code, told = await certified(stack, stack.key, "--watch", "--minutes", "0.02")
        assert code == 1, told
        assert told.count("échoué | ") == 6, told
        assert "pas vu : déposez un fichier valide" in told

        document = tmp_path / "certificat.json"
        words = (
            "--organisation",
            MURET,
            "--watch",
            "--minutes",
            "2",
            "--receiver-url",
            receiver.url,
            "--output",
            str(document),
        )
        watching = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.cli.main", "certify", "--base-url", stack.base_url, "--key", stack.key),
            *words,
            env={**os.environ, "NO_PROXY": "127.0.0.1"},
            stdout=asyncio.subprocess.PIPE,
        )
        assert watching.stdout is not None
        assert "J'observe" in (await watching.stdout.readline()).decode()
        await registered(client, receiver)
        await work(client, stack)
        told = (await asyncio.wait_for(watching.stdout.read(), 180)).decode()
        assert await watching.wait() == 0, told
        found = json.loads(document.read_text())
        assert {one["result"] for one in found["outcomes"]} == {"réussi"}
        assert len(found["outcomes"]) == 7
        assert found["mode"] == "votre intégration, observée"


async def work(client: httpx.AsyncClient, stack: Stack) -> None:
    """What a good integration does in its first hour."""
    good = deliberations(MURET, mark="observé", rows=3)

    async def end(content: bytes, key: str | None = None, by: httpx.AsyncClient = client) -> Any:
        return (await end_of(by, await push(by, MURET, content, key=key)))["state"]

    assert await end(good.replace(b"-02-02", b"-02-32")) == "rejected"
    assert await end(b"\n".join(line.rpartition(b",")[0] for line in good.splitlines()) + b"\n") == "rejected"
    assert [await end(good, "une-seule-fois"), await end(good, "une-seule-fois")] == ["published"] * 2
    asked = await client.post("/v1/keys", json={"name": "de l'intégration"})
    rotated = await client.post(f"/v1/keys/{asked.json()['prefix']}/rotate")
    assert rotated.status_code == 201, rotated.text
    async with stack.client() as successor:
        successor.headers["X-API-Key"] = rotated.json()["key"]
        assert await end(good, by=successor) == "unchanged"
