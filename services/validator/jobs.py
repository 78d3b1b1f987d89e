"""The job `validate_deposit`: claim, fetch, examine in the sandbox, save, end the stage in one transaction, ring on."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Insert, insert

from services.validator.context import Context
from services.validator.detect import charset_of
from services.validator.pipeline import Request, report_of_limit
from services.validator.report import StoredReport
from services.validator.sandbox import Job, LimitExceeded, LimitName, Sandbox
from services.validator.territories import Territories
from shared.blobs import CHUNK_BYTES, Blobs, put_bytes
from shared.db import Sessions, asking
from shared.deposits import PUBLISH, VALIDATE, Claim, hold, move, next_in_line
from shared.failpoints import fail_at
from shared.imported import refresh
from shared.models import Corrections, Deposit, DepositMode, DepositState, Organisation, ValidationReport
from shared.places import Place, place_of
from shared.queue import Queue
from shared.registry import Registry
from shared.stage import carried_out, take

log = logging.getLogger(__name__)

LIMITS_IN_FRENCH: dict[LimitName, str] = {
    "cpu": "temps de calcul",
    "memory": "mémoire",
    "time": "durée",
}


@dataclass(frozen=True, slots=True)
class ValidateTools:
    """What a validation works with; made once per process."""

    sessions: Sessions
    blobs: Blobs
    queue: Queue
    sandbox: Sandbox
    registry: Registry
    territories: Territories = field(default_factory=Territories)
    held_days: float = 30.0
    """How long a held deposit waits for its confirmation."""


@dataclass(frozen=True, slots=True)
class _Saved:
    """A verdict whose report and table are durable blobs."""

    report: StoredReport
    report_sha256: str
    table_sha256: str | None = None
    slices: tuple[str, ...] | None = None
    corrected_sha256: str | None = None


async def validate_deposit(deposit_id: UUID, tools: ValidateTools) -> bool:
    """Judge a received deposit, if it is free. May run twice, late or never to its end.

    False: it was not free.
    """
    held = await take(deposit_id, VALIDATE, sessions=tools.sessions)
    if held is None:
        return False
    async with carried_out(held, sessions=tools.sessions):
        await fail_at("validate.claimed")
        saved = await _judge(held.deposit, tools)
        await fail_at("validate.saved")
        await _end_stage(held, saved, tools)
        await fail_at("validate.committed")
        log.info("validation ended", extra={"verdict": saved.report.verdict})
        await _ring_on(held, saved, tools)
    return True


async def _judge(deposit: Deposit, tools: ValidateTools) -> _Saved:
    """Examine the exact bytes; the report, and the table of a valid file, are durable on return."""
    if not tools.registry.is_own(deposit.schema_name):  # its newest version may be of this very moment
        async with tools.sessions() as session:
            await refresh(tools.registry, session)
    request = Request(
        deposit.schema_name,
        deposit.schema_version,
        charset_of(deposit.content_type),
        corrections="none" if deposit.corrections == Corrections.NONE else "all",
        context=await _context(deposit, tools),
        mode=DepositMode(deposit.mode).value,
    )
    with tempfile.TemporaryDirectory(prefix="socle-validate-") as folder:
        raw_path, out_folder = Path(folder) / "raw", Path(folder) / "out"
        out_folder.mkdir()
        await _fetch(place_of("raw", deposit).name(deposit.sha256), raw_path, tools.blobs)
        try:
            outcome = await tools.sandbox.run(Job(path=raw_path, folder=out_folder, request=request))
        except LimitExceeded as reached:
            await fail_at("validate.checked")
            return await _save_limit(deposit, request, reached.which, tools)
        await fail_at("validate.checked")
        place = place_of("reports", deposit)
        report = await tools.blobs.put(_chunks(outcome.report_path), folder=place.folder, suffix=place.suffix)
        return _Saved(
            report=outcome.report,
            report_sha256=report.sha256,
            table_sha256=await _keep_table(outcome.table_path, tools, place_of("tables", deposit)),
            slices=outcome.slices,
            corrected_sha256=await _keep_table(outcome.corrected_path, tools, place_of("corrected", deposit)),
        )


async def _context(deposit: Deposit, tools: ValidateTools) -> Context | None:
    async with asking(tools.sessions) as session:
        organisation = await session.get(Organisation, deposit.organisation_siren)
    if organisation is None:
        return None
    return await asyncio.to_thread(tools.territories.context, organisation, deposit.received_at)


async def _keep_table(path: Path | None, tools: ValidateTools, place: Place) -> str | None:
    """SHA-256 of the table, durable on return; None when there is none."""
    if path is None:
        return None
    return (await tools.blobs.put(_chunks(path), folder=place.folder, suffix=place.suffix)).sha256


async def _save_limit(deposit: Deposit, request: Request, which: LimitName, tools: ValidateTools) -> _Saved:
    log.warning("the examination hit a limit", extra={"limit": which})
    report = report_of_limit(
        request,
        registry=tools.registry,
        sha256=deposit.sha256,
        size_bytes=deposit.size_bytes,
        limit=LIMITS_IN_FRENCH[which],
    )
    place, written = place_of("reports", deposit), report.model_dump_json(by_alias=True).encode()
    kept = await put_bytes(tools.blobs, written, folder=place.folder, suffix=place.suffix)
    return _Saved(report, kept.sha256)


async def _end_stage(held: Claim, saved: _Saved, tools: ValidateTools) -> None:
    """One transaction: the report's figures, the deposit's new state, its event."""
    state = DepositState.VALIDATED if saved.report.verdict == "valid" else DepositState.REJECTED
    values = _figures(held.deposit.id, saved)
    reasons = [reason.model_dump() for reason in saved.report.to_confirm]
    async with tools.sessions.begin() as session:
        await session.execute(_keeping(), values)
        if reasons and held.deposit.dry_run:
            foreseen = {"foreseen": DepositState.HELD, "reasons": reasons}
            await move(session, held, DepositState.CHECKED, detail=foreseen)
        elif reasons:
            await hold(session, held, reasons, until_days=tools.held_days)
        else:
            await move(session, held, state, detail={"errors": values["errors"], "warnings": values["warnings"]})


@cache
def _keeping() -> Insert:
    """The report of a deposit, in the place of what an attempt cut short may have left."""
    new = insert(ValidationReport)
    figures = {name: column for name, column in new.excluded.items() if name != "created_at"}
    return new.on_conflict_do_update(index_elements=["deposit_id"], set_=figures)


def _figures(deposit_id: UUID, saved: _Saved) -> dict[str, Any]:
    report = saved.report
    return {
        "deposit_id": deposit_id,
        "verdict": report.verdict,
        "schema_name": report.judged_by.name,
        "schema_version": report.judged_by.version,
        "schema_sha256": report.judged_by.sha256,
        "engine_version": report.engine_version,
        "rows": report.stats.rows,
        "errors": report.stats.errors,
        "warnings": report.stats.warnings,
        "corrections": report.stats.corrections,
        "report_sha256": saved.report_sha256,
        "table_sha256": saved.table_sha256,
        "corrected_sha256": saved.corrected_sha256,
        "slices": None if saved.slices is None else list(saved.slices),
    }


async def _ring_on(held: Claim, saved: _Saved, tools: ValidateTools) -> None:
    """Catalog's turn; a refused or held file clears the way for the one behind it."""
    following: UUID | None = held.deposit.id
    if saved.report.verdict != "valid" or saved.report.to_confirm:
        async with asking(tools.sessions) as session:
            following = await next_in_line(session, held.deposit)
    if following is not None:
        await tools.queue.ring(PUBLISH, following)


async def _fetch(name: str, path: Path, blobs: Blobs) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    with file:
        async for chunk in blobs.read(name):
            await asyncio.to_thread(file.write, chunk)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
