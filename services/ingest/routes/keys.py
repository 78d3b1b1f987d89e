"""A vendor looks after its own keys."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.auth import KEY_REFUSALS, KeyKeeper
from services.ingest.bodies import Moment
from services.ingest.keys import (
    KeyEnded,
    KeyExceeds,
    KeyWish,
    NewKey,
    TooManyKeys,
    UnknownKey,
    ask_key,
    keys_of,
    revoke_key,
    rotate_key,
)
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.tools import IngestTools, Tools
from shared.errors import InvalidParameter, ServiceUnavailable
from shared.imported import know_schema
from shared.models import ApiKey, KeyAction
from shared.paging import Page, PageLinks
from shared.registry import UnknownSchema
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Clés"], responses=refusals(*KEY_REFUSALS, ServiceUnavailable))

MAX_OVERLAP_HOURS = 30 * 24

Prefix = Annotated[str, Path(description="Les 8 caractères qui suivent « socle_ » (ou « socle_test_ »)", max_length=16)]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=1000)]


class KeyIn(BaseModel):
    """A key to be made; what is left out is as the key that asks."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, examples=["production, serveur 2"])
    actions: list[KeyAction] | None = Field(default=None, min_length=1, max_length=20)
    organisations: Names | None = Field(default=None, description="SIREN, SIRET ou codes INSEE.")
    schemas: Names | None = Field(default=None, examples=[["scdl/deliberations"]])
    expires_at: Moment | None = None
    test: bool | None = Field(
        default=None, description="Une clé d'essai, « socle_test_… » : elle publie dans des jeux que vous seul voyez."
    )


class KeyOut(BaseModel):
    """A key, without its secret."""

    prefix: str
    name: str
    state: Literal["active", "expired", "revoked"]
    actions: list[KeyAction]
    organisations: list[str] | None = Field(description="SIREN ; null : tous ceux qui habilitent l'éditeur.")
    schemas: list[str] | None = Field(description="null : tous ceux de l'habilitation.")
    test: bool
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="À la minute près.")
    replaced: bool = Field(description="Une autre clé la remplace ; elle ouvre encore jusqu'à `expires_at`.")


class MadeKeyOut(KeyOut):
    """A key just made."""

    key: str = Field(description="La clé entière. Elle ne sera plus montrée.")


class RotatedKeyOut(MadeKeyOut):
    """The successor of a key."""

    replaces: KeyOut


def key_out(key: ApiKey, now: datetime) -> KeyOut:
    """A key as it is at that moment."""
    return KeyOut.model_validate(_shown(key, now))


def _shown(key: ApiKey, now: datetime) -> dict[str, object]:
    expired = key.expires_at is not None and key.expires_at <= now
    state = "revoked" if key.revoked_at else "expired" if expired else "active"
    same = key.model_dump(include=set(KeyOut.model_fields))
    return {**same, "state": state, "test": key.is_test, "replaced": key.successor_id is not None}


@router.get("/keys", summary="Lister ses clés")
async def get_keys(asker: KeyKeeper, tools: IngestTools) -> Page[KeyOut]:
    """Celles de l'éditeur qui n'ont pas plus de droits que la clé qui demande ; les plus récentes d'abord."""
    async with tools.sessions() as session:
        now = await _now(session)
        found = await keys_of(session, asker)
    return Page(data=[key_out(one, now) for one in found], links=PageLinks(next=None), meta={"limit": len(found)})


@router.post(
    "/keys",
    status_code=201,
    summary="Faire une clé",
    responses=refusals(KeyExceeds, TooManyKeys, UnknownOrganisation, UnknownSchema),
)
async def post_key(body: KeyIn, asker: KeyKeeper, tools: IngestTools, response: Response) -> MadeKeyOut:
    """Jamais plus de droits que la clé qui demande. La clé entière n'est montrée que dans cette réponse."""
    if body.expires_at is not None and body.expires_at <= datetime.now(UTC):
        raise InvalidParameter(
            "expires_at",
            "La clé serait déjà expirée.",
            action="Donnez un moment à venir, ou rien pour une clé sans fin.",
        )
    wish = KeyWish(
        name=body.name,
        actions=asker.actions if body.actions is None else {str(one) for one in body.actions},
        organisations=None if body.organisations is None else await _sirens(body.organisations, tools),
        schemas=None if body.schemas is None else await _schemas(body.schemas, tools),
        expires_at=body.expires_at,
        is_test=asker.is_test if body.test is None else body.test,
    )
    key, made = await ask_key(tools.sessions, asker, wish, pepper=tools.settings.key_pepper.get_secret_value())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/v1/keys/{key.prefix}"
    return _made_out(key, made, key.created_at)


@router.post(
    "/keys/{prefix}/rotate",
    status_code=201,
    summary="Remplacer une clé",
    responses=refusals(UnknownKey, KeyEnded, TooManyKeys),
)
async def post_rotation(
    prefix: Prefix,
    asker: KeyKeeper,
    tools: IngestTools,
    response: Response,
    overlap_hours: Annotated[
        float, Query(ge=0, le=MAX_OVERLAP_HOURS, description="Heures pendant lesquelles l'ancienne clé ouvre encore")
    ] = 24,
) -> RotatedKeyOut:
    """Une clé de mêmes droits et de même durée ; l'ancienne s'éteint à la fin du recouvrement, ou avant."""
    pepper = tools.settings.key_pepper.get_secret_value()
    overlap = timedelta(hours=overlap_hours)
    old, key, made = await rotate_key(tools.sessions, prefix, overlap=overlap, pepper=pepper, asker=asker)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/v1/keys/{key.prefix}"
    shown = _made_out(key, made, key.created_at)
    return RotatedKeyOut(**shown.model_dump(), replaces=key_out(old, key.created_at))


@router.delete("/keys/{prefix}", status_code=204, summary="Révoquer une clé", responses=refusals(UnknownKey))
async def delete_key(prefix: Prefix, asker: KeyKeeper, tools: IngestTools) -> None:
    """Tout de suite : la requête suivante avec cette clé est refusée. Une clé peut se révoquer elle-même."""
    await revoke_key(tools.sessions, prefix=prefix, asker=asker)


def _made_out(key: ApiKey, made: NewKey, now: datetime) -> MadeKeyOut:
    return MadeKeyOut.model_validate({**_shown(key, now), "key": made.text})


async def _now(session: AsyncSession) -> datetime:
    moment: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return moment


async def _sirens(numbers: Sequence[str], tools: Tools) -> list[str]:
    async with tools.sessions() as session:
        return [(await find_organisation(session, one)).siren for one in dict.fromkeys(numbers)]


async def _schemas(names: Sequence[str], tools: Tools) -> list[str]:
    async with tools.sessions() as session:
        for name in names:
            await know_schema(tools.registry, session, name, None)
    return [tools.registry.get(name).name for name in names]
