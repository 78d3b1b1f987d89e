"""Correct a file at once and keep nothing: what a vendor should have sent, before it deposits."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from services.validator.on_demand import Examined, TooManyValidations, ValidationFailed, examined
from services.validator.routes.asked import SchemaName
from services.validator.tools import Tools, ValidatorTools
from shared.blobs import CHUNK_BYTES
from shared.corrected import MEDIA_TYPE, write_corrected
from shared.errors import Refusal
from shared.registry import UnknownSchema, UnknownSchemaVersion
from shared.uploads import UPLOAD_BODY, UPLOAD_REFUSALS, open_upload
from shared.web import refusals

router = APIRouter(prefix="/v1")


class NothingToCorrect(Refusal):
    """Not every row and column of the file could be read."""

    status = 422
    code = "nothing-to-correct"
    title = "Rien à corriger"


@router.post(
    "/validations/corrected",
    tags=["Validation"],
    summary="Corriger un fichier sans le déposer",
    openapi_extra=UPLOAD_BODY,
    response_class=Response,
    responses=refusals(
        *UPLOAD_REFUSALS, UnknownSchema, UnknownSchemaVersion, TooManyValidations, ValidationFailed, NothingToCorrect
    )
    | {200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def post_corrected(
    request: Request,
    tools: ValidatorTools,
    schema: SchemaName,
    schema_version: Annotated[str | None, Query(description="Version du schéma ; la plus récente par défaut")] = None,
) -> StreamingResponse:
    """Le fichier tel qu'il aurait dû être envoyé : CSV, UTF-8, colonnes du schéma puis les vôtres. Rien n'est conservé.

    Ce qui n'a pas pu être corrigé y reste tel quel ; `X-Socle-Verdict` et `X-Socle-Corrections` disent ce qu'en pense
    le rapport, que donne `POST /v1/validations`.
    """
    limits = tools.settings
    upload = await open_upload(
        request, max_bytes=limits.max_validation_bytes, chunk_timeout_seconds=limits.chunk_timeout_seconds
    )
    async with examined(upload, schema=schema, schema_version=schema_version, tools=tools) as found:
        file = await _corrected(found, tools)
    headers = {
        "Content-Disposition": 'attachment; filename="corrige.csv"',
        "X-Content-Type-Options": "nosniff",
        "X-Socle-Verdict": found.report.verdict,
        "X-Socle-Corrections": str(found.report.stats.corrections),
    }
    return StreamingResponse(_chunks(file), media_type=MEDIA_TYPE, headers=headers)


async def _corrected(found: Examined, tools: Tools) -> BinaryIO:
    """The corrected file, open; it lives as long as it is read. Raises NothingToCorrect."""
    if found.table_path is None:
        raise NothingToCorrect(
            "Ce fichier n’a pas pu être lu en entier : il n’a pas de fichier corrigé.",
            action="Demandez le rapport par POST /v1/validations : il dit ce qui empêche la lecture.",
        )
    judged_by = found.report.judged_by
    schema = tools.registry.get(judged_by.name, judged_by.version)
    csv_path = found.table_path.with_name("corrected.csv")
    await asyncio.to_thread(
        write_corrected, found.table_path, csv_path, schema=schema, absent=found.report.header.missing
    )
    return await asyncio.to_thread(csv_path.open, "rb")


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
