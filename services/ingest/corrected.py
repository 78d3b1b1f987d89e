"""The corrected file of a deposit, made from its canonical table when somebody asks for it."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from services.ingest.tools import Tools
from shared.blobs import CHUNK_BYTES, read_bytes
from shared.corrected import write_corrected
from shared.errors import Refusal
from shared.models import Deposit, ValidationReport
from shared.places import place_of


class NoCorrectedFile(Refusal):
    """Not every row and column of the file could be read."""

    status = 404
    code = "no-corrected-file"
    title = "Pas de fichier corrigé"


def table_of(deposit: Deposit, report: ValidationReport) -> str:
    """The blob with the corrected table of a verdict. Raises NoCorrectedFile."""
    if report.table_sha256 is not None:
        return place_of("tables", deposit).name(report.table_sha256)
    if report.corrected_sha256 is not None:
        return place_of("corrected", deposit).name(report.corrected_sha256)
    raise NoCorrectedFile(
        "Ce fichier n’a pas pu être lu en entier : il n’a pas de fichier corrigé.",
        action="Lisez le rapport : il dit ce qui empêche la lecture.",
    )


async def corrected_file(deposit: Deposit, report: ValidationReport, tools: Tools) -> AsyncIterator[bytes]:
    """The corrected file in chunks. Raises NoCorrectedFile, before the first chunk."""
    name = table_of(deposit, report)
    schema = tools.registry.get(report.schema_name, report.schema_version)
    document = json.loads(await read_bytes(tools.blobs, place_of("reports", deposit).name(report.report_sha256)))
    absent = document["header"]["missing"]
    with tempfile.TemporaryDirectory(prefix="socle-corrected-") as folder:
        table_path, csv_path = Path(folder) / "table.parquet", Path(folder) / "corrected.csv"
        async with tools.conversions:
            table = await asyncio.to_thread(table_path.open, "wb")
            with table:
                async for chunk in tools.blobs.read(name):
                    await asyncio.to_thread(table.write, chunk)
            await asyncio.to_thread(write_corrected, table_path, csv_path, schema=schema, absent=absent)
        written = await asyncio.to_thread(csv_path.open, "rb")
        with written:
            while chunk := await asyncio.to_thread(written.read, CHUNK_BYTES):
                yield chunk
