"""The outbox: a letter exists as soon as what it tells does, and stays until it has left."""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.mail.carry import Carrier, MailRefused
from shared.db import Sessions
from shared.deposits import DATABASE_NOW, now_plus
from shared.models import OutgoingMail

log = logging.getLogger(__name__)

PER_ROUND = 20

PAUSES_SECONDS = (60, 300, 1800, 7200, 21600, 43200)
"""Before each new attempt; then the letter is given up, and the alarm rings."""


async def post(session: AsyncSession, *, recipient: str, subject: str, body: str) -> None:
    """Have a letter sent once the transaction is committed. The subject is made one line."""
    session.add(OutgoingMail(recipient=recipient, subject=" ".join(subject.split()), body=body))


async def carry_mail(sessions: Sessions, carrier: Carrier) -> int:
    """Send what is due, no transaction being open meanwhile; how many left.

    A worker that dies between the sending and its record sends a letter again, under the same Message-ID.
    """
    sent = 0
    for _ in range(PER_ROUND):
        async with sessions.begin() as session:
            mail = await _take_due(session)
        if mail is None:
            break
        sent += await _carry(sessions, mail, carrier)
    return sent


async def _take_due(session: AsyncSession) -> OutgoingMail | None:
    due = (
        select(OutgoingMail)
        .where(
            col(OutgoingMail.sent_at).is_(None),
            col(OutgoingMail.failure).is_(None),
            col(OutgoingMail.due_at) <= DATABASE_NOW,
        )
        .order_by(col(OutgoingMail.due_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    mail: OutgoingMail | None = (await session.execute(due)).scalar_one_or_none()
    if mail is not None:
        pause = PAUSES_SECONDS[min(mail.attempts, len(PAUSES_SECONDS) - 1)]
        again = update(OutgoingMail).where(col(OutgoingMail.id) == mail.id)
        await session.execute(again.values(attempts=OutgoingMail.attempts + 1, due_at=now_plus(pause)))
    return mail


async def _carry(sessions: Sessions, mail: OutgoingMail, carrier: Carrier) -> int:
    known = {"mail_id": str(mail.id)}
    try:
        await carrier.send(mail)
    except (OSError, MailRefused) as error:
        if mail.attempts <= len(PAUSES_SECONDS) and isinstance(error, OSError):
            log.warning("a letter will be sent later: %s", type(error).__name__, extra=known)
            return 0
        log.error("a letter could not be sent", extra={**known, "alarm": True})
        outcome: dict[str, object] = {"failure": f"{type(error).__name__}: {error}"[:500]}
    else:
        outcome = {"sent_at": DATABASE_NOW}
    async with sessions.begin() as session:
        ended = update(OutgoingMail).where(col(OutgoingMail.id) == mail.id)
        await session.execute(ended.values(body="", **outcome))
    return int("sent_at" in outcome)


async def carry_until(
    stopping: asyncio.Event, sessions: Sessions, carrier: Carrier | None, *, pause_seconds: float
) -> None:
    """Carry the mail again and again; an outage of the database is waited out. Without a carrier letters wait."""
    if carrier is None:
        log.warning("no mail server and no mail folder: letters wait in the outbox", extra={"alarm": True})
        return
    while not stopping.is_set():
        try:
            await carry_mail(sessions, carrier)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the outbox could not be reached: %s", type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause_seconds)
