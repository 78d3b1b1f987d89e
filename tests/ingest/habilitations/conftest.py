"""What référents of Roques are written to."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from journal import SessionsOf
from sqlalchemy import select

from services.ingest.habilitations.operate import add_referent
from shared.db import Sessions
from shared.models import OutgoingMail

ROQUES = "213104581"
REFERENT = "mairie@roques.example"


@dataclass(frozen=True, slots=True)
class Letter:
    recipient: str
    subject: str
    body: str

    @property
    def path(self) -> str:
        return re.search(r"/v1/consents/\S+", self.body)[0]

    @property
    def code(self) -> str:
        return re.search(r"code : (\d{3} \d{3})", self.body)[1]


@pytest.fixture
def sessions(sessions_of: SessionsOf) -> Sessions:
    return sessions_of("socle_ingest")


@pytest.fixture
async def letters(sessions: Sessions) -> Callable[[], Awaitable[list[Letter]]]:
    """Those written so far, the oldest first. Roques has one référent."""
    async with sessions.begin() as session:
        await add_referent(session, siren=ROQUES, email=REFERENT, role="secrétaire de mairie")

    async def read() -> list[Letter]:
        async with sessions() as session:
            found = (await session.execute(select(OutgoingMail).order_by(OutgoingMail.id))).scalars()
            return [Letter(one.recipient, one.subject, one.body) for one in found]

    return read
