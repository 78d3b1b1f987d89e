"""Other forms of a CSV file of ours, made from its bytes alone: the same file gives the same bytes.

Values keep their type: a number is written as in the CSV file, an empty cell is null, `""` is an empty text.
"""

import gzip
import shutil
from enum import StrEnum
from pathlib import Path

import polars as pl
import zstandard

from services.catalog.exports.formats import Columns, Format
from services.catalog.exports.json_lines import write_geojson, write_json, write_ndjson
from services.catalog.exports.parquet import write_parquet
from services.catalog.exports.xlsx import write_xlsx

PIECE_BYTES = 1 << 20

ZSTD_LEVEL = 6
GZIP_LEVEL = 6
"""Written once, sent many times; beyond, the time grows faster than the size shrinks."""

WRITERS = {
    Format.NDJSON: write_ndjson,
    Format.JSON: write_json,
    Format.GEOJSON: write_geojson,
    Format.XLSX: write_xlsx,
    Format.PARQUET: write_parquet,
}


class Coding(StrEnum):
    """Content codings (RFC 9110, 8.4) in the order in which they are preferred."""

    ZSTD = "zstd"
    GZIP = "gzip"


def derive(format_: Format, csv_path: Path, into_path: Path, columns: Columns) -> None:
    """Write a CSV file of ours (UTF-8, `,`, a header) in another form; memory stays bounded. Raises XlsxTooLarge."""
    WRITERS[format_](pl.scan_csv(csv_path, infer_schema=False), into_path, columns)


def encode(coding: Coding, path: Path, into_path: Path) -> None:
    """Compress a file; the same bytes give the same bytes."""
    with path.open("rb") as source, into_path.open("wb") as target:
        if coding is Coding.ZSTD:
            zstandard.ZstdCompressor(level=ZSTD_LEVEL).copy_stream(source, target, read_size=PIECE_BYTES)
        else:
            with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=GZIP_LEVEL, mtime=0) as packed:
                shutil.copyfileobj(source, packed, PIECE_BYTES)
