"""Judge a file at once and keep nothing: the same pipeline, in the same kind of process, as a deposit."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from services.validator.annotate import write_annotated
from services.validator.context import Context
from services.validator.detect import charset_of
from services.validator.jobs import LIMITS_IN_FRENCH
from services.validator.pipeline import Mode, Request, report_of_limit
from services.validator.report import StoredReport
from services.validator.sandbox import ChildCrashed, Job, LimitExceeded, LimitName
from services.validator.tools import Tools
from shared.errors import Refusal, ServiceUnavailable
from shared.registry import Registry
from shared.reports.reword import worded
from shared.reports.words import Language
from shared.uploads import Upload


class ValidationFailed(Refusal):
    """The examination crashed: a fault of ours."""

    status = 500
    code = "validation-failed"
    title = "Validation interrompue"


class NotATable(Refusal):
    """No schema can be proposed for the file."""

    status = 422
    code = "not-a-table"
    title = "Pas de tableau à décrire"


SMALLER = "Envoyez quelques centaines de lignes, en CSV, sous une ligne de titres tous différents."


class TooManyValidations(ServiceUnavailable):
    """Every place is taken."""

    code = "too-many-validations"
    title = "Trop de validations en cours"


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of an upload, while its files are there."""

    report: StoredReport
    raw_path: Path
    """What was sent."""
    table_path: Path | None
    """The canonical table, or the corrected one of an invalid file; None when nothing could be read."""
    annotated_path: Path | None = None
    """The annotated workbook, when it was asked for."""


@asynccontextmanager
async def examined(
    upload: Upload,
    *,
    schema: str,
    schema_version: str | None,
    tools: Tools,
    corrections: Literal["all", "none"] = "all",
    annotate_in: Language | None = None,
    judged: bytes | None = None,
    context: Context | None = None,
    mode: Mode = "replace",
) -> AsyncIterator[Examined]:
    """Examine an upload; its files are gone on exit. Raises what its chunks raise, the registry's refusals, and those
    above. `annotate_in`: the language of an annotated workbook to write too; `judged`: the report it shows, when the
    file has been examined already."""
    await tools.schemas.know(schema, schema_version)
    wanted = tools.registry.get(schema, schema_version)
    async with _placed(tools, upload) as (path, out_folder):
        charset = charset_of(upload.content_type)
        request = Request(wanted.name, schema_version, charset, corrections=corrections, context=context, mode=mode)
        if judged is not None:
            await asyncio.to_thread((out_folder / "report.json").write_bytes, judged)
        job = Job(path, out_folder, request, annotate_in=annotate_in, is_judged=judged is not None)
        yield await _examine(job, tools)


@asynccontextmanager
async def _placed(tools: Tools, upload: Upload) -> AsyncIterator[tuple[Path, Path]]:
    """The upload in a file, and a folder beside it, while one of the places is taken."""
    if tools.places.locked():
        raise TooManyValidations("Toutes les places de validation sont prises en ce moment.")
    async with tools.places:
        with tempfile.TemporaryDirectory(prefix="socle-on-demand-") as folder:
            path, out_folder = Path(folder) / "raw", Path(folder) / "out"
            out_folder.mkdir()
            await _keep(upload, path)
            yield path, out_folder


async def proposed(upload: Upload, tools: Tools) -> dict[str, Any]:
    """A schema for an upload that has none (see `infer.py`). Raises what its chunks raise, NotATable, and the refusals
    of an examination."""
    async with _placed(tools, upload) as (path, out_folder):
        request = Request("", declared_charset=charset_of(upload.content_type))
        try:
            found = await tools.sandbox.infer(Job(path, out_folder, request, is_unknown=True))
        except LimitExceeded as reached:
            raise NotATable(f"Ce fichier demande trop de {LIMITS_IN_FRENCH[reached.which]}.", action=SMALLER) from None
        except ChildCrashed as error:
            raise _crashed() from error
    if "refused" in found:
        raise NotATable(f"{found['refused']}.", action=SMALLER)
    return found


async def context_of(organisation: str | None, tools: Tools) -> Context | None:
    """What a deposit of this organisation would be compared with today. Raises OrganisationNotFound."""
    if organisation is None:
        return None
    found = await asyncio.to_thread(tools.territories.find, organisation)
    return await asyncio.to_thread(tools.territories.context, found, datetime.now(UTC))


async def _examine(job: Job, tools: Tools) -> Examined:
    try:
        found = await tools.sandbox.run(job)
    except LimitExceeded as reached:
        report = await asyncio.to_thread(_report_without_table, job, reached.which, tools.registry)
        return Examined(report, job.path, None, await _annotate_alone(report, job))
    except ChildCrashed as error:
        raise _crashed() from error
    return Examined(found.report, job.path, found.table_path or found.corrected_path, found.annotated_path)


def _crashed() -> ValidationFailed:
    return ValidationFailed(
        "La validation de ce fichier s’est interrompue de notre côté.",
        action="Réessayez ; si l’erreur persiste, signalez-la en citant `request_id`.",
    )


async def _annotate_alone(report: StoredReport, job: Job) -> Path | None:
    """The workbook of a file that could not be examined to its end: the findings alone."""
    if job.annotate_in is None:
        return None
    path = job.folder / "annotated.xlsx"
    await asyncio.to_thread(write_annotated, None, worded(report, job.annotate_in), path)
    return path


def _report_without_table(job: Job, which: LimitName, registry: Registry) -> StoredReport:
    """The report on a file that hit a limit; the one it already had, where only its table was to be shown."""
    if job.is_judged:
        return StoredReport.model_validate_json((job.folder / "report.json").read_bytes())
    return report_of_limit(
        job.request,
        registry=registry,
        sha256=_sha256(job.path),
        size_bytes=job.path.stat().st_size,
        limit=LIMITS_IN_FRENCH[which],
    )


async def _keep(upload: Upload, path: Path) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    with file:
        async for chunk in upload.chunks:
            await asyncio.to_thread(file.write, chunk)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
