"""Read the report of a deposit: in several formats, in pages, through a link that needs no key."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from services.ingest.auth import KEY_REFUSALS, Reader
from services.ingest.follow import ReportNotReady
from services.ingest.once import ONCE
from services.ingest.readable import ReadableRoute, readable_refusals
from services.ingest.reports import give_report, report_of_link, report_of_vendor, secret_of, stored_report
from services.ingest.tools import IngestTools
from shared.audit import actor_of, audit_deposit
from shared.errors import NotFound, ServiceUnavailable
from shared.idempotency import IDEMPOTENCY_REFUSALS
from shared.once import OnceRoute
from shared.paging import Page, PageLinks
from shared.reports.links import LinkExpired, read_link, sign_link
from shared.reports.paged import (
    MAX_PAGE_LIMIT,
    PAGE_LIMIT,
    FindingFilter,
    decode_position,
    encode_position,
    page_of,
)
from shared.reports.reword import worded
from shared.reports.shape import FindingOut, ReportOut, report_schema
from shared.reports.wish import MEDIA_TYPES, NotAcceptable, ReportFormat, Spoken, Wished
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Rapports"], route_class=OnceRoute, responses=refusals(ServiceUnavailable))
for_people = APIRouter(route_class=ReadableRoute)

RENDERINGS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Le rapport, dans le format demandé.",
        "content": {
            "text/html": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
            MEDIA_TYPES[ReportFormat.VALIDATA]: {"schema": {"type": "object"}},
        },
    },
}

ANNOTATED: dict[int | str, dict[str, Any]] = {
    303: {"description": "`format=xlsx` : votre tableau annoté est à l'adresse `Location`."}
}

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE_LIMIT, description="Nombre de constats de la réponse JSON")]


class LinkOut(BaseModel):
    """An address to share."""

    href: str
    expires_at: datetime


@router.get(
    "/deposits/{deposit_id}/report",
    summary="Lire le rapport de validation",
    response_model=ReportOut,
    responses=refusals(*KEY_REFUSALS, NotFound, ReportNotReady, NotAcceptable) | RENDERINGS | ANNOTATED,
)
async def get_report(
    deposit_id: UUID, vendor: Reader, tools: IngestTools, wish: Wished, limit: Limit = PAGE_LIMIT
) -> Response:
    """Chaque constat dit quoi, où (ligne et colonne de votre fichier), ce qui est attendu et comment corriger."""
    found = await report_of_vendor(vendor, deposit_id, tools)
    return await give_report(found, wish, tools, path=f"/v1/deposits/{deposit_id}/report", limit=limit)


@router.get(
    "/deposits/{deposit_id}/report/findings",
    summary="Parcourir les constats d'un rapport",
    responses=refusals(*KEY_REFUSALS, NotFound, ReportNotReady),
)
async def get_findings(
    deposit_id: UUID,
    vendor: Reader,
    tools: IngestTools,
    request: Request,
    lang: Spoken,
    severity: Annotated[Literal["error", "warning", "info"] | None, Query(description="Gravité")] = None,
    code: Annotated[str | None, Query(description="Code du constat", examples=["date-format"])] = None,
    column: Annotated[str | None, Query(description="Nom de la colonne")] = None,
    cursor: Annotated[str | None, Query(description="Donné par links.next")] = None,
    limit: Limit = PAGE_LIMIT,
) -> Page[FindingOut]:
    """Dans l'ordre du fichier. `meta.counted` les compte tous ; `meta.truncated` dit s'il en manque dans la liste."""
    found = await report_of_vendor(vendor, deposit_id, tools)
    sha256, secret = found.figures.report_sha256, secret_of(tools)
    start = decode_position(cursor, sha256, secret=secret)
    report = worded(await stored_report(found, tools), lang)
    page = page_of(report, FindingFilter(severity, code, column), start=start, limit=limit)
    following = None
    if page.following is not None:
        position = encode_position(page.following, sha256, secret=secret)
        following = str(request.url.include_query_params(cursor=position).replace(scheme="", netloc=""))
    meta = {
        "limit": limit,
        "counted": page.counted,
        "listed": page.listed,
        "truncated": page.listed < page.counted,
        "language": lang,
    }
    return Page(data=list(page.findings), links=PageLinks(next=following), meta=meta)


@router.post(
    "/deposits/{deposit_id}/report/link",
    status_code=201,
    summary="Partager un rapport",
    dependencies=ONCE,
    responses=refusals(*KEY_REFUSALS, NotFound, ReportNotReady, *IDEMPOTENCY_REFUSALS),
)
async def post_link(
    deposit_id: UUID,
    vendor: Reader,
    tools: IngestTools,
    days: Annotated[int | None, Query(ge=1, le=365, description="Durée du lien, en jours")] = None,
    table: Annotated[bool, Query(description="true : le lien donne aussi le tableau déposé, annoté")] = False,
) -> LinkOut:
    """Un lien que l'on ouvre sans clé, pour la collectivité ou un collègue : le rapport, et le tableau si `table`."""
    found = await report_of_vendor(vendor, deposit_id, tools)
    token, until = sign_link(
        {"deposit": str(deposit_id), "table": table},
        purpose="report",
        key_pepper=tools.settings.key_pepper.get_secret_value(),
        lasting=timedelta(days=days or tools.settings.report_link_days),
    )
    async with tools.sessions.begin() as session:
        shared = {"until": until.isoformat(), "table": table}
        await audit_deposit(session, found.deposit, actor=actor_of(vendor), action="report.share", detail=shared)
    root = tools.settings.public_url.rstrip("/")
    return LinkOut(href=f"{root}/v1/reports/{token}", expires_at=until)


@router.get("/reports/schema", summary="Lire la forme d'un rapport")
async def get_report_schema() -> dict[str, Any]:
    """Le JSON Schema (2020-12) d'un rapport : les rapports de toutes les installations le respectent."""
    return report_schema()


@for_people.get(
    "/reports/{token}",
    summary="Ouvrir un rapport partagé",
    response_model=ReportOut,
    responses=readable_refusals(NotFound, LinkExpired, NotAcceptable) | RENDERINGS | ANNOTATED,
)
async def get_shared_report(
    token: Annotated[str, Path(description="Donné par POST /v1/deposits/{id}/report/link", max_length=4096)],
    tools: IngestTools,
    wish: Wished,
    limit: Limit = PAGE_LIMIT,
) -> Response:
    """Une page web, sans clé ; les autres formats par `?format=`."""
    pepper = tools.settings.key_pepper.get_secret_value()
    link = read_link(token, purpose="report", key_pepper=pepper)
    found = await report_of_link(UUID(link["deposit"]), tools)
    return await give_report(found, wish, tools, path=f"/v1/reports/{token}", limit=limit, table=link["table"])


router.include_router(for_people)  # last: a token could be called anything
