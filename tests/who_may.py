"""A small model of who may do what: vendors, their keys, their habilitations, and what is whose."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from journal import MURET

from shared.models import Vendor

ORGANISATIONS = (MURET, "213105554")
SCHEMAS = ("scdl/deliberations", "scdl/subventions")
Place = tuple[str, str]
"""Organisation and schema."""

PLACES: list[Place] = [(organisation, schema) for organisation in ORGANISATIONS for schema in SCHEMAS]

ALL = None
"""Of a limit: there is none."""

NOT_BY_TESTS = {"habilitations"}
"""Actions that a key for tests never has."""


@dataclass(frozen=True)
class Rights:
    """What a key is for."""

    actions: frozenset[str]
    organisations: Collection[str] | None = ALL
    schemas: Collection[str] | None = ALL
    is_test: bool = False
    expires_at: datetime | None = None

    def covers(self, place: Place) -> bool:
        return within([place[0]], self.organisations) and within([place[1]], self.schemas)

    def contains(self, other: "Rights") -> bool:
        """Whether `other` is no wider in anything."""
        return (
            other.actions <= self.actions
            and within(other.organisations, self.organisations)
            and within(other.schemas, self.schemas)
            and (other.is_test or not self.is_test)
            and (self.expires_at is None or (other.expires_at is not None and other.expires_at <= self.expires_at))
        )


def within(inner: Collection[str] | None, outer: Collection[str] | None) -> bool:
    return outer is ALL or (inner is not ALL and set(inner) <= set(outer))


@dataclass
class Key:
    """Something that opens: a key, or whatever stands for one."""

    vendor: Vendor
    text: str
    prefix: str
    rights: Rights
    is_live: bool = True

    def may(self, action: str) -> bool:
        """As far as the key alone goes."""
        return action in self.rights.actions and not (self.rights.is_test and action in NOT_BY_TESTS)


@dataclass(frozen=True)
class Thing:
    """What belongs to a vendor."""

    kind: str
    """`judged` or `fresh` (deposits), `webhook`, `delivery`, `key`, `habilitation`."""
    id: str
    vendor: str
    rights: Rights
    """Of the key that it was made with, or that it is."""
    place: Place | None = None
    parent: str = ""

    def is_seen_by(self, key: Key) -> bool:
        mine = key.rights
        if self.vendor != key.vendor.name:
            return False
        if self.kind == "key":
            return mine.contains(self.rights)
        if self.kind == "habilitation":
            assert self.place is not None
            return within([self.place[0]], mine.organisations)
        if self.kind in ("webhook", "delivery"):
            limits = within(self.rights.organisations, mine.organisations) and within(self.rights.schemas, mine.schemas)
            return limits and self.rights.is_test == mine.is_test
        assert self.place is not None
        return mine.covers(self.place) and self.rights.is_test == mine.is_test


@dataclass(frozen=True)
class Door:
    """A request about a thing."""

    kind: str
    action: str
    method: str
    path: str
    opens: frozenset[int]
    """Statuses for whoever may."""
    body: Any = None
    needs_habilitation: bool = False


@dataclass
class World:
    """What the model knows."""

    keys: list[Key] = field(default_factory=list)
    granted: set[tuple[str, Place]] = field(default_factory=set)
    """Vendor and place."""
    everything: set[tuple[str, str]] = field(default_factory=set)
    """Vendor and organisation, of habilitations for every schema."""
    things: list[Thing] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Thing]:
        return [one for one in self.things if one.kind in kinds]

    def may_push(self, key: Key, place: Place) -> bool:
        """Tests need nobody's leave."""
        return key.rights.covers(place) and (key.rights.is_test or (key.vendor.name, place) in self.granted)

    def expected(self, key: Key, door: Door, thing: Thing) -> frozenset[int]:
        if not key.is_live:
            return frozenset({401})
        if not key.may(door.action):
            return frozenset({403})
        if not thing.is_seen_by(key):
            return frozenset({404})
        if door.needs_habilitation and thing.place is not None and not self.may_push(key, thing.place):
            return frozenset({403})
        return door.opens


def _door(kind: str, action: str, line: str, *opens: int, body: Any = None, habilitated: bool = False) -> Door:
    method, path = line.split()
    return Door(kind, action, method, path, frozenset(opens), body, habilitated)


REASONS = {"reasons": [{"code": "personal-nir", "count": 1}]}

LOOKS = (
    _door("judged", "read", "GET /v1/deposits/{id}", 200),
    _door("judged", "read", "GET /v1/deposits/{id}/file", 200),
    _door("judged", "read", "GET /v1/deposits/{id}/report", 200),
    _door("judged", "read", "GET /v1/deposits/{id}/report?format=xlsx", 303),
    _door("judged", "read", "GET /v1/deposits/{id}/report/findings", 200),
    _door("judged", "read", "GET /v1/deposits/{id}/corrected", 200),
    _door("webhook", "webhooks", "GET /v1/webhooks/{id}", 200),
    _door("webhook", "webhooks", "GET /v1/webhooks/{id}/deliveries", 200),
    _door("habilitation", "habilitations", "GET /v1/habilitations/{id}", 200),
)

DEEDS = (
    _door("judged", "read", "POST /v1/deposits/{id}/report/link", 201),
    _door("judged", "decide", "POST /v1/deposits/{id}/confirm", 409, body=REASONS, habilitated=True),
    _door("judged", "decide", "POST /v1/deposits/{id}/retry", 409, habilitated=True),
    _door("fresh", "decide", "POST /v1/deposits/{id}/confirm", 409, body=REASONS, habilitated=True),
    _door("fresh", "decide", "POST /v1/deposits/{id}/retry", 409, habilitated=True),
    _door("fresh", "decide", "POST /v1/deposits/{id}/cancel", 200, 409),
    _door("habilitation", "habilitations", "POST /v1/habilitations/{id}/reminder", 200, 409),
    _door("webhook", "webhooks", "PATCH /v1/webhooks/{id}", 200, body={"description": "autre"}),
    _door("webhook", "webhooks", "POST /v1/webhooks/{id}/rotate", 201),
    _door("webhook", "webhooks", "POST /v1/webhooks/{id}/test", 202),
    _door("webhook", "webhooks", "POST /v1/webhooks/{id}/replay", 202, body={"since": "2020-01-01T00:00:00Z"}),
    _door("delivery", "webhooks", "POST /v1/webhooks/{parent}/deliveries/{id}/replay", 202),
)

ENDINGS = (
    _door("webhook", "webhooks", "DELETE /v1/webhooks/{id}", 204),
    _door("key", "keys", "POST /v1/keys/{id}/rotate?overlap_hours=0", 201, 409),
    _door("key", "keys", "DELETE /v1/keys/{id}", 204),
)
"""What takes something away: the model forgets it too."""

LISTS = (
    ("read", "/v1/deposits?limit=1000", "id", ("judged", "fresh")),
    ("webhooks", "/v1/webhooks", "id", ("webhook",)),
    ("keys", "/v1/keys", "prefix", ("key",)),
    ("habilitations", "/v1/habilitations?limit=1000", "id", ("habilitation",)),
)
"""Action, address, what names a thing, kinds of things."""
