"""The corrected file of a deposit, made from its canonical table when somebody asks for it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from services.ingest.tools import Tools
from shared.blobs import CHUNK_BYTES
from shared.corrected import write_corrected
from shared.errors import Refusal
from shared.models import ValidationReport


class NoCorrectedFile(Refusal):
    """Nothing of the file could be read."""

    status = 404
    code = "no-corrected-file"
    title = "Pas de fichier corrigé"


def table_of(report: ValidationReport) -> str:
    """The blob with the corrected table of a verdict. Raises NoCorrectedFile."""
    if report.table_sha256 is not None:
        return f"tables/{report.table_sha256}.parquet"
    if report.corrected_sha256 is not None:
        return f"corrected/{report.corrected_sha256}.parquet"
    raise NoCorrectedFile(
        "Aucune ligne de ce fichier n’a pu être lue : il n’y a rien à corriger.",
        action="Lisez le rapport : il dit ce qui empêche la lecture.",
    )


async def corrected_file(report: ValidationReport, tools: Tools) -> AsyncIterator[bytes]:
    """The corrected file in chunks. Raises NoCorrectedFile, before the first chunk."""
    name = table_of(report)
    schema = tools.registry.get(report.schema_name, report.schema_version)
    with tempfile.TemporaryDirectory(prefix="socle-corrected-") as folder:
        table_path, csv_path = Path(folder) / "table.parquet", Path(folder) / "corrected.csv"
        async with tools.conversions:
            table = await asyncio.to_thread(table_path.open, "wb")
            with table:
                async for chunk in tools.blobs.read(name):
                    await asyncio.to_thread(table.write, chunk)
            await asyncio.to_thread(write_corrected, table_path, csv_path, schema=schema)
        written = await asyncio.to_thread(csv_path.open, "rb")
        with written:
            while chunk := await asyncio.to_thread(written.read, CHUNK_BYTES):
                yield chunk
