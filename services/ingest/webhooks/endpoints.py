"""Endpoints: who is told, where, of what. A key sees those that its own rights cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text
from sqlmodel import col

from services.ingest.auth import CurrentVendor
from services.ingest.webhooks.signature import new_salt
from services.ingest.webhooks.turns import disable
from shared.deposits import DATABASE_NOW
from shared.errors import NotFound, Refusal
from shared.fetch import AddressRefused, Door, FetchFailed, check_address
from shared.models import EndpointState, Vendor, WebhookEndpoint, WebhookSecret

MAX_ENDPOINTS = 20
"""Of one vendor."""


class EndpointRefused(Refusal):
    """Not an address that events may be sent to."""

    status = 400
    code = "webhook-address"
    title = "Adresse de webhook refusée"


class TooManyEndpoints(Refusal):
    """The vendor has as many as it may."""

    status = 409
    code = "webhook-limit"
    title = "Trop de webhooks"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a vendor says of an endpoint; in a change, None leaves a member as it is."""

    url: str | None = None
    description: str | None = None
    events: list[str] | None = None
    datasets: list[str] | None = None
    every_dataset: bool = False
    """In a change: no longer certain ones only."""


def visible(vendor: CurrentVendor) -> ColumnElement[bool]:
    """The endpoints that a key may know of: made with no more rights than it has."""
    conditions = [
        col(WebhookEndpoint.vendor_id) == vendor.id,
        col(WebhookEndpoint.is_test) == vendor.is_test,
        col(WebhookEndpoint.state) != EndpointState.REMOVED,
    ]
    for column, covered in (
        (col(WebhookEndpoint.organisations), vendor.organisations),
        (col(WebhookEndpoint.schemas), vendor.schemas),
    ):
        if covered is not None:
            conditions.append(column.contained_by(literal(sorted(covered), ARRAY(Text))))  # type: ignore[attr-defined]
    return and_(*conditions)


async def list_endpoints(session: AsyncSession, vendor: CurrentVendor) -> Sequence[WebhookEndpoint]:
    """All of them, the oldest first."""
    statement = select(WebhookEndpoint).where(visible(vendor)).order_by(col(WebhookEndpoint.created_at))
    return (await session.execute(statement)).scalars().all()


async def find_endpoint(
    session: AsyncSession, vendor: CurrentVendor, endpoint_id: UUID, *, locked: bool = False
) -> WebhookEndpoint:
    """Raises NotFound, for another's too."""
    statement = select(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id, visible(vendor))
    if locked:
        statement = statement.with_for_update(key_share=True)
    found: WebhookEndpoint | None = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound(
            f"Aucun de vos webhooks ne porte l'identifiant {endpoint_id}.",
            action="Vérifiez l'identifiant ; vos webhooks sont listés par GET /v1/webhooks.",
        )
    return found


async def check_url(url: str, *, door: Door) -> None:
    """Looks at the address as each delivery will again. Raises EndpointRefused."""
    try:
        await check_address(url, door=door)
    except (AddressRefused, FetchFailed) as error:
        reason = (
            error.detail if isinstance(error, AddressRefused) else f"L'adresse ne mène nulle part : {error.reason}."
        )
        raise EndpointRefused(
            reason, action="Donnez une adresse https:// publique, sans redirection, qui accepte POST."
        ) from None


async def create_endpoint(
    session: AsyncSession, vendor: CurrentVendor, wanted: Wanted
) -> tuple[WebhookEndpoint, WebhookSecret]:
    """With its first secret. The address has been checked. Raises TooManyEndpoints."""
    await session.execute(select(col(Vendor.id)).where(col(Vendor.id) == vendor.id).with_for_update(key_share=True))
    kept = select(func.count()).where(
        col(WebhookEndpoint.vendor_id) == vendor.id, col(WebhookEndpoint.state) != EndpointState.REMOVED
    )
    if (await session.execute(kept)).scalar_one() >= MAX_ENDPOINTS:
        raise TooManyEndpoints(
            f"Vous avez déjà {MAX_ENDPOINTS} webhooks.", action="Supprimez-en un, ou modifiez-en un par PATCH."
        )
    endpoint = WebhookEndpoint(
        vendor_id=vendor.id,
        url=wanted.url or "",
        description=wanted.description or "",
        events=wanted.events or ["*"],
        datasets=wanted.datasets,
        organisations=None if vendor.organisations is None else sorted(vendor.organisations),
        schemas=None if vendor.schemas is None else sorted(vendor.schemas),
        is_test=vendor.is_test,
    )
    session.add(endpoint)
    await session.flush()
    return endpoint, await _add_secret(session, endpoint.id)


async def change_endpoint(
    session: AsyncSession, endpoint: WebhookEndpoint, wanted: Wanted, *, enabled: bool | None
) -> None:
    """Change what `wanted` names; enable or disable. The endpoint is locked by this transaction."""
    named = {
        "url": wanted.url,
        "description": wanted.description,
        "events": wanted.events,
        "datasets": wanted.datasets,
    }
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if wanted.every_dataset:
        changes["datasets"] = None
    if enabled:
        changes |= {"state": EndpointState.ENABLED, "disabled_reason": None, "throttled_until": None}
    if changes:
        statement = update(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint.id).values(**changes)
        await session.execute(statement.execution_options(synchronize_session=False))
    if enabled is False:
        await disable(session, endpoint.id, None)
    await session.refresh(endpoint)


async def remove_endpoint(session: AsyncSession, endpoint: WebhookEndpoint) -> None:
    """Nothing more is sent to it; its log is forgotten with time. The endpoint is locked by this transaction."""
    await disable(session, endpoint.id, None, removed=True)


async def rotate_secret(session: AsyncSession, endpoint: WebhookEndpoint, *, overlap: timedelta) -> WebhookSecret:
    """A new secret; those before it sign along for `overlap`. The endpoint is locked by this transaction."""
    ends = DATABASE_NOW + overlap
    still = or_(col(WebhookSecret.expires_at).is_(None), col(WebhookSecret.expires_at) > ends)
    await session.execute(
        update(WebhookSecret)
        .where(col(WebhookSecret.endpoint_id) == endpoint.id, still)
        .values(expires_at=ends)
        .execution_options(synchronize_session=False)
    )
    return await _add_secret(session, endpoint.id)


async def _add_secret(session: AsyncSession, endpoint_id: UUID) -> WebhookSecret:
    secret = WebhookSecret(endpoint_id=endpoint_id, salt=new_salt())
    session.add(secret)
    await session.flush()
    return secret
