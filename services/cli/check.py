"""`socle check`: the validation pipeline on this machine, for a file of one's own."""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import orjson

from services.cli.findings import show_corrections, show_findings
from services.cli.push.answers import read_report
from services.cli.schemas.show import registry_with
from services.cli.screen import Screen
from services.cli.targets import SettingsRefused
from services.validator.child import annotate
from services.validator.context import Context
from services.validator.pipeline import Examination, Request, validate_file
from services.validator.territories import Territories
from shared.corrected import write_corrected
from shared.migrate import DEFAULT_DEPARTEMENTS
from shared.registry import Registry
from shared.reports.as_csv import csv_report
from shared.reports.as_html import html_report
from shared.reports.render import Given, in_validatas_shape
from shared.reports.reword import worded
from shared.reports.shape import ReportOut
from shared.reports.words import Language

Form = Literal["text", "json", "html", "csv", "xlsx", "validata"]

FORMS: Mapping[str, Form] = {".json": "json", ".html": "html", ".htm": "html", ".csv": "csv", ".xlsx": "xlsx"}
"""Suffix of the report's file → its form, when none was asked for."""

VALID, INVALID = 0, 1
"""Exit codes; 2 for what cannot be carried out (an unknown schema, a form that was not said)."""

VERDICTS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "valid": "{file} est valide selon {schema}.",
        "invalid": "{file} est invalide selon {schema}.",
        "held": "Déposé, ce fichier serait retenu jusqu'à sa confirmation : {reasons}.",
        "report": "Rapport : {path}",
        "corrected": "Fichier corrigé : {path}",
        "uncorrected": "Ce fichier n’a pas pu être lu en entier : il n’y a pas de fichier corrigé.",
    },
    "en": {
        "valid": "{file} is valid according to {schema}.",
        "invalid": "{file} is invalid according to {schema}.",
        "held": "Deposited, this file would be held until it is confirmed: {reasons}.",
        "report": "Report: {path}",
        "corrected": "Corrected file: {path}",
        "uncorrected": "Not all of this file could be read: there is no corrected file.",
    },
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the report is wanted."""

    form: Form = "text"
    """`text`: on the screen, and as the suffix of `report_path` tells, if there is one."""
    report_path: Path | None = None
    """None: any other form than text is for standard output."""
    corrected_path: Path | None = None
    """Where the corrected file is wanted."""
    language: Language = "fr"


def check_file(path: Path, request: Request, wanted: Wanted, screen: Screen) -> int:
    """Show the report, or write it; 0 when the file is valid, else 1.

    Raises UnknownSchema, UnknownSchemaVersion, and SettingsRefused for a report whose form cannot be told.
    """
    form = _form_of(wanted)
    registry = registry_with(request.schema_name, request.schema_version)
    with tempfile.TemporaryDirectory(prefix="socle-check-") as folder:
        found = validate_file(path, request, registry=registry, out_folder=Path(folder))
        is_corrected = wanted.corrected_path is not None and _write(found, wanted.corrected_path, registry)
    report = worded(found.report, wanted.language)
    if form != "text":
        target = wanted.report_path
        if form == "xlsx" and target is not None:
            annotate(path, request, found.report, registry=registry, language=wanted.language, out_path=target)
        elif target is not None:
            target.write_bytes(_document(report, form))
        else:
            sys.stdout.buffer.write(_document(report, form))
            sys.stdout.buffer.flush()
    if form == "text" or wanted.report_path is not None:
        _show(path, report, wanted, screen)
    if wanted.corrected_path is not None:
        _tell_corrected(wanted, screen, is_corrected=is_corrected)
    return VALID if report.verdict == "valid" else INVALID


def context_for(organisation: str | None) -> Context | None:
    """What a deposit of this organisation (SIREN, SIRET, INSEE code) would be compared with today.

    Raises OrganisationNotFound.
    """
    if organisation is None:
        return None
    asked = [part.strip() for part in os.environ.get("SOCLE_DEPARTEMENTS", "").split(",") if part.strip()]
    territories = Territories(asked or DEFAULT_DEPARTEMENTS)
    return territories.context(territories.find(organisation), datetime.now(UTC))


def _form_of(wanted: Wanted) -> Form:
    if wanted.report_path is None:
        if wanted.form == "xlsx":
            raise SettingsRefused("Un classeur ne s'affiche pas : dites où l'écrire, avec --output rapport.xlsx.")
        return wanted.form
    suffix = wanted.report_path.suffix.lower()
    form = FORMS.get(suffix, "text") if wanted.form == "text" else wanted.form
    if form == "text":
        raise SettingsRefused("Quelle forme de rapport ? --format json, html, csv, xlsx ou validata.")
    return form


def _document(report: ReportOut, form: Form) -> bytes:
    if form == "html":
        return html_report(report).encode()
    if form == "csv":
        return csv_report(report)
    if form == "validata":
        return orjson.dumps(in_validatas_shape(report, Given()), option=orjson.OPT_INDENT_2) + b"\n"
    return report.model_dump_json(by_alias=True, indent=2).encode() + b"\n"


def _show(path: Path, report: ReportOut, wanted: Wanted, screen: Screen) -> None:
    words, language = VERDICTS[wanted.language], wanted.language
    listed = read_report(report.model_dump(mode="json", by_alias=True))
    show_corrections(screen, listed, language=language)
    show_findings(screen, listed, language=language)
    schema = f"{report.judged_by.name} {report.judged_by.version}"
    tone: Literal["good", "bad"] = "good" if report.verdict == "valid" else "bad"
    screen.say(words[report.verdict].format(file=path.name, schema=schema), tone)
    if report.to_confirm:
        reasons = ", ".join(f"{one.code} ({one.count})" for one in report.to_confirm)
        screen.say(words["held"].format(reasons=reasons), "warning")
    if wanted.report_path is not None:
        screen.say(words["report"].format(path=wanted.report_path), "good")


def _tell_corrected(wanted: Wanted, screen: Screen, *, is_corrected: bool) -> None:
    words = VERDICTS[wanted.language]
    if is_corrected and (wanted.form == "text" or wanted.report_path is not None):
        screen.say(words["corrected"].format(path=wanted.corrected_path), "good")
    elif not is_corrected:
        screen.complain(words["uncorrected"])


def _write(found: Examination, corrected_path: Path, registry: Registry) -> bool:
    """Write the corrected file, if there is one."""
    table_path = found.table_path or found.corrected_path
    if table_path is None:
        return False
    judged_by = found.report.judged_by
    schema = registry.get(judged_by.name, judged_by.version)
    write_corrected(table_path, corrected_path, schema=schema, absent=found.report.header.missing)
    return True
