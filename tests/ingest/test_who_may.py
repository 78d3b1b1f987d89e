"""Who may do what: random vendors, keys and habilitations against a small model, over the real routes."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from journal import MURET, PEPPER, SessionsOf
from pushes import push

from services.ingest.admin import create_key, create_vendor, grant_habilitation, revoke_habilitation
from services.ingest.keys import KeyWish, revoke_key
from shared.db import Sessions
from shared.models import EVERY_ACTION, Vendor

ORGANISATIONS = (MURET, "213105554")
SCHEMAS = ("scdl/deliberations", "scdl/subventions")
Place = tuple[str, str]
PLACES: list[Place] = [(organisation, schema) for organisation in ORGANISATIONS for schema in SCHEMAS]


@dataclass
class Key:
    vendor: Vendor
    text: str
    actions: set[str]
    covers: set[Place]
    is_live: bool = True


@dataclass
class World:
    """What the model knows."""

    keys: list[Key] = field(default_factory=list)
    granted: set[tuple[str, Place]] = field(default_factory=set)
    deposits: list[tuple[str, str, Place]] = field(default_factory=list)
    """Identifier, vendor, place."""


def some(draw: random.Random, values: tuple[str, ...]) -> list[str] | None:
    return None if draw.random() < 0.5 else [one for one in values if draw.random() < 0.6] or [values[0]]


async def make_world(draw: random.Random, sessions: Sessions) -> World:
    world = World()
    for name in ("A", "B"):
        vendor = await create_vendor(sessions, name=name)
        for organisation in ORGANISATIONS:
            schemas = some(draw, SCHEMAS)
            fate = draw.choice(("granted", "granted", "revoked", "expired", "none"))
            if fate == "none":
                continue
            past = datetime.now(UTC) - timedelta(minutes=1) if fate == "expired" else None
            made = await grant_habilitation(
                sessions, vendor=vendor, organisation_siren=organisation, schemas=schemas, basis="x", expires_at=past
            )
            if fate == "revoked":
                await revoke_habilitation(sessions, habilitation_id=made)
            if fate == "granted":
                world.granted |= {(name, (organisation, one)) for one in schemas or SCHEMAS}
        for _ in range(3):
            world.keys.append(await make_key(draw, sessions, vendor))
    return world


async def make_key(draw: random.Random, sessions: Sessions, vendor: Vendor) -> Key:
    actions = {one for one in EVERY_ACTION if draw.random() < 0.85} or {"read"}
    organisations, schemas = some(draw, ORGANISATIONS), some(draw, SCHEMAS)
    wish = KeyWish("k", actions=actions, organisations=organisations, schemas=schemas)
    made = await create_key(sessions, vendor=vendor, name="k", pepper=PEPPER, wish=wish)
    covers = {(one, other) for one in organisations or ORGANISATIONS for other in schemas or SCHEMAS}
    key = Key(vendor, made.text, actions, covers)
    if draw.random() < 0.15:
        await revoke_key(sessions, prefix=made.prefix)
        key.is_live = False
    return key


async def check_push(client: httpx.AsyncClient, world: World, key: Key, place: Place) -> None:
    answer = await push(client, params={"organisation": place[0], "schema": place[1]})
    may = place in key.covers and (key.vendor.name, place) in world.granted
    expected = 401 if not key.is_live else 202 if "deposit" in key.actions and may else 403
    assert answer.status_code == expected, answer.text
    if expected == 202:
        world.deposits.append((answer.json()["id"], key.vendor.name, place))


async def check_reads(client: httpx.AsyncClient, world: World, key: Key) -> None:
    for identifier, vendor, place in world.deposits:
        theirs = vendor == key.vendor.name and place in key.covers
        for path in ("", "/file", "/report", "/report/findings", "/corrected"):
            answer = await client.get(f"/v1/deposits/{identifier}{path}")
            seen = answer.status_code == 200 or "report-not-ready" in answer.text
            refused = 401 if not key.is_live else 403 if "read" not in key.actions else 404
            assert seen if refused == 404 and theirs else answer.status_code == refused, (path, answer.text)
            assert not (seen and not theirs)
    listed = await client.get("/v1/deposits", params={"limit": 100})
    if listed.status_code == 200:
        own = {one for one, vendor, place in world.deposits if vendor == key.vendor.name and place in key.covers}
        assert {one["id"] for one in listed.json()["data"]} == own
    else:
        assert listed.status_code == (401 if not key.is_live else 403)
        assert not key.is_live or "read" not in key.actions


async def check_decisions(client: httpx.AsyncClient, world: World, key: Key) -> None:
    for identifier, vendor, place in world.deposits:
        theirs = vendor == key.vendor.name and place in key.covers
        body = {"reasons": [{"code": "personal-nir", "count": 1}]}
        confirmed = await client.post(f"/v1/deposits/{identifier}/confirm", json=body)
        expected = 401 if not key.is_live else 403 if "decide" not in key.actions else 409 if theirs else 404
        assert confirmed.status_code == expected, confirmed.text
        if not theirs:
            cancelled = await client.post(f"/v1/deposits/{identifier}/cancel")
            assert cancelled.status_code == expected, cancelled.text


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_reads_or_writes_what_is_anothers(base_url: str, sessions_of: SessionsOf, seed: int):
    draw = random.Random(seed)
    world = await make_world(draw, sessions_of("socle_ingest"))
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
        for check in (check_push, check_reads, check_decisions):
            for key in world.keys:
                client.headers["Authorization"] = f"Bearer {key.text}"
                if check is check_push:
                    for place in PLACES:
                        await check_push(client, world, key, place)
                else:
                    await check(client, world, key)
    assert world.deposits
