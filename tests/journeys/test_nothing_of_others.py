"""Operations followed one from another at random on the running installation: what is another vendor's never shows.

Random identifiers would never meet another vendor's, so the document that is tried names them as its examples.
"""

import asyncio
import base64
import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from journal import MURET
from samples import deliberations
from stack import PEPPER, Stack, end_of, push, running_stack

from services.ingest.admin import create_key, create_vendor, grant_habilitation
from shared.db import make_engine, make_sessions

pytestmark = pytest.mark.long

ROQUES = "213104581"
MARK = "mot-que-nul-autre-ne-lit"
"""In all that the other vendor says and sends, but in what it publishes."""

NIR = "2 69 05 49 588 157 80"
GROUPS = ("depots", "rapports", "cles", "webhooks", "habilitations", "piste-d-audit", "jeux-de-donnees", "etat")
ENDS_OUR_KEY = ("delete_key", "post_rotation")
"""Followed from the list of keys they would end the very key that asks: all would be 401 from then on."""

NOT_CHECKED = "positive_data_acceptance"
"""As in test_openapi."""


@dataclass
class Other:
    """The other vendor, and what identifies its things: name of a path's parameter → values."""

    http: httpx.AsyncClient
    known: dict[str, list[str]] = field(default_factory=dict)

    async def state(self) -> Any:
        """All that nobody else may change."""
        lists = [
            (await self.http.get(f"/v1/{one}")).json()["data"] for one in ("deposits", "webhooks", "habilitations")
        ]
        keys = (await self.http.get("/v1/keys")).json()["data"]
        return lists, [(one["prefix"], one["state"]) for one in keys]


async def settled(stack: Stack) -> Other:
    """Another vendor: deposits rejected, held and published, a webhook, a key, a habilitation that it asks for."""
    engine = make_engine(stack.postgres.dsn, "socle_ingest", pool_size=1)
    sessions = make_sessions(engine)
    vendor = await create_vendor(sessions, name=f"Éditeur {MARK}")
    key = (await create_key(sessions, vendor=vendor, name=MARK, pepper=PEPPER)).text
    await grant_habilitation(sessions, vendor=vendor, organisation_siren=ROQUES, schemas=None, basis=MARK)
    await engine.dispose()
    other = Other(httpx.AsyncClient(base_url=stack.base_url, headers={"X-API-Key": key}, timeout=30))
    good = deliberations(ROQUES, mark="publié", rows=3)
    wrong = deliberations(ROQUES, mark=MARK, rows=3, year=2023).replace(b"-02-02", b"-02-32")
    held = deliberations(ROQUES, mark=f"{MARK} {NIR}", rows=3, year=2022)
    deposits = [await push(other.http, ROQUES, content) for content in (good, wrong, held)]
    ends = {(await _rest(other.http, deposit))["state"] for deposit in deposits}
    assert ends == {"published", "rejected", "held"}
    hook = await other.http.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/", "description": MARK})
    tested = await other.http.post(f"/v1/webhooks/{hook.json()['id']}/test")
    asked = await other.http.post("/v1/habilitations", json={"organisation": "31555", "message": MARK})
    assert (hook.status_code, tested.status_code, asked.status_code) == (201, 202, 201), asked.text
    other.known = {
        "deposit_id": [deposit["id"] for deposit in deposits],
        "webhook_id": [hook.json()["id"]],
        "delivery_id": [tested.json()["id"]],
        "habilitation_id": [asked.json()["id"]],
        "prefix": [key.split("_")[1]],
    }
    return other


async def _rest(client: httpx.AsyncClient, deposit: Any) -> Any:
    while True:
        found = (await client.get(f"/v1/deposits/{deposit['id']}")).json()
        if found["state"] == "held":
            return found
        if found["state"] in ("published", "rejected"):
            return await end_of(client, deposit)
        await asyncio.sleep(0.2)


def with_examples(document: Any, known: dict[str, list[str]]) -> Any:
    """The document, whose path parameters name what is another's."""
    made = copy.deepcopy(document)
    for item in made["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and (values := known.get(parameter["name"])):
                    parameter["examples"] = {f"of-another-{n}": {"value": value} for n, value in enumerate(values)}
    return made


def tried(stack: Stack, folder: Path, name: str, *options: str, document: Any) -> list[Any]:
    """Every request and its answer, once nothing is wrong with them."""
    (folder / f"{name}.json").write_text(json.dumps(document))
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [program, "run", f"{name}.json", "--url", stack.base_url, *options, "--seed", "1", "--no-color"]
    command += ["--exclude-checks", NOT_CHECKED, "--output-sanitize", "false"]
    command += ["--report", "har", "--report-har-path", f"{name}.har", "--report-preserve-bytes"]
    command += [part for group in GROUPS for part in ("--include-tag", group)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    entries: list[Any] = json.loads((folder / f"{name}.har").read_text())["log"]["entries"]
    return entries


def told(entry: Any) -> Iterator[str]:
    """What an answer says: its headers, its body."""
    response = entry["response"]
    yield from (header["value"] for header in response["headers"])
    content = response["content"]
    text = content.get("text", "")
    yield base64.b64decode(text).decode("utf-8", "replace") if content.get("encoding") == "base64" else text


async def test_no_answer_to_one_vendor_or_to_nobody_holds_what_is_anothers(tmp_path: Path) -> None:
    async with running_stack(tmp_path, [MURET]) as stack, stack.client() as client:
        content = deliberations(MURET, mark="le sien", rows=3)
        own = await end_of(client, await push(client, MURET, content))
        other = await settled(stack)
        before = await other.state()
        document = with_examples((await client.get("/openapi.json")).json(), other.known)
        ours = ("--header", f"X-API-Key: {stack.key}", "--header", f"Authorization: Bearer {stack.key}")
        for who, headers in {"keyed": ours, "keyless": ()}.items():
            run = partial(tried, stack, tmp_path, document=document)
            by_name = await asyncio.to_thread(run, f"{who}-by-name", *headers, "--phases", "examples")
            assert_closed(by_name, other)
            asked = " ".join(one["request"]["url"] for one in by_name)
            assert all(value in asked for values in other.known.values() for value in values)
            options = ["--phases", "stateful", "--max-time", "45" if headers else "15"]
            options += [part for one in ENDS_OUR_KEY for part in ("--exclude-operation-id", one)]
            followed = await asyncio.to_thread(run, f"{who}-followed", *headers, *options)
            assert_closed(followed, other)
            # Whoever asks finds something; a key, its vendor's deposit at its own address.
            assert any(one["response"]["status"] == 200 for one in followed)
            if headers:
                assert any(own["id"] in text for one in followed for text in told(one))
        assert await other.state() == before
        await other.http.aclose()
        assert not stack.errors()


def assert_closed(entries: list[Any], other: Other) -> None:
    """Nothing of the other vendor's shows, and what is named by its identifiers opens to nobody."""
    assert not [one["request"]["url"] for one in entries if any(MARK in text for text in told(one))]
    named = [value for values in other.known.values() for value in values]
    meant = [one for one in entries if any(value in one["request"]["url"] for value in named)]
    assert not [one["request"]["url"] for one in meant if one["response"]["status"] < 400]
