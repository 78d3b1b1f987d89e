"""Giving the report of a deposit: to its vendor, or to whoever holds a link to it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import RedirectResponse, Response

from services.ingest.auth import CurrentVendor
from services.ingest.follow import find_report
from services.ingest.tools import Tools
from shared.blobs import read_bytes
from shared.db import reading
from shared.errors import NotFound
from shared.models import Deposit, Organisation, ValidationReport
from shared.paging import cursor_secret
from shared.places import place_of
from shared.reports.as_html import Around
from shared.reports.links import sign_link
from shared.reports.paged import encode_position
from shared.reports.render import VARY, Given, render
from shared.reports.shape import StoredReport
from shared.reports.wish import NotAcceptable, ReportFormat, Wish

ANNOTATED_LASTS = timedelta(minutes=10)
"""Time to follow the redirection to the annotated table; the deposit's own address makes a new one at any time."""


@dataclass(frozen=True, slots=True)
class ReportOfDeposit:
    """A report and what surrounds it."""

    deposit: Deposit
    organisation: Organisation
    figures: ValidationReport

    @property
    def name(self) -> str:
        """Of its blob."""
        return place_of("reports", self.deposit).name(self.figures.report_sha256)


async def report_of_vendor(vendor: CurrentVendor, deposit_id: UUID, tools: Tools) -> ReportOfDeposit:
    """The report of a vendor's own deposit. Raises NotFound, ReportNotReady."""
    async with reading(tools.sessions) as session:
        await find_report(session, vendor, deposit_id)
        return await _find(session, deposit_id)


async def report_of_link(deposit_id: UUID, tools: Tools) -> ReportOfDeposit:
    """The report that a link names. Raises NotFound."""
    async with reading(tools.sessions) as session:
        return await _find(session, deposit_id)


async def give_report(
    found: ReportOfDeposit, wish: Wish, tools: Tools, *, path: str, limit: int, table: bool = True
) -> Response:
    """The report in the format wished; the annotated table, where `table` may be shown, is one redirection away.

    Raises NotAcceptable.
    """
    default = ReportFormat.HTML if path.startswith("/v1/reports/") else ReportFormat.JSON
    if wish.format is ReportFormat.XLSX:
        if not table:
            raise NotAcceptable(
                "Ce lien montre le rapport, pas le tableau déposé.",
                action="Demandez à l’éditeur un lien fait avec « table=true », ou choisissez html, csv ou json.",
            )
        return RedirectResponse(annotated_path(found, wish, tools), status_code=303, headers=VARY)
    stored = await read_bytes(tools.blobs, found.name)
    around = Around(
        organisation=found.organisation.name,
        received=found.deposit.received_at.date().isoformat(),
        path=path,
        annotated=table,
    )
    if default is ReportFormat.HTML:
        return await render(stored, wish, Given(around=around, limit=limit), default=default)
    given = Given(
        around=around,
        limit=limit,
        findings_path=f"/v1/deposits/{found.deposit.id}/report/findings",
        next_cursor=encode_position(limit, found.figures.report_sha256, secret=secret_of(tools)),
    )
    return await render(stored, wish, given, default=default)


async def stored_report(found: ReportOfDeposit, tools: Tools) -> StoredReport:
    """The report as it is kept."""
    kept = await read_bytes(tools.blobs, found.name)
    return await asyncio.to_thread(StoredReport.model_validate_json, kept)


def secret_of(tools: Tools) -> bytes:
    """What signs the cursors of ingest."""
    return cursor_secret(tools.settings.key_pepper.get_secret_value())


def annotated_path(found: ReportOfDeposit, wish: Wish, tools: Tools) -> str:
    """Where validator writes the vendor's table with its faults marked, for a few minutes."""
    values: dict[str, Any] = {
        "file": place_of("raw", found.deposit).name(found.deposit.sha256),
        "type": found.deposit.content_type,
        "schema": found.figures.schema_name,
        "version": found.figures.schema_version,
        "report": found.name,
        "corrections": found.deposit.corrections,
        "lang": wish.language,
    }
    pepper = tools.settings.key_pepper.get_secret_value()
    token, _ = sign_link(values, purpose="annotated", key_pepper=pepper, lasting=ANNOTATED_LASTS)
    return f"/v1/annotated/{token}"


async def _find(session: AsyncSession, deposit_id: UUID) -> ReportOfDeposit:
    statement = (
        select(Deposit, Organisation, ValidationReport)
        .join(Organisation, col(Organisation.siren) == col(Deposit.organisation_siren))
        .join(ValidationReport, col(ValidationReport.deposit_id) == col(Deposit.id))
        .where(col(Deposit.id) == deposit_id)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound("Ce dépôt n’a pas de rapport.", action="Demandez un autre lien à qui vous l’a donné.")
    return ReportOfDeposit(*found)
