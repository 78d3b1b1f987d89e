"""A report in the format its reader asked for, as bytes; the XLSX, which needs the table itself, is made elsewhere."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from starlette.responses import Response

from shared.reports.as_csv import csv_report
from shared.reports.as_html import PAGE_HEADERS, Around, html_report
from shared.reports.as_validata import validata_report
from shared.reports.paged import PAGE_LIMIT, first_page
from shared.reports.reword import worded
from shared.reports.shape import LinksOut, ReportOut, StoredReport
from shared.reports.wish import MEDIA_TYPES, ReportFormat, Wish

VARY = {"Vary": "Accept, Accept-Language"}


@dataclass(frozen=True, slots=True)
class Given:
    """What the route knows beside the report."""

    around: Around = field(default_factory=Around)
    limit: int = PAGE_LIMIT
    """Findings that the JSON lists."""
    findings_path: str | None = None
    """Where the findings alone are read, page by page."""
    next_cursor: str | None = None
    """The position there of what comes after `limit`."""
    schema_url: str | None = None
    file_url: str | None = None
    options: Mapping[str, bool] | None = None
    """The last three are echoed in Validata's shape."""
    media_type: str | None = None
    """None: that of the format."""


async def render(stored: StoredReport | bytes, wish: Wish, given: Given, *, default: ReportFormat) -> Response:
    """The answer, in any format but XLSX. `stored`: the report, or its JSON as it is kept. Off the event loop."""
    chosen = wish.format_or(default)
    content = await asyncio.to_thread(_content, stored, chosen, wish, given)
    media_type = given.media_type or MEDIA_TYPES[chosen]
    headers = {**VARY, "Content-Language": wish.language, "X-Content-Type-Options": "nosniff"}
    if chosen is ReportFormat.HTML:
        headers |= PAGE_HEADERS
    if chosen is ReportFormat.CSV:
        headers["Content-Disposition"] = 'attachment; filename="rapport.csv"'
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Response(content, headers=headers, media_type=media_type + charset)


def _content(stored: StoredReport | bytes, chosen: ReportFormat, wish: Wish, given: Given) -> bytes:
    kept = StoredReport.model_validate_json(stored) if isinstance(stored, bytes) else stored
    report = worded(kept, wish.language)
    if chosen is ReportFormat.HTML:
        return html_report(report, given.around).encode()
    if chosen is ReportFormat.CSV:
        return csv_report(report, spreadsheet=wish.spreadsheet)
    if chosen is ReportFormat.VALIDATA:
        return orjson.dumps(in_validatas_shape(report, given))
    links = _links(given, more=len(report.findings) > given.limit)
    return first_page(report, limit=given.limit, links=links).model_dump_json(by_alias=True).encode()


def _links(given: Given, *, more: bool) -> LinksOut:
    following = None
    if more and given.findings_path is not None:
        following = f"{given.findings_path}?limit={given.limit}&cursor={given.next_cursor}"
    return LinksOut(next=following, findings=given.findings_path)


def in_validatas_shape(report: ReportOut, given: Given) -> dict[str, object]:
    """The document that Validata's API would answer."""
    schema_url = given.schema_url or f"/v1/schemas/{report.judged_by.name}/versions/{report.judged_by.version}"
    options = given.options or {"ignore_header_case": True, "include_resource_data": False}
    return validata_report(report, schema_url=schema_url, url=given.file_url, options=options, at=datetime.now(UTC))
