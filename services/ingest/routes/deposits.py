"""Push a file, follow it, read its report, get the exact bytes back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from services.ingest.auth import KEY_REFUSALS, Depositor, NotHabilitated, Reader
from services.ingest.bodies import DepositOut, accepted_out
from services.ingest.corrected import NoCorrectedFile, corrected_file, table_of
from services.ingest.follow import (
    DepositFilter,
    ReportNotReady,
    describe,
    find_deposit,
    find_report,
    list_deposits,
)
from services.ingest.idempotency import IDEMPOTENCY_REFUSALS
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.preconditions import BaseVersionMoved, BaseVersionRequired
from services.ingest.receive import DatasetOfAnother, receive_deposit
from services.ingest.routes.pushing import ExternalId, Pushed, Wait
from services.ingest.tools import IngestTools, UploadSlot
from services.ingest.waiting import wished_wait
from shared.corrected import MEDIA_TYPE as CORRECTED_TYPE
from shared.db import asking, reading
from shared.digests import content_digest
from shared.errors import NotFound, ServiceUnavailable
from shared.models import DepositState
from shared.paging import Page, PageLinks, cursor_secret, decode_cursor, encode_cursor
from shared.places import place_of
from shared.registry import SchemaVersionChecksOnly, UnknownSchema, UnknownSchemaVersion
from shared.uploads import UPLOAD_BODY, UPLOAD_REFUSALS, open_upload
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Dépôts"], responses=refusals(*KEY_REFUSALS, ServiceUnavailable))


@router.post(
    "/deposits",
    status_code=202,
    summary="Déposer un fichier",
    openapi_extra=UPLOAD_BODY,
    responses=refusals(
        *UPLOAD_REFUSALS,
        *IDEMPOTENCY_REFUSALS,
        NotHabilitated,
        UnknownOrganisation,
        DatasetOfAnother,
        BaseVersionMoved,
        BaseVersionRequired,
        UnknownSchema,
        UnknownSchemaVersion,
        SchemaVersionChecksOnly,
    )
    | {201: {"model": DepositOut, "description": "Avec `Prefer: wait=N` : le dépôt a fini à temps (ou est retenu)."}},
)
async def post_deposit(
    slot: UploadSlot,  # first, so that a refusal for lack of room costs nothing
    request: Request,
    response: Response,
    vendor: Depositor,
    tools: IngestTools,
    push: Pushed,
    prefer: Wait = None,
) -> DepositOut:
    """La réponse 202 est une promesse : les octets sont conservés et seront vérifiés quoi qu'il arrive ensuite."""
    limits = tools.settings
    upload = await open_upload(
        request, max_bytes=limits.max_deposit_bytes, chunk_timeout_seconds=limits.chunk_timeout_seconds
    )
    received = await receive_deposit(vendor, push, upload, tools)
    slot.leave()  # whoever waits now holds nobody else up
    response.headers["Location"] = f"/v1/deposits/{received.deposit.id}"
    if received.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    seconds = wished_wait(prefer, most_seconds=limits.max_wait_seconds)
    if not await tools.endings.came(received.deposit.id, tools.sessions, seconds=seconds):
        response.headers["Retry-After"] = "1"
        return accepted_out(received.deposit, received.organisation)
    response.status_code = 201
    response.headers["Preference-Applied"] = f"wait={seconds}"
    return await get_deposit(received.deposit.id, vendor, tools)


@router.get("/deposits", summary="Lister ses dépôts", responses=refusals(UnknownOrganisation, UnknownSchema))
async def get_deposits(
    vendor: Reader,
    tools: IngestTools,
    request: Request,
    organisation: Annotated[str | None, Query(description="SIREN, SIRET ou code INSEE")] = None,
    schema: Annotated[str | None, Query(description="Nom du schéma")] = None,
    state: DepositState | None = None,
    external_id: ExternalId = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
) -> Page[DepositOut]:
    """Les plus récents d'abord."""
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    before = decode_cursor(cursor, secret=secret)["before"] if cursor else None
    async with reading(tools.sessions) as session:
        siren = None if organisation is None else (await find_organisation(session, organisation)).siren
        name = None if schema is None else tools.registry.get(schema).name
        wanted = DepositFilter(siren, name, state, external_id, before)
        data, following = await list_deposits(session, vendor, wanted, limit=limit)
    link = None
    if following is not None:
        next_cursor = encode_cursor({"before": following}, secret=secret)
        link = str(request.url.include_query_params(cursor=next_cursor).replace(scheme="", netloc=""))
    return Page(data=data, links=PageLinks(next=link), meta={"limit": limit})


@router.get("/deposits/{deposit_id}", summary="Suivre un dépôt", responses=refusals(NotFound))
async def get_deposit(deposit_id: UUID, vendor: Reader, tools: IngestTools) -> DepositOut:
    """Où en est le dépôt : son état, son parcours, son verdict, le jeu de données où il a été publié."""
    async with asking(tools.sessions) as session:
        return await describe(session, deposit_id, vendor)


@router.get(
    "/deposits/{deposit_id}/file",
    summary="Récupérer le fichier déposé",
    response_class=Response,
    responses=refusals(NotFound)
    | {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_file(deposit_id: UUID, vendor: Reader, tools: IngestTools) -> StreamingResponse:
    """Les octets exacts de l'envoi."""
    async with reading(tools.sessions) as session:
        deposit = await find_deposit(session, vendor, deposit_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{deposit.id}"',
        "Content-Digest": content_digest(deposit.sha256),
        "Content-Length": str(deposit.size_bytes),
        "X-Content-Type-Options": "nosniff",
    }
    content = tools.blobs.read(place_of("raw", deposit).name(deposit.sha256))
    return StreamingResponse(content, media_type="application/octet-stream", headers=headers)


@router.get(
    "/deposits/{deposit_id}/corrected",
    summary="Récupérer le fichier corrigé",
    response_class=Response,
    responses=refusals(NotFound, ReportNotReady, NoCorrectedFile)
    | {200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_corrected(deposit_id: UUID, vendor: Reader, tools: IngestTools) -> StreamingResponse:
    """Votre fichier tel qu'il aurait dû être envoyé : colonnes du schéma puis les vôtres, valeurs corrigées.

    Ce qui n'a pas pu être corrigé y reste tel quel.
    """
    async with reading(tools.sessions) as session:
        report = await find_report(session, vendor, deposit_id)
        deposit = await find_deposit(session, vendor, deposit_id)
    table_of(deposit, report)  # refuses before the answer begins
    headers = {
        "Content-Disposition": f'attachment; filename="{deposit_id}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(corrected_file(deposit, report, tools), media_type=CORRECTED_TYPE, headers=headers)
