"""Who a key is and what it may do."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlmodel import col

from services.ingest.auth import Authenticated, CurrentVendor, KeyMissing
from services.ingest.bodies import OwnerOut
from services.ingest.habilitations.bodies import ConflictOut, conflicts_out
from services.ingest.habilitations.record import conflicts_of, granted, in_common
from services.ingest.routes.limits import LimitOut, limits_of
from services.ingest.tools import IngestTools
from shared.db import reading
from shared.errors import ServiceUnavailable
from shared.models import Habilitation, KeyAction, Organisation
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Clés"], responses=refusals(KeyMissing, ServiceUnavailable))


class KeyRightsOut(BaseModel):
    """What the key is for, whatever the habilitations."""

    prefix: str
    test: bool = Field(
        description="Clé d'essai : elle dépose pour tout organisme, dans des jeux de données que l'éditeur seul voit."
    )
    actions: list[KeyAction]
    organisations: list[str] | None = Field(description="SIREN ; null : tous ceux qui habilitent l'éditeur.")
    schemas: list[str] | None = Field(description="null : tous ceux des habilitations.")
    expires_at: datetime | None


class AllowedOut(BaseModel):
    """What may be deposited for an organisation: what it grants, as far as the key goes."""

    organisation: OwnerOut
    schemas: list[str] | None = Field(description="null : tous.")
    expires_at: datetime | None
    conflicts: list[ConflictOut] = Field(description="Autres éditeurs habilités pour les mêmes données.")


class MyLimitsOut(BaseModel):
    """What its requests are counted against."""

    href: str = Field(description="Où les limites sont décrites.")
    counted: list[LimitOut] = Field(description="Ce qu'il en reste est dans l'en-tête RateLimit de cette réponse.")


class WhoAmIOut(BaseModel):
    """The vendor, its key, and what both together allow."""

    vendor: str
    key: KeyRightsOut
    allowed: list[AllowedOut]
    limits: MyLimitsOut


@router.get("/whoami", summary="Savoir qui l'on est et ce que l'on peut")
async def get_whoami(vendor: Authenticated, tools: IngestTools, request: Request) -> WhoAmIOut:
    """Ce que permet la clé, croisé avec les habilitations en cours, organisme par organisme."""
    statement = (
        select(Habilitation, Organisation)
        .join(Organisation, col(Organisation.siren) == col(Habilitation.organisation_siren))
        .where(col(Habilitation.vendor_id) == vendor.id, granted())
        .order_by(col(Organisation.name), col(Habilitation.id))
    )
    if vendor.organisations is not None:
        statement = statement.where(col(Habilitation.organisation_siren).in_(vendor.organisations))
    async with reading(tools.sessions) as session:
        rows = [(one, owner) for one, owner in (await session.execute(statement)).all()]
        conflicts = await conflicts_of(session, [one for one, _ in rows])
    allowed = [
        AllowedOut(
            organisation=OwnerOut(siren=owner.siren, name=owner.name),
            schemas=None if schemas is None else list(schemas),
            expires_at=one.expires_at,
            conflicts=conflicts_out(conflicts[one.id]),
        )
        for one, owner in rows
        if (schemas := in_common(one.schemas, None if vendor.schemas is None else sorted(vendor.schemas))) != ()
    ]
    limits = MyLimitsOut(href="/v1/limits", counted=limits_of(request))
    return WhoAmIOut(vendor=vendor.name, key=_rights(vendor), allowed=allowed, limits=limits)


def _rights(vendor: CurrentVendor) -> KeyRightsOut:
    return KeyRightsOut(
        prefix=vendor.key_prefix,
        test=vendor.is_test,
        actions=[one for one in KeyAction if one in vendor.actions],
        organisations=None if vendor.organisations is None else sorted(vendor.organisations),
        schemas=None if vendor.schemas is None else sorted(vendor.schemas),
        expires_at=vendor.expires_at,
    )
