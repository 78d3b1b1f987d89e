"""The sandbox: a vendor with a key and the right to deposit for a few real organisations, to try things with."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from services.cli.data_folder import DataFolder, Sandbox
from services.ingest.admin import UnknownVendor, create_key, create_vendor, find_vendor_by_name
from services.ingest.auth import find_vendor
from services.ingest.habilitations.operate import grant_habilitation
from services.ingest.keys import parse_key
from shared.db import Sessions
from shared.models import Habilitation, HabilitationState, Organisation, Vendor
from shared.models.organisation import OrganisationKind

VENDOR_NAME = "Bac à sable"
BASIS = "bac à sable de cette machine"
PREFERRED = "213103955"
"""SIREN of Muret, a town of 25,000 in Haute-Garonne."""


async def make_sandbox(
    sessions: Sessions, folder: DataFolder, *, base_url: str, pepper: str, wanted: set[str]
) -> tuple[Sandbox, set[str]]:
    """Make it or find it again, and write `sandbox.json`; also returns which of the `wanted` SIREN exist here.

    The key is kept only in that file: one that is lost or no longer valid is replaced by a new one.
    """
    organisation = await _organisation(sessions)
    known = await _known(sessions, wanted)
    vendor = await _vendor(sessions)
    await _habilitate(sessions, vendor, {organisation, *known})
    old = folder.read_sandbox()
    if old is not None and await _is_valid(sessions, old.api_key, pepper):
        sandbox = replace(old, base_url=base_url, organisation=organisation)
    else:
        key = await create_key(sessions, vendor=vendor, name="bac à sable", pepper=pepper)
        sandbox = Sandbox(base_url=base_url, api_key=key.text, organisation=organisation)
    folder.write_sandbox(sandbox)
    return sandbox, known


async def _organisation(sessions: Sessions) -> str:
    """Muret; in another département, its largest commune."""
    communes = select(col(Organisation.siren)).where(col(Organisation.kind) == OrganisationKind.COMMUNE)
    preferred_first = (col(Organisation.siren) != PREFERRED, col(Organisation.population).desc().nulls_last())
    async with sessions() as session:
        siren: str = (await session.execute(communes.order_by(*preferred_first).limit(1))).scalar_one()
    return siren


async def _known(sessions: Sessions, wanted: set[str]) -> set[str]:
    statement = select(col(Organisation.siren)).where(col(Organisation.siren).in_(wanted))
    async with sessions() as session:
        return set((await session.execute(statement)).scalars())


async def _vendor(sessions: Sessions) -> Vendor:
    try:
        return await find_vendor_by_name(sessions, VENDOR_NAME)
    except UnknownVendor:
        return await create_vendor(sessions, name=VENDOR_NAME)


async def _habilitate(sessions: Sessions, vendor: Vendor, organisations: set[str]) -> None:
    statement = select(col(Habilitation.organisation_siren)).where(
        col(Habilitation.vendor_id) == vendor.id,
        col(Habilitation.state) == HabilitationState.GRANTED,
        col(Habilitation.schemas).is_(None),
    )
    async with sessions() as session:
        already = set((await session.execute(statement)).scalars())
    for siren in sorted(organisations - already):
        await grant_habilitation(sessions, vendor=vendor, organisation_siren=siren, schemas=None, basis=BASIS)


async def _is_valid(sessions: Sessions, key: str, pepper: str) -> bool:
    parsed = parse_key(key)
    if parsed is None:
        return False
    async with sessions() as session:
        found = await find_vendor(session, parsed, pepper=pepper)
    return found is not None and found.name == VENDOR_NAME
