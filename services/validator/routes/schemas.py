"""Read the schemas that files are judged against."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from services.validator.bodies import ProposalOut, SchemaSummaryOut, SchemaVersionOut, summary_out, version_out
from services.validator.on_demand import NotATable, TooManyValidations, ValidationFailed, proposed
from services.validator.tools import ValidatorTools
from shared.paging import Page, PageLinks
from shared.registry import UnknownSchema, UnknownSchemaVersion
from shared.uploads import UPLOAD_BODY, UPLOAD_REFUSALS, open_upload
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Schémas"])

SchemaPath = Annotated[str, Path(description="Nom du schéma", examples=["scdl/deliberations"])]


@router.post(
    "/schemas/infer",
    summary="Proposer un schéma d'après un fichier",
    openapi_extra=UPLOAD_BODY,
    responses=refusals(*UPLOAD_REFUSALS, NotATable, TooManyValidations, ValidationFailed),
)
async def post_infer(request: Request, tools: ValidatorTools) -> ProposalOut:
    """Pour créer un jeu de données libre : relisez `schema`, complétez-le (titres, `primaryKey`, contraintes), puis
    donnez-le à POST /v1/datasets. Prudent : ce qui a un zéro en tête ou le nom d'un code reste du texte. Rien n'est
    conservé."""
    limits = tools.settings
    upload = await open_upload(
        request, max_bytes=limits.max_validation_bytes, chunk_timeout_seconds=limits.chunk_timeout_seconds
    )
    return ProposalOut.model_validate(await proposed(upload, tools))


@router.get("/schemas", summary="Lister les schémas")
async def get_schemas(tools: ValidatorTools) -> Page[SchemaSummaryOut]:
    """Tous les schémas que ce service contrôle."""
    data = [summary_out(name, tools.registry) for name in tools.registry.names()]
    return Page(data=data, links=PageLinks(next=None), meta={"total": len(data)})


@router.get(
    "/schemas/{name:path}/versions/{version}",
    summary="Lire une version d'un schéma",
    responses=refusals(UnknownSchema, UnknownSchemaVersion),
)
async def get_schema_version(name: SchemaPath, version: str, tools: ValidatorTools) -> SchemaVersionOut:
    """Ses colonnes, ses contrôles, et ce que nous y ajoutons."""
    await tools.schemas.know(name, version)
    return version_out(tools.registry.get(name, version), tools.registry)


@router.get(
    "/schemas/{name:path}/versions",
    summary="Lister les versions d'un schéma",
    responses=refusals(UnknownSchema),
)
async def get_schema_versions(name: SchemaPath, tools: ValidatorTools) -> Page[SchemaVersionOut]:
    """De la plus ancienne à la plus récente."""
    await tools.schemas.know(name)
    registry = tools.registry
    data = [version_out(registry.get(name, version), registry) for version in registry.versions(name)]
    return Page(data=data, links=PageLinks(next=None), meta={"total": len(data)})


@router.get(
    "/schemas/{name:path}",
    summary="Lire un schéma",
    responses=refusals(UnknownSchema),
)
async def get_schema(name: SchemaPath, tools: ValidatorTools) -> SchemaVersionOut:
    """Sa version la plus récente, et la liste des autres."""
    await tools.schemas.know(name)
    return version_out(tools.registry.get(name), tools.registry)
