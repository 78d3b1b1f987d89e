"""`socle check`: the validation pipeline on this machine, for a file of one's own."""

import tempfile
from pathlib import Path

from services.cli.findings import show_findings
from services.cli.push.answers import read_report
from services.cli.screen import Screen
from services.validator.pipeline import Request, validate_file
from shared.registry import load_registry


def check_file(path: Path, schema: str, schema_version: str | None, *, as_json: bool, screen: Screen) -> int:
    """Show the report; 0 when the file is valid, else 1. Raises UnknownSchema and UnknownSchemaVersion."""
    with tempfile.TemporaryDirectory(prefix="socle-check-") as folder:
        request = Request(schema_name=schema, schema_version=schema_version)
        report = validate_file(path, request, registry=load_registry(), out_folder=Path(folder)).report
    is_valid = report.verdict == "valid"
    if as_json:
        print(report.model_dump_json(by_alias=True, indent=2))
        return 0 if is_valid else 1
    show_findings(screen, read_report(report.model_dump(mode="json", by_alias=True)))
    judged = f"{report.judged_by.name} {report.judged_by.version}"
    verdict = "valide" if is_valid else "invalide"
    screen.say(f"{path.name} est {verdict} selon {judged}.", "good" if is_valid else "bad")
    return 0 if is_valid else 1
