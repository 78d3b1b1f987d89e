"""Pushing through bad weather, to a real ingest behind a door that sometimes refuses."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from journal import PEPPER, HabilitatedVendor
from pushes import PUSH, deposits_kept
from pydantic import SecretStr
from serving import served
from sqlalchemy import select

from services.cli.push import client as room
from services.cli.push.client import Parcel, PushRefused, open_client
from services.ingest.app import make_app
from services.ingest.settings import IngestSettings
from shared.models import Deposit

SIZE = 300_000


def test_a_parcel_declares_its_encoding_when_the_person_does(tmp_path: Path) -> None:
    parcel = Parcel(tmp_path / "actes.csv", "213103955", "scdl/deliberations", None, "key")
    assert parcel.content_type == "text/csv"
    assert replace(parcel, charset="macintosh").content_type == "text/csv; charset=macintosh"
    assert replace(parcel, path=tmp_path / "actes.xlsx").content_type == "application/octet-stream"


class Door:
    """Answers itself, so many times, before it lets requests pass."""

    def __init__(self, app) -> None:
        self.app = app
        self.answers: list[tuple[int, bytes]] = []
        self.seen: list[str] = []

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or not self.answers:
            await self.app(scope, receive, send)
            return
        self.seen.append(dict(scope["headers"]).get(b"idempotency-key", b"").decode())
        status, retry_after = self.answers.pop(0)
        headers = [(b"retry-after", retry_after)] if retry_after else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"no"})


@pytest.fixture
def door(database: str, queue_url: str, tmp_blobs: str) -> Door:
    settings = IngestSettings(
        database_url=database, queue_url=queue_url, blobs_url=tmp_blobs, key_pepper=SecretStr(PEPPER)
    )
    return Door(make_app(settings))


@pytest.fixture
async def url(door: Door) -> AsyncIterator[str]:
    async with served(door) as found:
        yield found


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    path = tmp_path / "file.csv"
    path.write_bytes(b"x" * SIZE)
    return Parcel(path, PUSH["organisation"], PUSH["schema"], None, "key-of-this-push")


async def test_a_file_is_sent_whole_and_each_byte_counted_once(url, vendor: HabilitatedVendor, parcel: Parcel):
    counted: list[int] = []
    async with open_client(url, vendor.key) as client:
        deposit = await client.push(parcel, counted.append)
    assert (deposit.state, deposit.organisation, sum(counted)) == ("received", "Muret", SIZE)


async def test_the_choices_of_a_deposit_are_sent_with_it(url, vendor: HabilitatedVendor, parcel: Parcel, sessions_of):
    chosen = replace(parcel, choices={"corrections": "none", "mode": "upsert"})
    async with open_client(url, vendor.key) as client:
        await client.push(chosen, lambda _: None)
    async with sessions_of("socle_ingest")() as session:
        kept = (await session.execute(select(Deposit))).scalar_one()
    assert (kept.corrections, kept.mode, kept.scope) == ("none", "upsert", "present")


async def test_a_refusal_for_now_is_tried_again_with_the_same_key(url, door, vendor, parcel, sessions_of):
    door.answers = [(503, b"0"), (409, b"0"), (502, b"")]
    counted: list[int] = []
    async with open_client(url, vendor.key) as client:
        deposit = await client.push(parcel, counted.append)
        again = await client.push(parcel, lambda _: None)
    assert door.seen == ["key-of-this-push"] * 3
    assert again.id == deposit.id
    assert await deposits_kept(sessions_of) == 1
    assert sum(counted) == SIZE


async def test_a_refusal_for_good_is_told_in_its_own_words(url, vendor, parcel):
    async with open_client(url, vendor.key) as client:
        with pytest.raises(PushRefused) as refusal:
            await client.push(Parcel(parcel.path, "999999999", parcel.schema, None, "k"), lambda _: None)
    title, detail, action = str(refusal.value).splitlines()
    assert title == "Organisme inconnu (404)"
    assert "999999999" in detail
    assert action


async def test_a_wrong_key_is_told_at_once(url, parcel):
    async with open_client(url, "socle_wrong") as client:
        with pytest.raises(PushRefused, match=r"\(401\)"):
            await client.push(parcel, lambda _: None)


async def test_something_that_is_no_socle_is_told(url, door, vendor, parcel):
    door.answers = [(404, b"")]
    async with open_client(url, vendor.key) as client:
        with pytest.raises(PushRefused, match="Est-ce bien un Socle"):
            await client.push(parcel, lambda _: None)


async def test_nobody_there_is_told_after_some_patience(parcel, monkeypatch):
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.6)
    async with open_client("http://127.0.0.1:9", "socle_key") as client:
        with pytest.raises(PushRefused, match="ne répond pas"):
            await client.push(parcel, lambda _: None)


@pytest.mark.parametrize("address", ["http://[", "ftp://127.0.0.1", "127.0.0.1:8000", "http://", ""])
async def test_an_address_that_cannot_be_read_is_told(address: str):
    with pytest.raises(PushRefused, match="mal écrite"):
        async with open_client(address, "socle_key"):
            pass


async def test_a_key_that_cannot_be_sent_is_told():
    with pytest.raises(PushRefused, match="mal écrite"):
        async with open_client("http://127.0.0.1", "clé"):
            pass


async def test_a_file_that_is_too_large_is_told_and_not_sent_again_and_again(
    database: str, queue_url: str, tmp_blobs: str, vendor: HabilitatedVendor, parcel: Parcel
):
    settings = IngestSettings(
        database_url=database,
        queue_url=queue_url,
        blobs_url=tmp_blobs,
        key_pepper=SecretStr(PEPPER),
        INGEST_MAX_DEPOSIT_BYTES=1000,
    )
    parcel.path.write_bytes(b"x" * 20_000_000)
    async with served(make_app(settings)) as found, open_client(found, vendor.key) as client:
        with pytest.raises(PushRefused, match=r"\(413\)"):
            await client.push(parcel, lambda _: None)
