"""How fast a file is checked, beside Frictionless on the same file with the same schema."""

import tempfile
import time
from pathlib import Path

from figures import Figure, paired
from frictionless import Resource, Schema
from journal import MURET
from samples import deliberations

from services.validator.pipeline import Request, validate_file
from shared.registry import load_registry

ROWS = 10_000
ROUNDS = 5


async def measure_validation() -> list[Figure]:
    """CPU seconds of this process, in turn, on délibérations without error."""
    registry = load_registry()
    schema = registry.get("scdl/deliberations")
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as folder:
        path = Path(folder) / "deliberations.csv"
        path.write_bytes(deliberations(MURET, mark="mesure", rows=ROWS))
        ours, reference = [], []
        for _ in range(ROUNDS):
            began = time.process_time()
            outcome = validate_file(path, Request(schema.name), registry=registry, out_folder=Path(folder))
            ours.append(ROWS / (time.process_time() - began))
            assert outcome.report.verdict == "valid"
            began = time.process_time()
            resource = Resource(path=path.name, basepath=folder, schema=Schema.from_descriptor(dict(schema.descriptor)))
            assert resource.validate().valid
            reference.append(ROWS / (time.process_time() - began))
    return [paired("validation", "rows per CPU second", ours, reference, rows=ROWS, against="plain Frictionless")]
