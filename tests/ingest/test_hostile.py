"""What nobody sends by mistake is refused, not stumbled over."""

import email
from email.policy import default as modern
from typing import Any

import httpx
import pytest
from journal import HabilitatedVendor, SessionsOf
from pushes import push, refused
from receiver import receiving
from sqlalchemy import select
from sqlmodel import col

from services.ingest.habilitations.operate import add_referent
from services.ingest.mail.carry import as_message
from shared.models import OutgoingMail

NUL = "a\0b"
ROQUES = "213104581"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/keys", {"name": NUL}),
        ("POST", "/v1/keys/a%00b/rotate", None),
        ("DELETE", "/v1/keys/a%00b", None),
        ("GET", "/v1/audit?action=%00", None),
        ("POST", "/v1/habilitations", {"organisation": ROQUES, "message": NUL}),
        ("POST", "/v1/keys", {"name": "k", "expires_at": "0001-01-01T00:00:00+14:00"}),
        ("POST", "/v1/keys", {"name": "k", "expires_at": "9999-12-31T23:59:59-14:00"}),
    ],
)
async def test_texts_and_dates_that_cannot_be_kept_are_refused(
    client: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    refused(await client.request(method, path, json=body), 422, "invalid-request")


async def test_so_are_those_of_webhooks(client: httpx.AsyncClient) -> None:
    async with receiving() as receiver:
        described = await client.post("/v1/webhooks", json={"url": receiver.url, "description": NUL})
        refused(described, 422, "invalid-request")
        made = (await client.post("/v1/webhooks", json={"url": receiver.url})).json()["id"]
    for since in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = await client.post(f"/v1/webhooks/{made}/replay", json={"since": since})
        refused(answer, 422, "invalid-request")


async def test_a_name_of_a_file_makes_no_header(client: httpx.AsyncClient) -> None:
    name = 'x"\r\nX-Evil: 1\r\n\r\n<script>.csv'
    pushed = await push(client, files={"file": (name, b"a,b\n1,2\n", "text/csv")}, headers={}, content=None)
    given = await client.get(f"/v1/deposits/{pushed.json()['id']}/file")
    assert given.status_code == 200
    assert "x-evil" not in given.headers
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-disposition"] == f'attachment; filename="{pushed.json()["id"]}"'


async def test_a_message_to_referents_makes_no_header_and_no_second_letter(
    client: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    sessions = sessions_of("socle_ingest")
    async with sessions.begin() as session:
        await add_referent(session, siren=ROQUES, email="mairie@roques.example")
    message = "Bonjour\r\nBcc: tous@example.org\r\n\r\n.\r\nQUIT\u2028Subject: Autre\x85To: moi@example.org"
    asked = await client.post("/v1/habilitations", json={"organisation": ROQUES, "message": message})
    assert asked.status_code == 201, asked.text
    async with sessions() as session:
        [mail] = (await session.execute(select(OutgoingMail).order_by(col(OutgoingMail.id)))).scalars()
    letter = email.message_from_bytes(bytes(as_message(mail, "socle@example.org")), policy=modern)
    assert letter["To"] == "mairie@roques.example"
    assert letter["Bcc"] is None
    assert set(letter.keys()) >= {"From", "To", "Subject", "Date", "Message-ID"}
    quoted = [line for line in letter.get_content().splitlines() if "example.org" in line]
    assert quoted
    assert all(line.startswith("> ") for line in quoted)
