"""Decide about a deposit: confirm what is held, cancel what is not yet under way, try again what failed."""

from uuid import UUID

from fastapi import APIRouter

from services.ingest.auth import KEY_REFUSALS, Decider, NotHabilitated
from services.ingest.bodies import ConfirmIn, DepositOut
from services.ingest.decide import (
    NotCancellable,
    NotHeld,
    Reason,
    ReasonsDiffer,
    cancel_deposit,
    confirm_deposit,
    ring_on,
)
from services.ingest.follow import describe
from services.ingest.once import ONCE
from services.ingest.retry import NotFailed, retry_deposit
from services.ingest.tools import IngestTools
from shared.db import asking
from shared.deposits import VALIDATE
from shared.errors import NotFound, ServiceUnavailable
from shared.idempotency import IDEMPOTENCY_REFUSALS
from shared.models import Deposit
from shared.once import OnceRoute
from shared.web import refusals

router = APIRouter(
    prefix="/v1",
    tags=["Dépôts"],
    route_class=OnceRoute,
    dependencies=ONCE,
    responses=refusals(*KEY_REFUSALS, ServiceUnavailable, NotFound, *IDEMPOTENCY_REFUSALS),
)


@router.post(
    "/deposits/{deposit_id}/confirm",
    summary="Confirmer un dépôt retenu",
    responses=refusals(*KEY_REFUSALS, NotHabilitated, *IDEMPOTENCY_REFUSALS, NotHeld, ReasonsDiffer),
)
async def post_confirm(deposit_id: UUID, body: ConfirmIn, vendor: Decider, tools: IngestTools) -> DepositOut:
    """Le dépôt est publié à son tour. `reasons` reprend celles de `held.reasons`, à l'identique."""
    shown = [Reason(one.code, one.count, one.slice or "") for one in body.reasons]
    return await _answer(await confirm_deposit(tools.sessions, deposit_id, shown, vendor=vendor), tools)


@router.post(
    "/deposits/{deposit_id}/cancel",
    summary="Annuler un dépôt",
    responses=refusals(*IDEMPOTENCY_REFUSALS, NotCancellable),
)
async def post_cancel(deposit_id: UUID, vendor: Decider, tools: IngestTools) -> DepositOut:
    """Possible tant que le dépôt est « received » ou « held » ; ce qui est publié ne change pas."""
    return await _answer(await cancel_deposit(tools.sessions, deposit_id, vendor=vendor), tools)


@router.post(
    "/deposits/{deposit_id}/retry",
    summary="Reprendre un dépôt en échec",
    responses=refusals(*KEY_REFUSALS, NotHabilitated, *IDEMPOTENCY_REFUSALS, NotFailed),
)
async def post_retry(deposit_id: UUID, vendor: Decider, tools: IngestTools) -> DepositOut:
    """Possible quand le dépôt est « failed » : les mêmes octets sont vérifiés et publiés à leur rang d'arrivée, sans
    être envoyés de nouveau. Demande d'être encore habilité."""
    deposit = await retry_deposit(tools.sessions, deposit_id, vendor=vendor)
    await tools.queue.ring(VALIDATE, deposit.id)
    return await _answer(deposit, tools)


async def _answer(deposit: Deposit, tools: IngestTools) -> DepositOut:
    await ring_on(tools.sessions, tools.queue, deposit)
    async with asking(tools.sessions) as session:
        return await describe(session, deposit.id)
