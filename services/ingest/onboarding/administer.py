"""What operators do with one organisation, by HTTP or by command: each in one transaction, with the state after it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.onboarding.bodies import AdministeredOut, administered
from services.ingest.onboarding.directory import Wanted, find_organisations
from services.ingest.onboarding.record import StepWish, history_of, record_step, set_agents
from services.ingest.organisations import find_organisation
from shared.audit import Actor
from shared.db import Sessions


async def show_organisation(sessions: Sessions, number: str) -> AdministeredOut:
    """Everything known of the organisation of a SIREN, SIRET or INSEE code. Raises UnknownOrganisation."""
    async with sessions() as session:
        return await _shown(session, (await find_organisation(session, number)).siren)


async def change_step(sessions: Sessions, number: str, wish: StepWish, *, actor: Actor) -> AdministeredOut:
    """Record a step. Raises UnknownOrganisation, InvalidOnboarding."""
    async with sessions.begin() as session:
        siren = (await find_organisation(session, number)).siren
        await record_step(session, siren, wish, actor=actor)
        await session.flush()
        return await _shown(session, siren)


async def change_agents(sessions: Sessions, number: str, agents: float | None, *, actor: Actor) -> AdministeredOut:
    """Record how many agents it has. Raises UnknownOrganisation, InvalidOnboarding."""
    async with sessions.begin() as session:
        organisation = await find_organisation(session, number)
        await set_agents(session, organisation, agents, actor=actor)
        await session.flush()
        return await _shown(session, organisation.siren)


async def _shown(session: AsyncSession, siren: str) -> AdministeredOut:
    found = await find_organisations(session, Wanted(siren=siren))
    return administered(found.rows[0], await history_of(session, siren))
