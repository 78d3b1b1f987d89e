"""Say where events are sent, look at what was sent, send it again."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.ingest.auth import KEY_REFUSALS, CurrentVendor, key_for
from services.ingest.once import ONCE
from services.ingest.tools import IngestTools
from services.ingest.webhooks.bodies import (
    DeliveryOut,
    ReplayedOut,
    ReplayIn,
    SecretOut,
    WebhookChange,
    WebhookCreatedOut,
    WebhookIn,
    WebhookOut,
    created_out,
    delivery_out,
    webhook_out,
)
from services.ingest.webhooks.courier import webhook_door
from services.ingest.webhooks.endpoints import (
    EndpointRefused,
    TooManyEndpoints,
    Wanted,
    change_endpoint,
    check_url,
    create_endpoint,
    find_endpoint,
    list_endpoints,
    remove_endpoint,
    rotate_secret,
)
from services.ingest.webhooks.journal import (
    MAX_REPLAYED,
    EndpointDisabled,
    list_deliveries,
    replay_delivery,
    replay_since,
    send_test,
)
from services.ingest.webhooks.signature import derive_secret, shown
from shared.audit import actor_of, audit
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.idempotency import IDEMPOTENCY_REFUSALS
from shared.models import DeliveryState, KeyAction, WebhookSecret
from shared.once import OnceRoute
from shared.paging import Page, PageLinks, cursor_secret, decode_cursor, encode_cursor
from shared.web import refusals

router = APIRouter(
    prefix="/v1", tags=["Webhooks"], route_class=OnceRoute, responses=refusals(*KEY_REFUSALS, ServiceUnavailable)
)
# Answers that show a secret are not kept under an Idempotency-Key.

Keeper = Annotated[CurrentVendor, Depends(key_for(KeyAction.WEBHOOKS))]


@router.post(
    "/webhooks", status_code=201, summary="Créer un webhook", responses=refusals(EndpointRefused, TooManyEndpoints)
)
async def post_webhook(body: WebhookIn, vendor: Keeper, tools: IngestTools) -> WebhookCreatedOut:
    """Vos événements sont envoyés à cette adresse, signés selon Standard Webhooks. Le secret n'est montré qu'ici.

    Une clé limitée à des organismes ou à des schémas n'entend que ce qui les concerne ; une clé d'essai, que le bac à
    sable.
    """
    await check_url(body.url, door=webhook_door(local=tools.settings.webhook_local))
    wanted = Wanted(body.url, body.description, [str(one) for one in body.events], body.datasets)
    async with tools.sessions.begin() as session:
        endpoint, secret = await create_endpoint(session, vendor, wanted)
        await audit(session, actor=actor_of(vendor), action="webhook.create", subject=f"webhook {endpoint.id}")
    return created_out(endpoint, _shown(secret, tools))


@router.get("/webhooks", summary="Lister ses webhooks")
async def get_webhooks(vendor: Keeper, tools: IngestTools) -> Page[WebhookOut]:
    """Ceux que cette clé couvre, les plus anciens d'abord."""
    async with reading(tools.sessions) as session:
        found = await list_endpoints(session, vendor)
    return Page(data=[webhook_out(one) for one in found], links=PageLinks(next=None))


@router.get("/webhooks/{webhook_id}", summary="Lire un webhook", responses=refusals(NotFound))
async def get_webhook(webhook_id: UUID, vendor: Keeper, tools: IngestTools) -> WebhookOut:
    """Son état : `disabled` avec une raison s'il a été désactivé (réponse 410, ou plus aucune livraison réussie)."""
    async with reading(tools.sessions) as session:
        return webhook_out(await find_endpoint(session, vendor, webhook_id))


@router.patch(
    "/webhooks/{webhook_id}",
    summary="Modifier un webhook",
    dependencies=ONCE,
    responses=refusals(NotFound, EndpointRefused, *IDEMPOTENCY_REFUSALS),
)
async def patch_webhook(webhook_id: UUID, body: WebhookChange, vendor: Keeper, tools: IngestTools) -> WebhookOut:
    """Les membres envoyés changent. Ce qui est arrivé pendant qu'il était désactivé se renvoie par `…/replay`."""
    if body.url is not None:
        await check_url(body.url, door=webhook_door(local=tools.settings.webhook_local))
    events = None if body.events is None else [str(one) for one in body.events]
    every = "datasets" in body.model_fields_set and body.datasets is None
    wanted = Wanted(body.url, body.description, events, body.datasets, every)
    async with tools.sessions.begin() as session:
        endpoint = await find_endpoint(session, vendor, webhook_id, locked=True)
        await change_endpoint(session, endpoint, wanted, enabled=body.enabled)
        detail = {"changed": sorted(body.model_fields_set)}
        await audit(
            session, actor=actor_of(vendor), action="webhook.change", subject=f"webhook {webhook_id}", detail=detail
        )
    return webhook_out(endpoint)


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=204,
    summary="Supprimer un webhook",
    dependencies=ONCE,
    responses=refusals(NotFound, *IDEMPOTENCY_REFUSALS),
)
async def delete_webhook(webhook_id: UUID, vendor: Keeper, tools: IngestTools) -> None:
    """Plus rien ne lui est envoyé, y compris ce qui attendait."""
    async with tools.sessions.begin() as session:
        endpoint = await find_endpoint(session, vendor, webhook_id, locked=True)
        await remove_endpoint(session, endpoint)
        await audit(session, actor=actor_of(vendor), action="webhook.delete", subject=f"webhook {webhook_id}")


