"""Fixtures that put deposits where a test needs them: one vendor, one habilitation, engines under real roles."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from services.ingest.admin import create_key, create_vendor, grant_habilitation
from shared.db import Role, Sessions, make_engine, make_owner_engine, make_sessions
from shared.deposits import record
from shared.models import Deposit, Vendor

PEPPER = "pepper-of-the-tests"
MURET = "213103955"
"""SIREN of the commune of Muret."""

SessionsOf = Callable[[Role], Sessions]


@pytest.fixture
async def sessions_of(database: str) -> AsyncIterator[SessionsOf]:
    """Sessions on the test's database under the role of a service."""
    engines = []

    def make(role: Role) -> Sessions:
        engine = make_engine(database, role)
        engines.append(engine)
        return make_sessions(engine)

    yield make
    for engine in engines:
        await engine.dispose()


@pytest.fixture
async def owner_sessions(database: str) -> AsyncIterator[Sessions]:
    """Sessions on the test's database as its owner."""
    engine = make_owner_engine(database)
    yield make_sessions(engine)
    await engine.dispose()


@dataclass(frozen=True, slots=True)
class HabilitatedVendor:
    """A vendor with a key and the right to deposit anything for Muret."""

    vendor: Vendor
    key: str
    habilitation_id: UUID


@pytest.fixture
async def vendor(sessions_of: SessionsOf) -> HabilitatedVendor:
    """An ordinary vendor."""
    return await habilitate(sessions_of("socle_ingest"), "Logiciels du Midi")


async def habilitate(sessions: Sessions, name: str) -> HabilitatedVendor:
    """Make a vendor with a key and the right to deposit anything for Muret."""
    made = await create_vendor(sessions, name=name)
    key = await create_key(sessions, vendor=made, name="essais", pepper=PEPPER)
    habilitation_id = await grant_habilitation(
        sessions, vendor=made, organisation_siren=MURET, schemas=None, basis="convention d'essai"
    )
    return HabilitatedVendor(made, key.text, habilitation_id)


@pytest.fixture
async def other_vendor(sessions_of: SessionsOf) -> HabilitatedVendor:
    """A competitor with the same rights."""
    return await habilitate(sessions_of("socle_ingest"), "Gestion Garonne")


MakeDeposit = Callable[..., Awaitable[Deposit]]


@pytest.fixture
async def make_deposit(sessions_of: SessionsOf, vendor: HabilitatedVendor) -> MakeDeposit:
    """Record a received deposit of the vendor, without any bytes behind it unless `sha256` names some."""
    sessions = sessions_of("socle_ingest")

    async def make(
        *,
        siren: str = MURET,
        schema_name: str = "scdl/deliberations",
        sha256: str = "0" * 64,
        size_bytes: int = 1,
        mode: str = "replace",
        scope: str = "present",
        **more: Any,
    ) -> Deposit:
        deposit = Deposit(
            vendor_id=vendor.vendor.id,
            organisation_siren=siren,
            schema_name=schema_name,
            sha256=sha256,
            size_bytes=size_bytes,
            mode=mode,
            scope=scope,
            content_type="text/csv",
            request_id="request-of-the-tests",
            **more,
        )
        async with sessions.begin() as session:
            await record(session, deposit)
        return deposit

    return make
