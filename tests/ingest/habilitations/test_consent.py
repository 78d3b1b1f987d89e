"""A vendor asks, a référent decides: by letter, link and code; what follows for deposits on their way."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from journal import MURET, PEPPER
from pushes import push, refused
from sqlalchemy import select, update

from services.ingest.admin import create_key, create_vendor
from services.ingest.habilitations.operate import (
    grant_habilitation,
    remove_referent,
    revoke_habilitation,
)
from services.ingest.habilitations.record import end_what_expired
from services.ingest.keys import KeyWish
from shared import deposits
from shared.auth import NotHabilitated, require_still
from shared.deposits import VALIDATE, StaleClaim
from shared.models import ConsentLink, Deposit, DepositState, Habilitation

ROQUES = "213104581"
REFERENT = "mairie@roques.example"


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/v1/habilitations", json={"organisation": ROQUES} | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def pushed(client: httpx.AsyncClient, organisation: str = ROQUES) -> httpx.Response:
    return await push(client, params={"organisation": organisation, "schema": "scdl/deliberations"})


async def state_of(client: httpx.AsyncClient, identifier: str) -> str:
    return (await client.get(f"/v1/habilitations/{identifier}")).json()["state"]


async def test_a_referent_grants_by_link_and_code_and_the_vendor_deposits(client, stranger, letters):
    asked = await ask(client, schemas=["scdl/deliberations"], message="Bonjour <b>Roques</b>")
    assert (asked["state"], asked["referents_told"]) == ("requested", 1)
    refused(await pushed(client), 403, "not-habilitated")
    [letter] = await letters()
    assert letter.recipient == REFERENT
    assert "Logiciels du Midi" in letter.subject
    shown = await stranger.get(letter.path)
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "Logiciels du Midi" in shown.text
    assert "<b>Roques" not in shown.text
    assert letter.code.replace(" ", "") not in shown.text
    done = await stranger.post(letter.path, data={"code": letter.code, "decision": "accept"})
    assert done.status_code == 200, done.text
    assert (await pushed(client)).status_code == 202
    followed = (await client.get(f"/v1/habilitations/{asked['id']}")).json()
    assert [step["state"] for step in followed["history"]] == ["requested", "granted"]
    assert followed["expires_at"] is None
    refused(await stranger.get(letter.path), 410, "consent-link-over")
    refused(
        await stranger.post(letter.path, data={"code": letter.code, "decision": "refuse"}), 410, "consent-link-over"
    )


async def test_a_referent_refuses_and_nothing_is_granted(client, stranger, letters):
    asked = await ask(client)
    [letter] = await letters()
    await stranger.post(letter.path, data={"code": letter.code, "decision": "refuse"})
    assert await state_of(client, asked["id"]) == "refused"
    refused(await pushed(client), 403, "not-habilitated")
    assert (await ask(client))["state"] == "requested"


async def test_ten_wrong_codes_end_a_link(client, stranger, letters):
    asked = await ask(client)
    [letter] = await letters()
    wrong = "000 000" if letter.code != "000 000" else "111 111"
    for left in range(9, 0, -1):
        page = await stranger.post(letter.path, data={"code": wrong, "decision": "accept"})
        assert f"Essais restants : {left}." in page.text
    refused(await stranger.post(letter.path, data={"code": wrong, "decision": "accept"}), 410, "consent-link-over")
    refused(
        await stranger.post(letter.path, data={"code": letter.code, "decision": "accept"}), 410, "consent-link-over"
    )
    assert await state_of(client, asked["id"]) == "requested"


async def test_a_link_ends_after_a_day_and_with_its_referent(client, stranger, letters, sessions):
    await ask(client)
    [letter] = await letters()
    async with sessions.begin() as session:
        await session.execute(update(ConsentLink).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    refused(await stranger.get(letter.path), 410, "consent-link-over")
    async with sessions.begin() as session:
        await session.execute(update(ConsentLink).values(expires_at=datetime.now(UTC) + timedelta(hours=1)))
        await remove_referent(session, siren=ROQUES, email=REFERENT.upper())
    refused(await stranger.get(letter.path), 410, "consent-link-over")
    refused(await stranger.get("/v1/consents/nothing"), 404, "not-found")


async def test_a_vendor_asks_once_and_reminds_three_times_a_day(client, letters):
    asked = await ask(client)
    refused(await client.post("/v1/habilitations", json={"organisation": ROQUES}), 409, "habilitation-known")
    path = f"/v1/habilitations/{asked['id']}/reminder"
    for _ in range(2):
        assert (await client.post(path)).json()["referents_told"] == 1
    refused(await client.post(path), 429, "too-many-letters")
    assert len(await letters()) == 3


async def test_the_organisation_moves_to_another_vendor_and_the_former_is_told(
    client, base_url, stranger, letters, sessions, other_vendor
):
    former = await create_vendor(sessions, name="Ancien éditeur", email="contact@ancien.example")
    await grant_habilitation(
        sessions, vendor=former, organisation_siren=ROQUES, schemas=["scdl/deliberations"], basis="convention"
    )
    async with sessions() as session:
        old = (await session.execute(select(Habilitation).where(Habilitation.vendor_id == former.id))).scalar_one()
    before = len(await letters())
    asked = await ask(client)
    assert asked["conflicts"] == [{"vendor": "Ancien éditeur", "schemas": ["scdl/deliberations"]}]
    letter = (await letters())[before]
    assert "Ancien éditeur" in (await stranger.get(letter.path)).text
    answer = {"code": letter.code, "decision": "accept", "remove": str(old.id)}
    assert (await stranger.post(letter.path, data=answer)).status_code == 200
    assert await state_of(client, asked["id"]) == "granted"
    told = [one.subject for one in await letters() if one.recipient == "contact@ancien.example"]
    assert told[-1] == "Habilitation retirée : Ancien éditeur, Roques"
    assert (await client.get("/v1/whoami")).json()["allowed"][-1]["conflicts"] == []


async def test_two_vendors_on_the_same_data_are_seen_by_both(client, base_url, other_vendor):
    mine = (await client.get("/v1/whoami")).json()
    assert mine["vendor"] == "Logiciels du Midi"
    assert mine["allowed"][0]["conflicts"] == [{"vendor": "Gestion Garonne", "schemas": None}]
    theirs = await client.get("/v1/habilitations", headers={"Authorization": f"Bearer {other_vendor.key}"})
    assert theirs.json()["data"][0]["conflicts"] == [{"vendor": "Logiciels du Midi", "schemas": None}]


async def test_whoami_tells_what_key_and_habilitation_have_in_common(client, vendor, sessions):
    wish = KeyWish("étroite", actions=["read"], schemas=["scdl/deliberations"])
    key = await create_key(sessions, vendor=vendor.vendor, name="étroite", pepper=PEPPER, wish=wish)
    found = (await client.get("/v1/whoami", headers={"Authorization": f"Bearer {key.text}"})).json()
    assert found["key"]["actions"] == ["read"]
    assert [(one["organisation"]["siren"], one["schemas"]) for one in found["allowed"]] == [
        (MURET, ["scdl/deliberations"])
    ]


async def test_a_referent_looks_around_and_takes_back(client, stranger, letters, sessions, vendor):
    granted = await grant_habilitation(
        sessions, vendor=vendor.vendor, organisation_siren=ROQUES, schemas=None, basis="convention"
    )
    before = len(await letters())
    for email in ("personne@roques.example", REFERENT.title()):
        sent = await stranger.post("/v1/consents", data={"organisation": ROQUES, "email": email})
        assert "Si cette adresse" in sent.text
    [letter] = (await letters())[before:]
    assert "Logiciels du Midi" in (await stranger.get(letter.path)).text
    await stranger.post(letter.path, data={"code": letter.code, "decision": "remove", "remove": str(granted)})
    assert await state_of(client, str(granted)) == "revoked"
    refused(await pushed(client), 403, "not-habilitated")


async def test_habilitations_of_another_vendor_are_not_there(client, other_vendor):
    for identifier in (other_vendor.habilitation_id, uuid4()):
        refused(await client.get(f"/v1/habilitations/{identifier}"), 404, "not-found")
        refused(await client.post(f"/v1/habilitations/{identifier}/reminder"), 404, "not-found")
    assert str(other_vendor.habilitation_id) not in (await client.get("/v1/habilitations")).text


async def test_what_is_not_published_when_the_right_is_taken_back_never_will_be(sessions, sessions_of, vendor, client):
    waiting = (await pushed(client, MURET)).json()["id"]
    validator = sessions_of("socle_validator")
    async with validator.begin() as session:
        held = await deposits.claim(session, waiting, VALIDATE)
    assert held is not None
    await revoke_habilitation(sessions, habilitation_id=vendor.habilitation_id)
    followed = (await client.get(f"/v1/deposits/{waiting}")).json()
    assert followed["state"] == "cancelled"
    with pytest.raises(StaleClaim):
        async with validator.begin() as session:
            await deposits.move(session, held, DepositState.VALIDATED)
    refused(await pushed(client, MURET), 403, "not-habilitated")


async def test_a_right_taken_back_during_an_upload_lets_no_deposit_through(sessions, vendor):
    deposit = Deposit(vendor_id=vendor.vendor.id, organisation_siren=MURET, schema_name="scdl/deliberations")
    async with sessions() as session:
        await require_still(session, deposit)
    await revoke_habilitation(sessions, habilitation_id=vendor.habilitation_id)
    async with sessions() as session:
        with pytest.raises(NotHabilitated):
            await require_still(session, deposit)


async def test_what_another_habilitation_still_covers_goes_on(sessions, vendor, client):
    waiting = (await pushed(client, MURET)).json()["id"]
    await grant_habilitation(
        sessions, vendor=vendor.vendor, organisation_siren=MURET, schemas=["scdl/deliberations"], basis="convention"
    )
    await revoke_habilitation(sessions, habilitation_id=vendor.habilitation_id)
    assert (await client.get(f"/v1/deposits/{waiting}")).json()["state"] == "received"


async def test_a_right_whose_time_is_over_opens_nothing_and_is_said_expired(sessions, vendor, client):
    async with sessions.begin() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(Habilitation).values(expires_at=past))
    refused(await pushed(client, MURET), 403, "not-habilitated")
    async with sessions.begin() as session:
        assert await end_what_expired(session) == [vendor.habilitation_id]
    assert await state_of(client, str(vendor.habilitation_id)) == "expired"


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_browser_is_refused_with_a_page(client, stranger, letters):
    await ask(client)
    [letter] = await letters()
    await stranger.post(letter.path, data={"code": letter.code, "decision": "refuse"})
    over = await stranger.get(letter.path, headers=BROWSER)
    assert over.status_code == 410
    assert over.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in over.headers["content-security-policy"]
    assert 'href="/v1/consents"' in over.text
    for answer in (
        await stranger.get("/v1/consents/nothing", headers=BROWSER),
        await stranger.post(letter.path, data={"code": letter.code}, headers=BROWSER),
        await stranger.post("/v1/consents", data={"organisation": "nulle part", "email": "x@y"}, headers=BROWSER),
        await stranger.get("/v1/reports/nothing", headers=BROWSER),
    ):
        assert answer.status_code in {404, 422}
        assert "<h1>" in answer.text, answer.text


async def test_a_scanner_that_looks_decides_nothing(client, stranger, letters):
    asked = await ask(client)
    [letter] = await letters()
    for method in ("HEAD", "GET", "OPTIONS", "PUT", "GET"):
        await stranger.request(method, letter.path)
    refused(await stranger.post(letter.path), 422, "invalid-request")
    assert await state_of(client, asked["id"]) == "requested"
    done = await stranger.post(letter.path, data={"code": letter.code, "decision": "accept"})
    assert done.status_code == 200


async def test_a_request_sent_again_under_its_key_is_asked_once(client, letters):
    key = {"Idempotency-Key": "demande-1"}
    body = {"organisation": ROQUES, "schemas": ["scdl/deliberations"]}
    first, again = [await client.post("/v1/habilitations", json=body, headers=key) for _ in range(2)]
    assert again.content == first.content
    path, key = f"/v1/habilitations/{first.json()['id']}/reminder", {"Idempotency-Key": "relance-1"}
    assert [(await client.post(path, headers=key)).status_code for _ in range(2)] == [200, 200]
    assert len(await letters()) == 2
