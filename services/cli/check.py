"""`socle check`: the validation pipeline on this machine, for a file of one's own."""

import tempfile
from pathlib import Path

from services.cli.findings import show_corrections, show_findings
from services.cli.push.answers import read_report
from services.cli.schemas.show import registry_with
from services.cli.screen import Screen
from services.validator.pipeline import Examination, Request, validate_file
from shared.corrected import write_corrected
from shared.registry import Registry
from shared.reports.reword import worded


def check_file(path: Path, request: Request, *, as_json: bool, corrected_path: Path | None, screen: Screen) -> int:
    """Show the report; 0 when the file is valid, else 1. `corrected_path`: where the corrected file is wanted.

    Raises UnknownSchema and UnknownSchemaVersion.
    """
    registry = registry_with(request.schema_name, request.schema_version)
    with tempfile.TemporaryDirectory(prefix="socle-check-") as folder:
        found = validate_file(path, request, registry=registry, out_folder=Path(folder))
        is_written = corrected_path is not None and _write(found, corrected_path, registry)
    report = found.report
    is_valid = report.verdict == "valid"
    if as_json:
        print(worded(report, "fr").model_dump_json(by_alias=True, indent=2))
        return 0 if is_valid else 1
    show_corrections(screen, [(one.row, one.column, one.message) for one in report.corrections])
    show_findings(screen, read_report(report.model_dump(mode="json", by_alias=True)))
    judged = f"{report.judged_by.name} {report.judged_by.version}"
    verdict = "valide" if is_valid else "invalide"
    screen.say(f"{path.name} est {verdict} selon {judged}.", "good" if is_valid else "bad")
    if is_written:
        screen.say(f"Fichier corrigé : {corrected_path}", "good")
    elif corrected_path is not None:
        screen.say("Ce fichier n’a pas pu être lu en entier : il n’y a pas de fichier corrigé.", "bad")
    return 0 if is_valid else 1


def _write(found: Examination, corrected_path: Path, registry: Registry) -> bool:
    """Write the corrected file, if there is one."""
    table_path = found.table_path or found.corrected_path
    if table_path is None:
        return False
    judged_by = found.report.judged_by
    schema = registry.get(judged_by.name, judged_by.version)
    write_corrected(table_path, corrected_path, schema=schema, absent=found.report.header.missing)
    return True
