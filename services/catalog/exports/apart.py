"""Makes another form of a large file in a process of its own: the memory that it takes is given back when it ends.

Started as `python -m services.catalog.exports.apart`: reads from standard input, as JSON, what is to be made,
and writes a refusal to standard output; nothing there means that the file is whole.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.catalog.exports.derive import derive
from services.catalog.exports.formats import Columns, Format
from services.catalog.exports.xlsx import XlsxTooLarge
from shared.registry import Geography
from shared.rows import RowColumn

APART_FROM_BYTES = 8 << 20
"""Of the CSV file; a smaller one is made sooner than a process has started, and takes little memory."""

ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""All that the process inherits; no setting of ours, hence no credential."""

FIXED_ENVIRONMENT = {"POLARS_MAX_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""One core to a file: the others are for who reads."""

NICENESS = 5
"""Readers go first."""


class ConversionFailed(OSError):
    """The process ended without the file; its standard error went to ours."""


async def derive_apart(format_: Format, csv_path: Path, into_path: Path, columns: Columns) -> None:
    """What `derive` does; ends with whoever waits for it. Raises XlsxTooLarge, ConversionFailed."""
    if (await asyncio.to_thread(csv_path.stat)).st_size < APART_FROM_BYTES:
        await asyncio.to_thread(derive, format_, csv_path, into_path, columns)
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "services.catalog.exports.apart"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | FIXED_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        said, _ = await process.communicate(_written(format_, csv_path, into_path, columns))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if said:
        raise XlsxTooLarge(**json.loads(said))
    if process.returncode != 0:
        raise ConversionFailed(f"{format_} was not made: status {process.returncode}")


def _written(format_: Format, csv_path: Path, into_path: Path, columns: Columns) -> bytes:
    order = {"format": format_, "csv_path": str(csv_path), "into_path": str(into_path), "columns": asdict(columns)}
    return json.dumps(order).encode()


def _read(order: dict[str, Any]) -> tuple[Format, Path, Path, Columns]:
    declared = {name: RowColumn(**one) for name, one in order["columns"]["declared"].items()}
    geography = order["columns"]["geography"]
    columns = Columns(declared, None if geography is None else Geography(**geography))
    return Format(order["format"]), Path(order["csv_path"]), Path(order["into_path"]), columns


def main() -> None:
    """The process."""
    os.nice(NICENESS)
    try:
        derive(*_read(json.loads(sys.stdin.buffer.read())))
    except XlsxTooLarge as refusal:
        json.dump({"detail": refusal.detail, "action": refusal.action}, sys.stdout)


if __name__ == "__main__":
    main()