@router.post(
    "/webhooks/{webhook_id}/rotate", status_code=201, summary="Changer le secret", responses=refusals(NotFound)
)
async def post_rotate(
    webhook_id: UUID,
    vendor: Keeper,
    tools: IngestTools,
    overlap_hours: Annotated[int, Query(ge=0, le=168, description="Durée où l'ancien secret signe aussi")] = 24,
) -> SecretOut:
    """Un nouveau secret, montré cette seule fois. Pendant le recouvrement chaque envoi porte les deux signatures."""
    overlap = timedelta(hours=overlap_hours)
    async with tools.sessions.begin() as session:
        endpoint = await find_endpoint(session, vendor, webhook_id, locked=True)
        secret = await rotate_secret(session, endpoint, overlap=overlap)
        await session.refresh(secret)
        await audit(session, actor=actor_of(vendor), action="webhook.rotate", subject=f"webhook {webhook_id}")
    return SecretOut(secret=_shown(secret, tools), former_until=secret.created_at + overlap)


@router.post(
    "/webhooks/{webhook_id}/test",
    status_code=202,
    summary="Essayer un webhook",
    dependencies=ONCE,
    responses=refusals(NotFound, EndpointDisabled, *IDEMPOTENCY_REFUSALS),
)
async def post_test(webhook_id: UUID, vendor: Keeper, tools: IngestTools) -> DeliveryOut:
    """Un événement `webhook.test` part aussitôt, quels que soient les filtres ; le journal dit ce qu'il est devenu."""
    async with tools.sessions.begin() as session:
        endpoint = await find_endpoint(session, vendor, webhook_id)
        logged = await send_test(session, endpoint)
        await audit(session, actor=actor_of(vendor), action="webhook.test", subject=f"webhook {webhook_id}")
    return delivery_out(logged)


@router.get("/webhooks/{webhook_id}/deliveries", summary="Lire le journal d'un webhook", responses=refusals(NotFound))
async def get_deliveries(
    webhook_id: UUID,
    vendor: Keeper,
    tools: IngestTools,
    request: Request,
    state: DeliveryState | None = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Page[DeliveryOut]:
    """Les livraisons et leurs essais, les plus récentes d'abord."""
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    before = decode_cursor(cursor, secret=secret)["delivery"] if cursor else None
    async with reading(tools.sessions) as session:
        endpoint = await find_endpoint(session, vendor, webhook_id)
        found, following = await list_deliveries(session, endpoint, state=state, before=before, limit=limit)
    link = None
    if following is not None:
        next_cursor = encode_cursor({"delivery": following}, secret=secret)
        link = str(request.url.include_query_params(cursor=next_cursor).replace(scheme="", netloc=""))
    return Page(data=[delivery_out(one) for one in found], links=PageLinks(next=link), meta={"limit": limit})


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    summary="Renvoyer un événement",
    dependencies=ONCE,
    responses=refusals(NotFound, EndpointDisabled, *IDEMPOTENCY_REFUSALS),
)
async def post_delivery_replay(webhook_id: UUID, delivery_id: UUID, vendor: Keeper, tools: IngestTools) -> DeliveryOut:
    """Une nouvelle livraison du même événement, sous le même `webhook-id`."""
    async with tools.sessions.begin() as session:
        endpoint = await find_endpoint(session, vendor, webhook_id)
        logged = await replay_delivery(session, endpoint, delivery_id)
        await audit(session, actor=actor_of(vendor), action="webhook.replay", subject=f"webhook {webhook_id}")
    return delivery_out(logged)


@router.post(
    "/webhooks/{webhook_id}/replay",
    status_code=202,
    summary="Renvoyer les événements depuis une date",
    dependencies=ONCE,
    responses=refusals(NotFound, EndpointDisabled, *IDEMPOTENCY_REFUSALS),
)
async def post_replay(webhook_id: UUID, body: ReplayIn, vendor: Keeper, tools: IngestTools) -> ReplayedOut:
    """Ce que le webhook a manqué, y compris pendant qu'il était désactivé, dans l'ordre où c'est arrivé."""
    async with tools.sessions.begin() as session:
        endpoint = await find_endpoint(session, vendor, webhook_id, locked=True)
        count = await replay_since(session, endpoint, body.since, every=body.only == "all")
        detail = {"since": body.since.isoformat(), "events": count}
        await audit(
            session, actor=actor_of(vendor), action="webhook.replay", subject=f"webhook {webhook_id}", detail=detail
        )
    return ReplayedOut(replayed=count, more=count == MAX_REPLAYED)


def _shown(secret: WebhookSecret, tools: IngestTools) -> str:
    return shown(derive_secret(secret.salt, tools.settings.key_pepper.get_secret_value()))
