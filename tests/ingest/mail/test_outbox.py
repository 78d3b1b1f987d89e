"""Letters: written with what they tell, sent once, readable, given up with an alarm only."""

import email
import email.policy
from pathlib import Path

import pytest
from journal import SessionsOf
from sqlalchemy import select, update

from services.ingest.mail.carry import FolderCarrier, MailRefused, as_message, make_carrier
from services.ingest.mail.outbox import PAUSES_SECONDS, carry_mail, post
from shared.db import Sessions
from shared.deposits import DATABASE_NOW
from shared.models import OutgoingMail


@pytest.fixture
async def sessions(sessions_of: SessionsOf) -> Sessions:
    """With one letter to send."""
    sessions = sessions_of("socle_ingest")
    async with sessions.begin() as session:
        await post(session, recipient="mairie@roques.example", subject="Été\nBcc: x", body="Éditeur habilité.\n")
    return sessions


async def only_mail(sessions: Sessions) -> OutgoingMail:
    async with sessions() as session:
        return (await session.execute(select(OutgoingMail))).scalar_one()


class Broken:
    def __init__(self, error: Exception) -> None:
        self.error, self.tried = error, 0

    async def send(self, mail: OutgoingMail) -> None:
        self.tried += 1
        raise self.error


async def test_a_letter_is_laid_in_the_folder_once_and_then_forgotten(sessions, tmp_path: Path):
    carrier = FolderCarrier(tmp_path / "mailbox", "Socle <socle@exemple.fr>")
    assert await carry_mail(sessions, carrier) == 1
    assert await carry_mail(sessions, carrier) == 0
    [path] = (tmp_path / "mailbox").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (letter["To"], letter["Subject"], letter["Bcc"]) == ("mairie@roques.example", "Été Bcc: x", None)
    assert letter.get_content() == "Éditeur habilité.\n"
    assert "Éditeur habilité." in path.read_text()
    mail = await only_mail(sessions)
    assert mail.sent_at is not None
    assert mail.body == ""


async def test_a_server_that_does_not_answer_is_asked_again_later_then_given_up(sessions):
    carrier = Broken(ConnectionRefusedError("no"))
    for attempt in range(1, len(PAUSES_SECONDS) + 2):
        assert await carry_mail(sessions, carrier) == 0
        assert carrier.tried == attempt
        async with sessions.begin() as session:
            await session.execute(update(OutgoingMail).values(due_at=DATABASE_NOW))
    assert "ConnectionRefusedError" in ((await only_mail(sessions)).failure or "")
    await carry_mail(sessions, carrier)
    assert carrier.tried == len(PAUSES_SECONDS) + 1


async def test_an_address_that_is_refused_is_not_tried_again(sessions):
    await carry_mail(sessions, Broken(MailRefused("unknown")))
    mail = await only_mail(sessions)
    assert (mail.failure, mail.body) == ("MailRefused: unknown", "")


async def test_an_address_with_a_line_break_writes_no_header(sessions):
    mail = await only_mail(sessions)
    mail.recipient = "a@b.example\nBcc: c@d.example"
    with pytest.raises(MailRefused):
        as_message(mail, "socle@exemple.fr")


def test_without_server_nor_folder_letters_wait():
    assert make_carrier(smtp_url=None, folder=None, sender="socle@exemple.fr") is None
