"""Who may do what: random vendors, keys and habilitations against a small model, over all routes there are."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from journal import PEPPER, SessionsOf
from pushes import push
from samples import deliberations
from who_may import DEEDS, ENDINGS, LISTS, LOOKS, ORGANISATIONS, PLACES, SCHEMAS, Door, Key, Place, Rights, Thing, World

from services.ingest.admin import create_key, create_vendor, grant_habilitation, revoke_habilitation
from services.ingest.keys import KeyWish, revoke_key
from shared.db import Sessions
from shared.models import EVERY_ACTION, Vendor

Work = Callable[[str], Awaitable[None]]

FATES = ("granted", "granted", "revoked", "expired", "none")

LATER = datetime(2100, 1, 1, tzinfo=UTC)

NO_RIGHTS = Rights(frozenset())


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_reads_or_writes_what_is_anothers(
    base_url: str, sessions_of: SessionsOf, work: Work, seed: int
) -> None:
    draw = random.Random(seed)
    async with httpx.AsyncClient(base_url=base_url, timeout=120) as client:
        walk = Walk(draw, client, sessions_of("socle_ingest"), work, World())
        for name in ("Éditeur A", "Éditeur B"):
            await walk.settle(await create_vendor(walk.sessions, name=name))
        for check in (
            walk.take_tokens,
            walk.create,
            walk.lists,
            partial(walk.doors, LOOKS),
            partial(walk.doors, DEEDS),
            walk.lists,
            walk.ends,
            walk.lists,
        ):
            await check()
    kinds = {one.kind for one in walk.world.things}
    assert kinds >= {"judged", "fresh", "webhook", "key", "habilitation"}
    assert walk.allowed > 20
    assert walk.refused > 100


class Walk:
    """Through a world, asking for everything with every key."""

    def __init__(
        self, draw: random.Random, client: httpx.AsyncClient, sessions: Sessions, work: Work, world: World
    ) -> None:
        self.draw, self.client, self.sessions, self.work, self.world = draw, client, sessions, work, world
        self.allowed = self.refused = 0

    async def ask(self, key: Key, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key.text}"}
        answer = await self.client.request(method, path, json=body, headers=headers)
        self.allowed += answer.is_success
        self.refused += answer.is_client_error
        return answer

    # What there is before anybody asks.

    async def settle(self, vendor: Vendor) -> None:
        """Habilitations of every fate; deposits from the time when all were granted; keys of every width."""
        fates = {one: self.draw.choice(FATES) for one in ORGANISATIONS}
        schemas = {one: self.some(SCHEMAS) for one in ORGANISATIONS}
        ids = {one: await self.grant(vendor, one, schemas[one], "granted") for one in ORGANISATIONS}
        whole = await self.add_key(vendor, Rights(frozenset(EVERY_ACTION)))
        trying = await self.add_key(vendor, Rights(frozenset(EVERY_ACTION), is_test=True))
        places = [one for one in PLACES if schemas[one[0]] is None or one[1] in (schemas[one[0]] or ())]
        for key, place in ((whole, places[0]), (whole, places[-1]), (trying, self.draw.choice(PLACES))):
            await self.deposit(key, place)
        for organisation, fate in fates.items():
            if fate != "granted":
                await revoke_habilitation(self.sessions, habilitation_id=ids[organisation])
            if fate == "expired":
                await self.grant(vendor, organisation, schemas[organisation], fate)
            if fate == "granted":
                known = schemas[organisation]
                self.world.granted |= {(vendor.name, (organisation, one)) for one in known or SCHEMAS}
                self.world.everything |= {(vendor.name, organisation)} if known is None else set()
        for _ in range(3):
            await self.add_key(vendor, self.rights(), is_live=self.draw.random() > 0.15)

    async def grant(self, vendor: Vendor, organisation: str, schemas: list[str] | None, fate: str) -> Any:
        past = datetime.now(UTC) - timedelta(minutes=1) if fate == "expired" else None
        made = await grant_habilitation(
            self.sessions,
            vendor=vendor,
            organisation_siren=organisation,
            schemas=schemas,
            basis="convention",
            expires_at=past,
        )
        self.world.things.append(Thing("habilitation", str(made), vendor.name, NO_RIGHTS, (organisation, "")))
        return made

    async def add_key(self, vendor: Vendor, rights: Rights, *, is_live: bool = True) -> Key:
        wish = KeyWish(
            "k", rights.actions, rights.organisations, rights.schemas, rights.expires_at, is_test=rights.is_test
        )
        made = await create_key(self.sessions, vendor=vendor, name="k", pepper=PEPPER, wish=wish)
        if not is_live:
            await revoke_key(self.sessions, prefix=made.prefix)
        return self.know(Key(vendor, made.text, made.prefix, rights, is_live))

    def know(self, key: Key) -> Key:
        self.world.keys.append(key)
        self.world.things.append(Thing("key", key.prefix, key.vendor.name, key.rights))
        return key

    async def deposit(self, key: Key, place: Place) -> None:
        """One that was judged and one that waits."""
        for kind in ("judged", "fresh"):
            answer = await self.push(key, place)
            assert answer.status_code == 202, answer.text
            if kind == "judged":
                await self.work(answer.json()["id"])
            self.world.things.append(Thing(kind, answer.json()["id"], key.vendor.name, key.rights, place))

    def rights(self) -> Rights:
        return Rights(
            frozenset(one for one in EVERY_ACTION if self.draw.random() < 0.85) | {"read"},
            self.some(ORGANISATIONS),
            self.some(SCHEMAS),
            is_test=self.draw.random() < 0.2,
            expires_at=self.draw.choice((None, None, LATER)),
        )

    def some(self, values: tuple[str, ...]) -> list[str] | None:
        if self.draw.random() < 0.5:
            return None
        return [one for one in values if self.draw.random() < 0.6] or [values[0]]

    async def push(self, key: Key, place: Place) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key.text}"}
        content = deliberations(place[0], mark=str(self.draw.random()), rows=2)
        return await push(self.client, content, params={"organisation": place[0], "schema": place[1]}, headers=headers)

    # What keys ask for.

    async def take_tokens(self) -> None:
        """A token opens what its key does, but for making keys, and ends with it."""
        for key in self.draw.sample(self.world.keys, 3):
            form = {"grant_type": "client_credentials", "client_id": key.prefix, "client_secret": key.text}
            answer = await self.client.post("/oauth/token", data=form)
            assert answer.status_code == (200 if key.is_live else 401), answer.text
            if key.is_live:
                rights = replace(key.rights, actions=key.rights.actions - {"keys"})
                self.world.keys.append(Key(key.vendor, answer.json()["access_token"], key.prefix, rights))

    async def create(self) -> None:
        for key in list(self.world.keys):
            for place in PLACES:
                expected = self.status(key, "deposit", 202 if self.world.may_push(key, place) else 403)
                answer = await self.push(key, place)
                assert answer.status_code == expected, (key.rights, place, answer.text)
                if expected == 202:
                    self.world.things.append(Thing("fresh", answer.json()["id"], key.vendor.name, key.rights, place))
            await self.create_webhook(key)
            await self.create_key(key)
            await self.ask_habilitation(key)
            await self.create_dataset(key)

    def status(self, key: Key, action: str, otherwise: int) -> int:
        return 401 if not key.is_live else 403 if not key.may(action) else otherwise

    async def create_webhook(self, key: Key) -> None:
        answer = await self.ask(key, "POST", "/v1/webhooks", {"url": "http://127.0.0.1:9/"})
        assert answer.status_code == self.status(key, "webhooks", 201), answer.text
        if answer.status_code != 201:
            return
        made = answer.json()["id"]
        self.world.things.append(Thing("webhook", made, key.vendor.name, key.rights))
        sent = await self.ask(key, "POST", f"/v1/webhooks/{made}/test")
        self.world.things.append(Thing("delivery", sent.json()["id"], key.vendor.name, key.rights, parent=made))

    async def create_key(self, key: Key) -> None:
        wished = self.rights()
        body = {"name": "n", "actions": sorted(wished.actions), "test": wished.is_test}
        body |= {"organisations": wished.organisations, "schemas": wished.schemas}
        body |= {"expires_at": wished.expires_at and wished.expires_at.isoformat()}
        # What is left out is as the key that asks.
        made = Rights(
            wished.actions,
            wished.organisations if wished.organisations is not None else key.rights.organisations,
            wished.schemas if wished.schemas is not None else key.rights.schemas,
            is_test=wished.is_test,
            expires_at=wished.expires_at or key.rights.expires_at,
        )
        answer = await self.ask(key, "POST", "/v1/keys", body)
        expected = self.status(key, "keys", 201 if key.rights.contains(made) else 403)
        assert answer.status_code == expected, (key.rights, wished, answer.text)
        if expected == 201:
            self.know(Key(key.vendor, answer.json()["key"], answer.json()["prefix"], made))

    async def ask_habilitation(self, key: Key) -> None:
        place = self.draw.choice(PLACES)
        answer = await self.ask(key, "POST", "/v1/habilitations", {"organisation": place[0], "schemas": [place[1]]})
        known = {201, 409} if key.rights.covers(place) else {403}
        assert answer.status_code in ({self.status(key, "habilitations", 0)} - {0} or known), answer.text
        if answer.status_code == 201:
            self.world.things.append(Thing("habilitation", answer.json()["id"], key.vendor.name, NO_RIGHTS, place))

    async def create_dataset(self, key: Key) -> None:
        organisation = self.draw.choice(ORGANISATIONS)
        said = {"title": "Jeu", "description": "Essai.", "theme": "TRAN", "slug": f"jeu-{self.draw.randrange(10**9)}"}
        schema = {"fields": [{"name": "a", "type": "string"}]}
        answer = await self.ask(key, "POST", "/v1/datasets", {"organisation": organisation, "schema": schema, **said})
        whole = key.rights.schemas is None and (key.vendor.name, organisation) in self.world.everything
        mine = whole and key.rights.covers((organisation, "")) and not key.rights.is_test
        assert answer.status_code == self.status(key, "datasets", 201 if mine else 403), answer.text
        if answer.status_code == 201:
            await self.edit_dataset(organisation, answer.json()["id"])

    async def edit_dataset(self, organisation: str, identifier: str) -> None:
        """Free data sets are everybody's to read, and change by who may create them."""
        for key in self.world.keys:
            whole = key.rights.schemas is None and (key.vendor.name, organisation) in self.world.everything
            mine = whole and key.rights.covers((organisation, "")) and not key.rights.is_test
            answer = await self.ask(key, "PATCH", f"/v1/datasets/{identifier}", {"title": "Autre"})
            assert answer.status_code == self.status(key, "datasets", 200 if mine else 403), answer.text

    async def lists(self) -> None:
        for key in self.world.keys:
            for action, path, name, kinds in LISTS:
                answer = await self.ask(key, "GET", path)
                assert answer.status_code == self.status(key, action, 200), answer.text
                if answer.status_code == 200:
                    found = {one[name] for one in answer.json()["data"]}
                    mine = {one.id for one in self.world.of_kind(*kinds) if one.is_seen_by(key)}
                    assert found == mine, (path, key.rights)
            await self.trail(key)

    async def trail(self, key: Key) -> None:
        """Nothing of another vendor, and no more of one's own than the key goes."""
        answer = await self.ask(key, "GET", "/v1/audit?limit=1000")
        assert answer.status_code == self.status(key, "read", 200)
        if answer.status_code != 200:
            return
        is_limited = key.rights.organisations is not None or key.rights.schemas is not None or key.rights.is_test
        for line in answer.json()["data"]:
            about = [one for one in self.world.things if line["subject"].endswith(f" {one.id}")]
            assert {one.vendor for one in about} <= {key.vendor.name}, line
            own = f"key {key.prefix}" in (line["actor"], line["subject"])
            if is_limited and not own:
                covered = key.rights.schemas is None and line["organisation"] in (key.rights.organisations or ())
                assert covered or any(one.is_seen_by(key) for one in about), (key.rights, line)

    async def doors(self, doors: tuple[Door, ...]) -> None:
        """Each door with each key: a thing that it sees, if any, and one that it does not."""
        for door in doors:
            for key in self.world.keys:
                things = self.world.of_kind(door.kind)
                for seen in (True, False):
                    fitting = [one for one in things if one.is_seen_by(key) is seen]
                    if fitting:
                        await self.try_door(door, key, self.draw.choice(fitting))

    async def try_door(self, door: Door, key: Key, thing: Thing) -> httpx.Response:
        path = door.path.format(id=thing.id, parent=thing.parent)
        expected = self.world.expected(key, door, thing)
        answer = await self.ask(key, door.method, path, door.body)
        assert answer.status_code in expected, (door, key.rights, thing, answer.text)
        return answer

    async def ends(self) -> None:
        """What takes something away, a few times each."""
        for door in ENDINGS:
            for _ in range(8):
                key, thing = self.draw.choice(self.world.keys), self.draw.choice(self.world.of_kind(door.kind))
                answer = await self.try_door(door, key, thing)
                if answer.status_code >= 400:
                    continue
                if door.kind == "webhook":
                    gone = [one for one in self.world.things if thing.id in (one.id, one.parent)]
                    self.world.things = [one for one in self.world.things if one not in gone]
                else:
                    self.end_key(thing, answer)

    def end_key(self, thing: Thing, answer: httpx.Response) -> None:
        [old, *_tokens] = ended = [one for one in self.world.keys if one.prefix == thing.id]
        for one in ended:
            one.is_live = False
        if answer.status_code == 201:
            ends = answer.json()["expires_at"]
            rights = replace(old.rights, expires_at=ends and datetime.fromisoformat(ends))
            self.know(Key(old.vendor, answer.json()["key"], answer.json()["prefix"], rights))
