"""`/validate`, as Validata's API has it: what already calls Validata can call us by changing the address.

The verdict is to the letter, as Validata's is: nothing is corrected unless `ignore_header_case=true`. A schema is one
we know, by our name or by its address on schema.data.gouv.fr; its descriptor is never fetched.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.types import Message

from services.validator.on_demand import examined
from services.validator.routes.asked import EXAMINATION_REFUSALS
from services.validator.tools import Tools, ValidatorTools
from shared.blobs import CHUNK_BYTES
from shared.errors import InvalidParameter, Refusal
from shared.fetch import FETCH_REFUSALS, fetched
from shared.reports.render import Given, render
from shared.reports.wish import ReportFormat, Spoken, Wish
from shared.reports.words import Language
from shared.uploads import (
    MULTIPART_OVERHEAD_BYTES,
    UPLOAD_REFUSALS,
    Allowance,
    BodyEmpty,
    BodyTooLarge,
    MultipartInvalid,
    Upload,
)
from shared.web import refusals

router = APIRouter(tags=["Validata"])

SCHEMA_URL = re.compile(
    r"https://schema\.data\.gouv\.fr/(?:schemas/)?(?P<name>[\w.-]+/[\w.-]+)(?:/(?P<version>v?[\d.]+|latest))?"
    r"(?:/[\w.-]+\.json)?/?",
    re.ASCII,
)

FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "schema": {"type": "string", "description": "Comme le paramètre `schema` de GET."},
                        "file": {"type": "string", "format": "binary"},
                        "ignore_header_case": {"type": "boolean"},
                        "include_resource_data": {"type": "boolean"},
                    },
                    "required": ["schema", "file"],
                }
            }
        },
    }
}

ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`{schema, url, options, version, date, report}`, comme l'API de Validata.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}

_ERROR_TYPES = {
    "unknown-schema": "schema-error",
    "unknown-schema-version": "schema-error",
    "body-empty": "source-error",
    "address-refused": "source-error",
    "fetch-failed": "source-error",
    "fetch-too-large": "source-error",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    schema: str
    url: str | None
    ignore_header_case: bool
    language: Language

    @property
    def corrections(self) -> Literal["all", "none"]:
        return "all" if self.ignore_header_case else "none"


@router.get(
    "/validate",
    summary="Valider un fichier en ligne",
    response_class=Response,
    responses=refusals(*FETCH_REFUSALS, BodyEmpty, *EXAMINATION_REFUSALS) | ANSWER,
)
async def get_validate(
    tools: ValidatorTools,
    language: Spoken,
    schema: Annotated[str, Query(description="Nom d'un schéma, ou son adresse sur schema.data.gouv.fr")],
    url: Annotated[str, Query(description="Adresse https du fichier")],
    ignore_header_case: Annotated[
        bool, Query(description="true : lire le fichier avec toutes nos corrections")
    ] = False,
    include_resource_data: Annotated[bool, Query(description="Non proposé : toujours false")] = False,
) -> Response:
    """Le même contrôle qu'un dépôt avec `corrections=none`, dans la forme de réponse de Validata."""
    asked = _Asked(schema, url, ignore_header_case, language)
    with _told_as_validata_does():
        _refuse_data(include_resource_data)
        async with aclosing(_elsewhere(url, tools)) as chunks:
            return await _validate(Upload("", None, _not_empty(chunks)), asked, tools)


@router.post(
    "/validate",
    summary="Valider un fichier envoyé",
    response_class=Response,
    openapi_extra=FORM,
    responses=refusals(*UPLOAD_REFUSALS, *EXAMINATION_REFUSALS) | ANSWER,
)
async def post_validate(request: Request, tools: ValidatorTools, language: Spoken) -> Response:
    """Formulaire multipart : `schema` et `file`, comme l'API de Validata."""
    with _told_as_validata_does():
        received = _limited(request, tools)
        async with received.form(max_files=1, max_fields=10) as form:
            file, schema = form.get("file"), form.get("schema")
            if not isinstance(file, UploadFile) or not isinstance(schema, str):
                raise MultipartInvalid(
                    "Le formulaire n’a pas ses champs « schema » et « file ».",
                    action="Envoyez un formulaire multipart avec le nom du schéma et le fichier.",
                )
            _refuse_data(_is_true(form.get("include_resource_data")))
            asked = _Asked(schema, None, _is_true(form.get("ignore_header_case")), language)
            upload = Upload(file.content_type or "", file.filename, _not_empty(_chunks(file)))
            return await _validate(upload, asked, tools)


async def _validate(upload: Upload, asked: _Asked, tools: Tools) -> Response:
    name, version = known_schema(asked.schema)
    async with examined(
        upload, schema=name, schema_version=version, corrections=asked.corrections, tools=tools
    ) as found:
        report = found.report
    given = Given(
        schema_url=asked.schema,
        file_url=asked.url,
        options={"ignore_header_case": asked.ignore_header_case, "include_resource_data": False},
        media_type="application/json",
    )
    wish = Wish(ReportFormat.VALIDATA, asked.language, spreadsheet=False)
    return await render(report, wish, given, default=ReportFormat.VALIDATA)


def known_schema(asked: str) -> tuple[str, str | None]:
    """(name, version) of a schema named, or addressed on schema.data.gouv.fr; no version: the newest."""
    found = SCHEMA_URL.fullmatch(asked.strip())
    if found is None:
        return asked, None
    version = found["version"]
    return found["name"], None if version in (None, "latest") else version.removeprefix("v")


@contextmanager
def _told_as_validata_does() -> Iterator[None]:
    """Refusals carry `error: {message, type}` too."""
    try:
        yield
    except Refusal as refusal:
        kind = _ERROR_TYPES.get(refusal.code, "error")
        refusal.extensions["error"] = {"message": refusal.detail, "type": kind}
        raise


def _refuse_data(wanted: bool) -> None:
    if wanted:
        raise InvalidParameter(
            "include_resource_data",
            "La réponse ne contient jamais les données du fichier.",
            action="Retirez « include_resource_data ».",
        )


def _is_true(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() in ("true", "1", "yes", "on")


def _limited(request: Request, tools: Tools) -> Request:
    """The request, whose body stops at the limit."""
    limits, size_bytes = tools.settings, 0
    Allowance.of(request.scope).is_counted_by_route = True

    async def receive() -> Message:
        nonlocal size_bytes
        async with asyncio.timeout(limits.chunk_timeout_seconds):
            message = await request.receive()
        size_bytes += len(message.get("body", b""))
        if size_bytes > limits.max_validation_bytes + MULTIPART_OVERHEAD_BYTES:
            raise BodyTooLarge(
                f"Le fichier dépasse la taille maximale de {limits.max_validation_bytes} octets.",
                action="Découpez le fichier par période et validez chaque partie.",
                limit_bytes=limits.max_validation_bytes,
            )
        return message

    return Request(request.scope, receive)


async def _elsewhere(url: str, tools: Tools) -> AsyncGenerator[bytes, None]:
    """The file at an address, reached when its first chunk is asked for: once there is a place to examine it.

    What its server says of its encoding is left aside: it is more often a default than a fact.
    """
    async with fetched(url, door=tools.door, max_bytes=tools.settings.max_validation_bytes) as file:
        async for chunk in file.chunks:
            yield chunk


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk


async def _not_empty(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    is_empty = True
    async for chunk in chunks:
        is_empty = is_empty and not chunk
        yield chunk
    if is_empty:
        raise BodyEmpty("Le fichier est vide.", action="Vérifiez l’adresse ou le fichier envoyé.")
