"""The chain: sealed in the order of commits; whatever is changed, taken away or put in is found, at its place."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from journal import SessionsOf

from services.ingest.audit.chain import audit_secret
from services.ingest.audit.seal import HeadNotOurs, seal_all
from services.ingest.audit.verify import Verified, Wrong, verify_trail
from shared.audit import OPERATOR, audit
from shared.db import Sessions

SECRET = audit_secret("pepper")

LINES = 6

Tamper = Callable[..., Awaitable[None]]


@pytest.fixture
async def sessions(sessions_of: SessionsOf) -> Sessions:
    """Ingest's, over a trail of LINES sealed lines."""
    found = sessions_of("socle_ingest")
    await write(found, LINES)
    assert await seal_all(found, secret=SECRET) == LINES
    return found


@pytest.fixture
def tamper(database: str) -> Tamper:
    """Run statements as somebody who owns the database and switched its guards off."""

    async def run(*statements: str) -> None:
        owner = await asyncpg.connect(database)
        await owner.execute("SET session_replication_role = replica")
        for statement in statements:
            await owner.execute(statement)
        await owner.close()

    return run


async def write(sessions: Sessions, lines: int) -> None:
    for number in range(lines):
        async with sessions.begin() as session:
            detail = {"é": number, "b": 1.5, "a": None}
            await audit(session, actor=OPERATOR, action="key.create", subject=f"key {number}", detail=detail)


async def faults(sessions: Sessions) -> list[tuple[Wrong, int, int]]:
    found: Verified = await verify_trail(sessions, secret=SECRET)
    return [(one.wrong, one.position, one.until) for one in found.faults]


async def test_an_untouched_trail_holds(sessions: Sessions) -> None:
    await write(sessions, 2)
    found = await verify_trail(sessions, secret=SECRET)
    assert (found.lines, found.waiting, found.faults) == (LINES, 2, ())
    await seal_all(sessions, secret=SECRET)
    assert (await verify_trail(sessions, secret=SECRET)).lines == LINES + 2


async def test_an_empty_trail_holds(sessions_of: SessionsOf) -> None:
    assert (await verify_trail(sessions_of("socle_ingest"), secret=SECRET)).faults == ()


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'key x'",
        "subject = 'key 9'",
        "at = at + interval '1 microsecond'",
        "network = '192.0.2.0/24'",
        "organisation_siren = '213103955'",
        "request_id = 'another'",
        "detail = detail || '{\"b\": 2}'",
    ],
)
async def test_a_changed_line_is_named(sessions: Sessions, tamper: Tamper, change: str) -> None:
    await tamper(f"UPDATE audit.entry SET {change} WHERE position = 3")
    assert await faults(sessions) == [(Wrong.CHANGED, 3, 3)]


async def test_missing_lines_are_named_wherever_they_were(sessions: Sessions, tamper: Tamper) -> None:
    await tamper("DELETE FROM audit.entry WHERE position IN (1, 3, 4, 6)")
    assert await faults(sessions) == [(Wrong.MISSING, 1, 1), (Wrong.MISSING, 3, 4), (Wrong.MISSING, 6, 6)]


async def test_a_line_put_in_between_is_named(sessions: Sessions, tamper: Tamper) -> None:
    await tamper(
        "UPDATE audit.entry SET position = position + 100 WHERE position >= 4",
        "UPDATE audit.entry SET position = position - 99 WHERE position >= 104",
        "INSERT INTO audit.entry (actor, action, subject, request_id, position, hash) "
        "VALUES ('operator', 'key.create', 'key x', '-', 4, 'forged')",
    )
    found = await faults(sessions)
    assert found[0] == (Wrong.CHANGED, 4, 4)
    assert found[-1][:2] == (Wrong.INSERTED, LINES + 1)


async def test_lines_that_changed_places_are_named(sessions: Sessions, tamper: Tamper) -> None:
    await tamper(
        "UPDATE audit.entry SET position = 100 WHERE position = 2",
        "UPDATE audit.entry SET position = 2 WHERE position = 5",
        "UPDATE audit.entry SET position = 5 WHERE position = 100",
    )
    found = await faults(sessions)
    assert {wrong for wrong, _, _ in found} == {Wrong.CHANGED}
    assert {position for _, position, _ in found} == {2, 3, 5, 6}


async def test_an_end_that_was_cut_off_is_named(sessions: Sessions, tamper: Tamper) -> None:
    await tamper("DELETE FROM audit.entry WHERE position > 4")
    assert await faults(sessions) == [(Wrong.MISSING, 5, 6)]


async def test_a_chain_that_was_made_anew_does_not_end_as_signed(sessions: Sessions, tamper: Tamper) -> None:
    await tamper(
        "UPDATE audit.entry SET actor = 'nobody' WHERE position = 2",
        "UPDATE audit.entry SET position = NULL, hash = NULL",
        r"UPDATE audit.head SET position = 0, hash = decode(repeat('00', 32), 'hex')",
    )
    await seal_all(sessions, secret=audit_secret("another pepper"))
    assert await faults(sessions) == [(Wrong.UNSIGNED, LINES, LINES)]
    await write(sessions, 1)
    with pytest.raises(HeadNotOurs):
        await seal_all(sessions, secret=SECRET)


async def test_a_signed_end_is_not_moved_back(sessions: Sessions, tamper: Tamper) -> None:
    await tamper(
        "DELETE FROM audit.entry WHERE position = 6",
        "UPDATE audit.head SET position = 5, hash = (SELECT hash FROM audit.entry WHERE position = 5)",
    )
    assert await faults(sessions) == [(Wrong.UNSIGNED, 5, 5)]
