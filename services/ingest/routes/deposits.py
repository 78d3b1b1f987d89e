"""Push a file, follow it, read its report, get the exact bytes back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
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
from services.ingest.idempotency import IDEMPOTENCY_REFUSALS, check_key
from services.ingest.organisations import UnknownOrganisation, find_organisation
from services.ingest.receive import DatasetOfAnother, Push, receive_deposit
from services.ingest.tools import IngestTools, UploadSlot
from shared.corrected import MEDIA_TYPE as CORRECTED_TYPE
from shared.db import reading
from shared.errors import NotFound, ServiceUnavailable
from shared.models import Corrections, DepositMode, DepositScope, DepositState
from shared.paging import Page, PageLinks, cursor_secret, decode_cursor, encode_cursor
from shared.registry import SchemaVersionChecksOnly, UnknownSchema, UnknownSchemaVersion
from shared.uploads import UPLOAD_BODY, UPLOAD_REFUSALS, open_upload
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Dépôts"], responses=refusals(*KEY_REFUSALS, ServiceUnavailable))

Organisation = Annotated[
    str, Query(description="SIREN, SIRET ou code INSEE de l'organisme", examples=["213103955"], min_length=1)
]
SchemaName = Annotated[
    str, Query(description="Nom du schéma, ou identifiant d'un jeu de données libre", examples=["scdl/deliberations"])
]


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
        UnknownSchema,
        UnknownSchemaVersion,
        SchemaVersionChecksOnly,
    ),
)
async def post_deposit(
    _slot: UploadSlot,  # first, so that a refusal for lack of room costs nothing
    request: Request,
    response: Response,
    vendor: Depositor,
    tools: IngestTools,
    organisation: Organisation,
    schema: SchemaName,
    schema_version: Annotated[str | None, Query(description="Version du schéma ; la plus récente par défaut")] = None,
    corrections: Annotated[
        Corrections, Query(description="« none » : juger le fichier à la lettre, sans rien corriger")
    ] = Corrections.ALL,
    mode: Annotated[
        DepositMode,
        Query(
            description="« replace » : les périodes du fichier sont remplacées ; « upsert » : ses lignes s'ajoutent "
            "ou prennent la place de celles de même identité ; « delete » : les lignes de même identité sont retirées"
        ),
    ] = DepositMode.REPLACE,
    slice_: Annotated[
        DepositScope,
        Query(alias="slice", description="« all », en mode « replace » : les périodes absentes du fichier sont vidées"),
    ] = DepositScope.PRESENT,
    idempotency_key: Annotated[str | None, Header(description="Identifiant de l'envoi, le même à chaque essai")] = None,
) -> DepositOut:
    """La réponse 202 est une promesse : les octets sont conservés et seront vérifiés quoi qu'il arrive ensuite."""
    if idempotency_key is not None:
        check_key(idempotency_key)
    push = Push(organisation, schema, schema_version, idempotency_key, corrections, mode, slice_)
    limits = tools.settings
    upload = await open_upload(
        request, max_bytes=limits.max_deposit_bytes, chunk_timeout_seconds=limits.chunk_timeout_seconds
    )
    received = await receive_deposit(vendor, push, upload, tools)
    response.headers["Location"] = f"/v1/deposits/{received.deposit.id}"
    response.headers["Retry-After"] = "1"
    if received.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return accepted_out(received.deposit, received.organisation)


@router.get("/deposits", summary="Lister ses dépôts", responses=refusals(UnknownOrganisation, UnknownSchema))
async def get_deposits(
    vendor: Reader,
    tools: IngestTools,
    request: Request,
    organisation: Annotated[str | None, Query(description="SIREN, SIRET ou code INSEE")] = None,
    schema: Annotated[str | None, Query(description="Nom du schéma")] = None,
    state: DepositState | None = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
) -> Page[DepositOut]:
    """Les plus récents d'abord."""
    secret = cursor_secret(tools.settings.key_pepper.get_secret_value())
    before = decode_cursor(cursor, secret=secret)["before"] if cursor else None
    async with reading(tools.sessions) as session:
        siren = None if organisation is None else (await find_organisation(session, organisation)).siren
        name = None if schema is None else tools.registry.get(schema).name
        wanted = DepositFilter(siren, name, state, before)
        data, following = await list_deposits(session, vendor, wanted, limit=limit)
    link = None
    if following is not None:
        next_cursor = encode_cursor({"before": following}, secret=secret)
        link = str(request.url.include_query_params(cursor=next_cursor).replace(scheme="", netloc=""))
    return Page(data=data, links=PageLinks(next=link), meta={"limit": limit})


@router.get("/deposits/{deposit_id}", summary="Suivre un dépôt", responses=refusals(NotFound))
async def get_deposit(deposit_id: UUID, vendor: Reader, tools: IngestTools) -> DepositOut:
    """Où en est le dépôt : son état, son parcours, son verdict, le jeu de données où il a été publié."""
    async with reading(tools.sessions) as session:
        deposit = await find_deposit(session, vendor, deposit_id)
        return (await describe(session, [deposit]))[0]


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
        "Content-Length": str(deposit.size_bytes),
        "X-Content-Type-Options": "nosniff",
    }
    content = tools.blobs.read(f"raw/{deposit.sha256}")
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
    table_of(report)  # refuses before the answer begins
    headers = {
        "Content-Disposition": f'attachment; filename="{deposit_id}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(corrected_file(report, tools), media_type=CORRECTED_TYPE, headers=headers)
