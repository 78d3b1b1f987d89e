"""How fast a workbook is checked, beside Frictionless on the same workbook with the same schema."""

import gc
import tempfile
import time
from pathlib import Path

from figures import Figure, paired
from frictionless import Resource, Schema
from openpyxl import Workbook

from services.validator.pipeline import Request, validate_file
from shared.registry import load_registry

ROWS = 100_000
ROUNDS = 1
"""Frictionless takes a minute or so for each."""

ROW = (
    "Commune de Muret",
    "21310395500018",
    "",
    "2024-03-28",
    "7.5",
    "Finances locales/Subventions",
    "Aide aux associations",
    "2024",
    "Budget principal",
    "PREF031",
    "2024-04-02",
    "33",
    "30",
    "30",
    "0",
    "0",
    "https://www.mairie-muret.fr/deliberations.pdf",
)
"""A délibération; the third cell is its number."""


async def measure_xlsx(rows: int = ROWS) -> list[Figure]:
    """CPU seconds of this process, in turn, on a workbook of 17 columns of text without error."""
    registry = load_registry()
    schema = registry.get("scdl/deliberations")
    gc.freeze()
    gc.disable()  # as in the process that examines files; for both
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as folder:
        path = Path(folder) / "deliberations.xlsx"
        _write(path, schema.field_names, rows)
        ours, reference = [], []
        for _ in range(ROUNDS):
            began = time.process_time()
            outcome = validate_file(path, Request(schema.name), registry=registry, out_folder=Path(folder))
            ours.append(rows / (time.process_time() - began))
            assert outcome.report.verdict == "valid"
            began = time.process_time()
            resource = Resource(path=path.name, basepath=folder, schema=Schema.from_descriptor(dict(schema.descriptor)))
            assert resource.validate().valid
            reference.append(rows / (time.process_time() - began))
    gc.enable()
    gc.unfreeze()
    return [paired("xlsx", "rows per CPU second", ours, reference, rows=rows, against="plain Frictionless")]


def _write(path: Path, header: tuple[str, ...], rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Délibérations")
    sheet.append(header)
    for number in range(rows):
        sheet.append([*ROW[:2], f"2024-{number:06}", *ROW[3:]])
    book.save(path)
