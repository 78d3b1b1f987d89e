"""What the operator does: organisations, vendors, keys, habilitations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.follow import unknown_deposit
from services.ingest.habilitations.operate import grant_habilitation as grant_habilitation
from services.ingest.habilitations.operate import list_habilitations as list_habilitations
from services.ingest.habilitations.operate import revoke_habilitation as revoke_habilitation
from services.ingest.keys import KeyWish, NewKey, add_key
from shared.audit import OPERATOR, Actor, audit
from shared.db import Sessions
from shared.errors import Refusal
from shared.models import ApiKey, Deposit, Organisation, Vendor
from shared.models.organisation import OrganisationKind
from shared.reference import slugify


class AlreadyThere(Refusal):
    """Something of that name or number exists."""

    status = 409
    code = "already-there"
    title = "Existe déjà"


class UnknownVendor(Refusal):
    """No vendor of that name."""

    status = 404
    code = "unknown-vendor"
    title = "Éditeur inconnu"


async def create_organisation(
    sessions: Sessions, *, siren: str, name: str, departement: str | None = None, actor: Actor = OPERATOR
) -> Organisation:
    """A producer that is neither a commune nor an EPCI. Raises AlreadyThere."""
    async with sessions.begin() as session:
        return await add_organisation(session, siren=siren, name=name, departement=departement, actor=actor)


async def add_organisation(
    session: AsyncSession, *, siren: str, name: str, departement: str | None, actor: Actor
) -> Organisation:
    """The same, in a transaction. Raises AlreadyThere."""
    kind = OrganisationKind.OTHER
    made = insert(Organisation).values(siren=siren, name=name, slug=slugify(name), kind=kind, departement=departement)
    added = await session.execute(made.on_conflict_do_nothing().returning(col(Organisation.siren)))
    if added.first() is None:
        raise AlreadyThere(f"Un organisme porte déjà le SIREN {siren} ou ce nom.", action="Utilisez-le tel quel.")
    subject = f"organisation {siren}"
    await audit(session, actor=actor, action="organisation.create", subject=subject, organisation=siren)
    return await session.get_one(Organisation, siren)


async def list_organisations(sessions: Sessions, *, text: str = "") -> Sequence[Organisation]:
    """Organisations whose name contains `text`, by name."""
    statement = select(Organisation).where(col(Organisation.name).icontains(text, autoescape=True))
    async with sessions() as session:
        return (await session.execute(statement.order_by(col(Organisation.name)))).scalars().all()


async def create_vendor(sessions: Sessions, *, name: str, email: str | None = None) -> Vendor:
    """Raises AlreadyThere."""
    async with sessions.begin() as session:
        if (await session.execute(select(Vendor).where(col(Vendor.name) == name))).first() is not None:
            raise AlreadyThere(f"L'éditeur « {name} » existe déjà.", action="Créez-lui une clé.")
        vendor = Vendor(name=name, email=email)
        session.add(vendor)
        await audit(session, actor=OPERATOR, action="vendor.create", subject=f"vendor {name}", vendor_id=vendor.id)
    return vendor


async def list_vendors(sessions: Sessions) -> Sequence[Vendor]:
    """All vendors, by name."""
    async with sessions() as session:
        return (await session.execute(select(Vendor).order_by(col(Vendor.name)))).scalars().all()


async def find_vendor_by_name(sessions: Sessions, name: str) -> Vendor:
    """Raises UnknownVendor."""
    async with sessions() as session:
        vendor: Vendor | None = (
            await session.execute(select(Vendor).where(col(Vendor.name) == name))
        ).scalar_one_or_none()
    if vendor is None:
        raise UnknownVendor(f"Aucun éditeur ne s'appelle « {name} ».", action="Voyez `socle admin vendor list`.")
    return vendor


async def create_key(
    sessions: Sessions, *, vendor: Vendor, name: str, pepper: str, wish: KeyWish | None = None
) -> NewKey:
    """A new key, with every right unless `wish` says which; its text is in the answer and nowhere else."""
    async with sessions.begin() as session:
        _, made = await add_key(session, vendor, wish or KeyWish(name), pepper=pepper)
    return made


async def list_keys(sessions: Sessions) -> Sequence[tuple[ApiKey, Vendor]]:
    """All keys with their vendor, the newest first."""
    statement = select(ApiKey, Vendor).join(Vendor, col(Vendor.id) == col(ApiKey.vendor_id))
    async with sessions() as session:
        rows = await session.execute(statement.order_by(col(ApiKey.created_at).desc()))
        return [(key, vendor) for key, vendor in rows.all()]


async def find_any(session: AsyncSession, deposit_id: UUID) -> Deposit:
    """A deposit, whosever it is: for the operator. Raises NotFound."""
    deposit: Deposit | None = await session.get(Deposit, deposit_id)
    if deposit is None:
        raise unknown_deposit(deposit_id)
    return deposit
