"""Validate on demand. Open to anyone within limits, nothing kept."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.validator.on_demand import Examined, context_of, examined
from services.validator.routes.asked import (
    EXAMINATION_REFUSALS,
    AskedCorrections,
    AskedMode,
    AskedOrganisation,
    SchemaName,
    SchemaVersionAsked,
)
from services.validator.territories import OrganisationNotFound
from services.validator.tools import ValidatorTools
from shared.blobs import BlobMissing, read_bytes
from shared.errors import NotFound
from shared.models import Corrections, DepositMode
from shared.reports.links import LinkExpired, read_link
from shared.reports.paged import MAX_PAGE_LIMIT, PAGE_LIMIT
from shared.reports.render import Given, render
from shared.reports.shape import ReportOut
from shared.reports.wish import MEDIA_TYPES, NotAcceptable, ReportFormat, Wished
from shared.reports.words import Language
from shared.uploads import UPLOAD_BODY, UPLOAD_REFUSALS, Upload, open_upload
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Validation"])

XLSX = MEDIA_TYPES[ReportFormat.XLSX]

RENDERINGS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Le rapport, dans le format demandé.",
        "content": {
            "text/html": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
            MEDIA_TYPES[ReportFormat.VALIDATA]: {"schema": {"type": "object"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "/validations",
    summary="Valider un fichier sans le déposer",
    openapi_extra=UPLOAD_BODY,
    response_model=ReportOut,
    responses=refusals(*UPLOAD_REFUSALS, *EXAMINATION_REFUSALS, NotAcceptable, OrganisationNotFound) | RENDERINGS,
)
async def post_validation(
    request: Request,
    tools: ValidatorTools,
    wish: Wished,
    schema: SchemaName,
    schema_version: SchemaVersionAsked = None,
    corrections: AskedCorrections = Corrections.ALL,
    mode: AskedMode = DepositMode.REPLACE,
    organisation: AskedOrganisation = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_PAGE_LIMIT, description="Nombre de constats de la réponse JSON")
    ] = PAGE_LIMIT,
) -> Response:
    """Le rapport qu'aurait le même fichier déposé. Rien n'est conservé."""
    limits = tools.settings
    upload = await open_upload(
        request, max_bytes=limits.max_validation_bytes, chunk_timeout_seconds=limits.chunk_timeout_seconds
    )
    annotate_in = wish.language if wish.format is ReportFormat.XLSX else None
    async with examined(
        upload,
        schema=schema,
        schema_version=schema_version,
        corrections=corrections.value,
        annotate_in=annotate_in,
        context=await context_of(organisation, tools),
        mode=mode.value,
        tools=tools,
    ) as found:
        if annotate_in is not None:
            return await annotated(found, annotate_in)
    return await render(found.report, wish, Given(limit=limit), default=ReportFormat.JSON)


@router.get(
    "/annotated/{token}",
    summary="Télécharger un tableau annoté",
    response_class=Response,
    responses=refusals(NotFound, LinkExpired, *EXAMINATION_REFUSALS)
    | {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_annotated(
    token: Annotated[str, Path(description="Donné par GET /v1/deposits/{id}/report?format=xlsx", max_length=4096)],
    tools: ValidatorTools,
) -> Response:
    """Le tableau déposé, ses cellules en cause colorées et commentées, et la liste des constats."""
    values = read_link(token, purpose="annotated", key_pepper=tools.settings.key_pepper.get_secret_value())
    upload = Upload(values["type"], None, tools.blobs.read(values["file"]))
    try:
        report = await read_bytes(tools.blobs, values["report"])
        async with examined(
            upload,
            schema=values["schema"],
            schema_version=values["version"],
            corrections=values["corrections"],
            annotate_in=values["lang"],
            judged=report,
            tools=tools,
        ) as found:
            return await annotated(found, values["lang"])
    except BlobMissing:
        raise NotFound(
            "Le fichier déposé n’est plus conservé : il ne peut plus être annoté.",
            action="Les autres formats du rapport restent disponibles.",
        ) from None


async def annotated(found: Examined, language: Language) -> Response:
    """The annotated table of a file examined with `annotate_in`."""
    content = await asyncio.to_thread(found.annotated_path.read_bytes) if found.annotated_path else b""
    headers = {
        "Content-Disposition": 'attachment; filename="rapport.xlsx"',
        "Content-Language": language,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=XLSX, headers=headers)
