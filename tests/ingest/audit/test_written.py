"""Every write leaves its line, with who and for whom."""

import httpx
from journal import MURET, HabilitatedVendor, SessionsOf
from pushes import push
from sqlalchemy import select
from sqlmodel import col

from services.ingest.admin import revoke_habilitation
from services.ingest.keys import revoke_key
from shared.db import Sessions
from shared.keys import parse_key
from shared.models import AuditEntry


async def lines_of(sessions: Sessions, action: str) -> list[AuditEntry]:
    async with sessions() as session:
        found = select(AuditEntry).where(col(AuditEntry.action) == action).order_by(col(AuditEntry.id))
        return list((await session.execute(found)).scalars())


async def test_a_push_leaves_one_line(
    client: httpx.AsyncClient, vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    answer = await push(client)
    (line,) = await lines_of(sessions_of("socle_ingest"), "deposit.create")
    key = parse_key(vendor.key)
    assert key is not None
    assert (line.actor, line.vendor_id, line.organisation_siren) == (f"key {key.prefix}", vendor.vendor.id, MURET)
    assert line.subject == f"deposit {answer.json()['id']}"
    assert line.network == "127.0.0.0/24"
    assert line.request_id == answer.headers["X-Request-Id"]
    assert key.secret not in str(line)


async def test_a_cancellation_leaves_one_line_and_a_refused_one_none(
    client: httpx.AsyncClient, sessions_of: SessionsOf
) -> None:
    deposit = (await push(client)).json()["id"]
    for status in (200, 409):
        assert (await client.post(f"/v1/deposits/{deposit}/cancel")).status_code == status
    (line,) = await lines_of(sessions_of("socle_ingest"), "deposit.cancel")
    assert line.subject == f"deposit {deposit}"


async def test_what_the_operator_does_about_a_vendor_is_in_its_trail(
    vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    sessions, key = sessions_of("socle_ingest"), parse_key(vendor.key)
    assert key is not None
    await revoke_key(sessions, prefix=key.prefix)
    await revoke_habilitation(sessions, habilitation_id=vendor.habilitation_id)
    async with sessions() as session:
        found = select(AuditEntry).where(col(AuditEntry.vendor_id) == vendor.vendor.id).order_by(col(AuditEntry.id))
        lines = [(one.actor, one.action) for one in (await session.execute(found)).scalars()]
    assert lines == [
        ("operator", action)
        for action in ("vendor.create", "key.create", "habilitation.grant", "key.revoke", "habilitation.revoke")
    ]
