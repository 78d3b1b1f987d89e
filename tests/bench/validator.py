"""How fast files are checked, beside Frictionless and a plain Polars read of the same bytes, measured in turn.

CPU seconds of this process, which uses one thread of Polars as the process that examines files does.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import polars as pl
from figures import Figure
from frictionless import Dialect, FrictionlessException, Schema, formats
from frictionless.resources import TableResource
from tables import write_acts, write_addresses

from services.validator.identify import identify
from services.validator.pipeline import Checking, Request, check_table, validate_file
from services.validator.readers.opening import open_table
from services.validator.readers.table import Asked, RawTable
from services.validator.report import InputOut, Measured, write_report
from services.validator.tally import Tally
from shared.registry import SchemaVersion, load_registry

ROUNDS = 5
ROWS = 100_000

BAL = replace(load_registry().get("etalab/schema-bal", "1.3.0"), name="bench/addresses")
"""The Table Schema alone, without the national judge of addresses."""

ACTS = load_registry().get("scdl/deliberations")


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def checked(path: Path, schema: SchemaVersion, folder: Path, *, corrections: bool = True) -> object:
    """From the bytes to the report, against the schema alone: no table is written."""
    tally, identified = Tally(), identify(path)
    asked = Asked(corrections=corrections)
    with open_table(path, schema=schema, asked=asked, folder=folder) as opened:
        assert isinstance(opened.table, RawTable), opened.table
        checking = Checking(schema, identified.alerts(opened), corrections=corrections)
        source = InputOut(
            sha256=identified.sha256, size_bytes=1, format="csv", encoding=None, delimiter=None, header_row=1
        )
        made = partial(Measured, input=source)
        found = check_table(opened.table, checking, tally=tally, table_path=None, measured=made)
    return write_report(schema, tally, measured=found.measured, engine_version="0", seconds=0)


def plain_read(path: Path, delimiter: str) -> pl.DataFrame:
    return pl.read_csv(path, separator=delimiter, infer_schema=False)


def frictionless(path: Path, schema: SchemaVersion, delimiter: str) -> object:
    resource = TableResource(
        path=path.name,
        basepath=str(path.parent),
        schema=Schema.from_descriptor(dict(schema.descriptor)),
        dialect=Dialect(controls=[formats.CsvControl(delimiter=delimiter)]),
        encoding="utf-8",
    )
    return resource.validate(limit_errors=10_000_000)


def against(name: str, path: Path, schema: SchemaVersion, folder: Path, delimiter: str) -> Figure:
    """Ours, plain, in turn; Frictionless once, since it is steady and slow."""
    ours, plain = [], []
    checked(path, schema, folder)
    for _ in range(ROUNDS):
        ours.append(cpu(lambda: checked(path, schema, folder)))
        plain.append(cpu(lambda: plain_read(path, delimiter)))
    theirs = cpu(lambda: frictionless(path, schema, delimiter))
    return {
        "figure": name,
        "ours_cpu_s": round(median(ours), 3),
        "plain_read_cpu_s": round(median(plain), 3),
        "frictionless_cpu_s": round(theirs, 2),
        "times_plain": round(median(ours) / median(plain), 2),
        "times_faster": round(theirs / median(ours), 1),
    }


KINDS = (
    ("clean", {}, {"aim_times_faster": 40, "aim_times_plain": 2}),
    ("clean, stray quotes", {"stray_quotes": True}, {"aim_times_faster": 40, "aim_times_plain": 3.5}),
    ("clean, 1 % of rows read by csv", {"odd_every": 100}, {"aim_times_plain": 3.5}),
    ("clean, every row read by csv", {"odd_every": 1}, {"aim_times_plain": 3.5}),
    ("0.1 % wrong", {"wrong_share": 0.001}, {"aim_times_faster": 30}),
    ("10 % wrong", {"wrong_share": 0.1}, {"aim_times_faster": 15}),
)


def schemas_alone(folder: Path) -> Iterator[Figure]:
    """Addresses of 19 columns and délibérations of 17, 100,000 rows, the schema alone."""
    acts = replace(ACTS, custom_checks=())
    for label, schema, delimiter, write in (("addresses", BAL, ";", write_addresses), ("acts", acts, ",", write_acts)):
        for kind, options, aims in KINDS:
            path = folder / "table.csv"
            write(path, ROWS, **options)
            yield {**against(f"{label}, {kind}", path, schema, folder, delimiter), **aims}


def french_checks(folder: Path) -> Figure:
    """Délibérations with all their French checks."""
    path = folder / "acts.csv"
    write_acts(path, ROWS)
    seconds = [cpu(lambda: checked(path, ACTS, folder)) for _ in range(ROUNDS)]
    return {
        "figure": "acts, 11 French checks",
        "rows_per_cpu_s": round(ROWS / median(seconds)),
        "aim_rows_per_s": 300_000,
    }


def small_file(folder: Path) -> Figure:
    """The whole pipeline on 1,000 rows, warm."""
    path, registry = folder / "small.csv", load_registry()
    write_acts(path, 1_000)
    seconds = []
    for _ in range(60):
        began = time.perf_counter()
        validate_file(path, Request("scdl/deliberations"), registry=registry, out_folder=folder)
        seconds.append(time.perf_counter() - began)
    return {"figure": "1,000 rows, whole pipeline", "p50_ms": round(median(seconds[10:]) * 1000, 1), "aim_p50_ms": 20}


def large_file(folder: Path, rows: int, peak_mb: int) -> Figure:
    """The whole pipeline on a base adresse locale, in a process of its own."""
    path = folder / "large.csv"
    write_addresses(path, rows)
    plain = min(_apart("plain", path, folder)["cpu_s"] for _ in range(3))
    ours = [_apart("ours", path, folder) for _ in range(2)]
    path.unlink()
    cpu_s = min(each["cpu_s"] for each in ours)
    return {
        "figure": f"addresses, {rows // 1_000_000}M rows, whole pipeline",
        "cpu_s": round(cpu_s, 2),
        "plain_read_cpu_s": round(plain, 2),
        "times_plain": round(cpu_s / plain, 2),
        "aim_times_plain": 3,
        "peak_mb": max(each["peak_mb"] for each in ours),
        "aim_peak_mb": peak_mb,
    }


def peak_mb() -> float:
    """The most that this process held since it began: `ru_maxrss` would count what its parent held, exec or not."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024 / 1e6


