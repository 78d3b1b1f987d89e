"""A vendor reads the trail that its writes, and those about it, have left."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlmodel import col

from services.ingest.audit.read import lines_of, read_trail
from services.ingest.auth import KEY_REFUSALS, Reader
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.tools import IngestTools
from shared.db import reading
from shared.errors import ServiceUnavailable
from shared.models import AuditEntry
from shared.paging import Page, PageLinks, cursor_secret, decode_cursor, encode_cursor
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Piste d'audit"], responses=refusals(*KEY_REFUSALS, ServiceUnavailable))


class AuditLineOut(BaseModel):
    """A write."""

    at: datetime
    actor: str = Field(description="« key … », « operator » ou « clock ».", examples=["key AbCd1234"])
    action: str = Field(examples=["deposit.create"])
    subject: str = Field(examples=["key AbCd1234"])
    organisation: str | None = Field(description="SIREN de l'organisme dont il s'agit.")
    network: str | None = Field(description="Réseau d'où venait la requête : l'adresse elle-même n'est pas gardée.")
    request_id: str
    detail: dict[str, Any] | None
    position: int | None = Field(description="Rang dans la chaîne ; null pendant les premières secondes.")
    hash: str | None = Field(description="SHA-256 de la ligne et de celle d'avant, en hexadécimal.")


@router.get("/audit", summary="Lire sa piste d'audit", responses=refusals(UnknownOrganisation))
async def get_audit(
    vendor: Reader,
    tools: IngestTools,
    request: Request,
    organisation: Annotated[str | None, Query(description="SIREN, SIRET ou code INSEE", min_length=1)] = None,
    action: Annotated[str | None, Query(max_length=64, description="Par exemple « deposit.create »")] = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[AuditLineOut]:
    """Chaque écriture faite avec vos clés ou à propos de vos droits, les plus récentes d'abord. Une ligne ne change
    jamais ; notez `position` et `hash` pour pouvoir le vérifier plus tard."""
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    before = decode_cursor(cursor, secret=secret)["before"] if cursor else None
    conditions = lines_of(vendor)
    async with reading(tools.sessions) as session:
        if organisation is not None:
            siren = (await find_organisation(session, organisation)).siren
            conditions.append(col(AuditEntry.organisation_siren) == siren)
        if action is not None:
            conditions.append(col(AuditEntry.action) == action)
        found = await read_trail(session, *conditions, before=before, limit=limit + 1)
    link = None
    if len(found) > limit:
        following = encode_cursor({"before": found[limit - 1].id}, secret=secret)
        link = str(request.url.include_query_params(cursor=following).replace(scheme="", netloc=""))
    return Page(data=[_out(one) for one in found[:limit]], links=PageLinks(next=link), meta={"limit": limit})


def _out(line: AuditEntry) -> AuditLineOut:
    return AuditLineOut(
        at=line.at,
        actor=line.actor,
        action=line.action,
        subject=line.subject,
        organisation=line.organisation_siren,
        network=line.network,
        request_id=line.request_id,
        detail=line.detail,
        position=line.position,
        hash=None if line.hash is None else line.hash.hex(),
    )
