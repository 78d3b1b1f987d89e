"""Validate on demand; read the schemas. Open to anyone within limits, nothing kept."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from services.validator.bodies import SchemaSummaryOut, SchemaVersionOut, summary_out, version_out
from services.validator.on_demand import TooManyValidations, ValidationFailed, validate_upload
from services.validator.report import ReportOut
from services.validator.tools import ValidatorTools
from shared.models import Corrections
from shared.paging import Page, PageLinks
from shared.registry import UnknownSchema, UnknownSchemaVersion
from shared.uploads import UPLOAD_REFUSALS, open_upload
from shared.web import refusals

router = APIRouter(prefix="/v1")

BODY = {
    "requestBody": {
        "required": True,
        "description": "Le fichier, tel quel ou en multipart (un seul fichier).",
        "content": {
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}

SchemaName = Annotated[str, Query(description="Nom du schéma", examples=["scdl/deliberations"])]
AskedCorrections = Annotated[
    Corrections, Query(description="« none » : juger le fichier à la lettre, sans rien corriger")
]
SchemaPath = Annotated[str, Path(description="Nom du schéma", examples=["scdl/deliberations"])]


@router.post(
    "/validations",
    tags=["Validation"],
    summary="Valider un fichier sans le déposer",
    openapi_extra=BODY,
    responses=refusals(*UPLOAD_REFUSALS, UnknownSchema, UnknownSchemaVersion, TooManyValidations, ValidationFailed),
)
async def post_validation(
    request: Request,
    tools: ValidatorTools,
    schema: SchemaName,
    schema_version: Annotated[str | None, Query(description="Version du schéma ; la plus récente par défaut")] = None,
    corrections: AskedCorrections = Corrections.ALL,
) -> ReportOut:
    """Le rapport qu'aurait le même fichier déposé. Rien n'est conservé."""
    limits = tools.settings
    upload = await open_upload(
        request, max_bytes=limits.max_validation_bytes, chunk_timeout_seconds=limits.chunk_timeout_seconds
    )
    return await validate_upload(
        upload, schema=schema, schema_version=schema_version, corrections=corrections.value, tools=tools
    )


@router.get("/schemas", tags=["Schémas"], summary="Lister les schémas")
async def get_schemas(tools: ValidatorTools) -> Page[SchemaSummaryOut]:
    """Tous les schémas que ce service contrôle."""
    data = [summary_out(name, tools.registry) for name in tools.registry.names()]
    return Page(data=data, links=PageLinks(next=None), meta={"total": len(data)})


@router.get(
    "/schemas/{name:path}/versions/{version}",
    tags=["Schémas"],
    summary="Lire une version d'un schéma",
    responses=refusals(UnknownSchema, UnknownSchemaVersion),
)
async def get_schema_version(name: SchemaPath, version: str, tools: ValidatorTools) -> SchemaVersionOut:
    """Ses colonnes, ses contrôles, et ce que nous y ajoutons."""
    return version_out(tools.registry.get(name, version), tools.registry)


@router.get(
    "/schemas/{name:path}/versions",
    tags=["Schémas"],
    summary="Lister les versions d'un schéma",
    responses=refusals(UnknownSchema),
)
async def get_schema_versions(name: SchemaPath, tools: ValidatorTools) -> Page[SchemaVersionOut]:
    """De la plus ancienne à la plus récente."""
    registry = tools.registry
    data = [version_out(registry.get(name, version), registry) for version in registry.versions(name)]
    return Page(data=data, links=PageLinks(next=None), meta={"total": len(data)})


@router.get(
    "/schemas/{name:path}",
    tags=["Schémas"],
    summary="Lire un schéma",
    responses=refusals(UnknownSchema),
)
async def get_schema(name: SchemaPath, tools: ValidatorTools) -> SchemaVersionOut:
    """Sa version la plus récente, et la liste des autres."""
    return version_out(tools.registry.get(name), tools.registry)
