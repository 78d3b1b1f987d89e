"""Lines of the audit trail: written with what they tell, by who may, and never changed."""

from uuid import uuid4

import asyncpg
import pytest
from journal import SessionsOf
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shared.audit import CLOCK, OPERATOR, Actor, audit
from shared.db import Role
from shared.logs import logged_with
from shared.models import AuditEntry
from shared.origin import asked_from


async def test_a_line_says_who_what_for_whom_and_from_where(sessions_of: SessionsOf) -> None:
    sessions, vendor_id = sessions_of("socle_ingest"), uuid4()
    actor = Actor("key AbCd1234", vendor_id)
    with logged_with(request_id="request-17"), asked_from("192.0.2.17"):
        async with sessions.begin() as session:
            await audit(session, actor=actor, action="deposit.create", subject="deposit 1", detail={"rows": 3})
    async with sessions() as session:
        line: AuditEntry = (await session.execute(select(AuditEntry))).scalar_one()
    assert (line.actor, line.vendor_id, line.request_id) == ("key AbCd1234", vendor_id, "request-17")
    assert (line.network, line.detail, line.position) == ("192.0.2.0/24", {"rows": 3}, None)


async def test_a_write_that_is_given_up_leaves_no_line(sessions_of: SessionsOf) -> None:
    sessions = sessions_of("socle_ingest")
    async with sessions() as session:
        await audit(session, actor=OPERATOR, action="key.revoke", subject="key x")
        await session.rollback()
        assert (await session.execute(select(AuditEntry))).first() is None


async def test_catalog_writes_lines_it_cannot_read(sessions_of: SessionsOf) -> None:
    sessions = sessions_of("socle_catalog")
    async with sessions.begin() as session:
        await audit(session, actor=CLOCK, action="dataset.withdraw", subject="dataset x")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with sessions() as session:
            await session.execute(select(AuditEntry))


@pytest.mark.parametrize("role", ["socle_ingest", "socle_catalog"])
async def test_services_neither_forge_nor_delete_lines(sessions_of: SessionsOf, role: Role) -> None:
    for statement in (
        "DELETE FROM audit.entry",
        "UPDATE audit.entry SET actor = 'operator'",
        "INSERT INTO audit.entry (actor, action, subject, request_id, position) VALUES ('a', 'b', 'c', 'd', 1)",
        "INSERT INTO audit.entry (actor, action, subject, request_id, at) VALUES ('a', 'b', 'c', 'd', now())",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with sessions_of(role).begin() as session:
                await session.execute(text(statement))


async def test_not_even_the_owner_changes_a_line(database: str, sessions_of: SessionsOf) -> None:
    async with sessions_of("socle_ingest").begin() as session:
        await audit(session, actor=OPERATOR, action="key.revoke", subject="key x")
    owner = await asyncpg.connect(database)
    for statement in (
        "UPDATE audit.entry SET actor = 'nobody'",
        "UPDATE audit.entry SET position = 1, hash = 'x', subject = 'key y'",
        "DELETE FROM audit.entry",
        "TRUNCATE audit.entry",
    ):
        with pytest.raises(asyncpg.RaiseError, match="never change"):
            await owner.execute(statement)
    await owner.close()