def _apart(what: str, path: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, what, str(path), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    cpu_s, peak_mb = map(float, done.stdout.split())
    return {"cpu_s": cpu_s, "peak_mb": round(peak_mb)}


def workbook(folder: Path) -> Figure:
    """A workbook of 100,000 × 17 cells."""
    acts, path = folder / "acts.csv", folder / "acts.xlsx"
    write_acts(acts, ROWS)
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in acts.read_text().splitlines():
        sheet.append(line.split(","))
    book.save(path)
    schema = replace(ACTS, custom_checks=())
    ours = cpu(lambda: checked(path, schema, folder))
    with _quiet():
        loaded = Schema.from_descriptor(dict(schema.descriptor))
        resource = TableResource(path=path.name, basepath=str(folder), schema=loaded)
        theirs = cpu(lambda: resource.validate(limit_errors=1_000_000))
    return {
        "figure": "workbook, 100k × 17",
        "ours_cpu_s": round(ours, 2),
        "times_faster": round(theirs / ours, 1),
        "aim_times_faster": 10,
    }


@contextmanager
def _quiet() -> Iterator[None]:
    try:
        yield
    except FrictionlessException as error:
        raise AssertionError("the reference does not read this file") from error


async def measure_validator() -> list[Figure]:
    """Every line of the table of aims."""
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as name:
        folder = Path(name)
        return [
            *schemas_alone(folder),
            french_checks(folder),
            small_file(folder),
            large_file(folder, 1_000_000, 500),
            large_file(folder, 5_000_000, 1_000),
            workbook(folder),
        ]


if __name__ == "__main__":
    what, source, target = sys.argv[1:]
    if what == "plain":
        used = cpu(lambda: plain_read(Path(source), ";"))
    else:
        request, known = Request("etalab/schema-bal", "1.3.0"), load_registry()
        used = cpu(lambda: validate_file(Path(source), request, registry=known, out_folder=Path(target)))
    print(used, peak_mb())
