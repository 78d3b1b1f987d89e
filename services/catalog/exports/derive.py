"""Other forms of a CSV file of ours, made from its bytes alone: the same file gives the same bytes.

Values keep their type: a number is written as in the CSV file, an empty cell is null, `""` is an empty text.
"""

import gzip
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson
import polars as pl
import zstandard

from shared.rows import RowColumn

PIECE_BYTES = 1 << 20

ZSTD_LEVEL = 6
GZIP_LEVEL = 6
"""Written once, sent many times; beyond, the time grows faster than the size shrinks."""

PARQUET_TYPES: Mapping[str, type[pl.DataType]] = {"integer": pl.Int64, "year": pl.Int32, "number": pl.Float64}
"""Table Schema type → Parquet type; dates and booleans are what they are, any other is text."""

INTEGERS = ("version",)
"""Columns that tell where a row comes from, and are numbers."""


class Format(StrEnum):
    """Of whole files."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.NDJSON: "application/x-ndjson",
    Format.PARQUET: "application/vnd.apache.parquet",
}


class Coding(StrEnum):
    """Content codings (RFC 9110, 8.4) in the order in which they are preferred."""

    ZSTD = "zstd"
    GZIP = "gzip"


@dataclass(frozen=True, slots=True)
class Columns:
    """The declared columns of a file; any other is text."""

    declared: Mapping[str, RowColumn]

    def kind(self, name: str) -> str:
        """Table Schema type of a column of the file."""
        if name in INTEGERS and name not in self.declared:
            return "integer"
        return self.declared[name].field_type if name in self.declared else "string"


def derive(format_: Format, csv_path: Path, into_path: Path, columns: Columns) -> None:
    """Write a CSV file of ours in another form; memory stays bounded."""
    table = pl.scan_csv(csv_path, infer_schema=False)
    names = table.collect_schema().names()
    if format_ is Format.PARQUET:
        typed = table.select([_typed(name, columns) for name in names])
        typed.sink_parquet(into_path, compression="zstd", maintain_order=True)
    else:
        # One text column, whose line breaks are escaped: nothing is quoted.
        lines = table.select(_json_line(names, columns))
        lines.sink_csv(into_path, include_header=False, quote_style="never", maintain_order=True)


def encode(coding: Coding, path: Path, into_path: Path) -> None:
    """Compress a file; the same bytes give the same bytes."""
    with path.open("rb") as source, into_path.open("wb") as target:
        if coding is Coding.ZSTD:
            zstandard.ZstdCompressor(level=ZSTD_LEVEL).copy_stream(source, target, read_size=PIECE_BYTES)
        else:
            with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=GZIP_LEVEL, mtime=0) as packed:
                shutil.copyfileobj(source, packed, PIECE_BYTES)


def _typed(name: str, columns: Columns) -> pl.Expr:
    kind, text = columns.kind(name), pl.col(name)
    if kind in PARQUET_TYPES:
        return text.cast(PARQUET_TYPES[kind])
    if kind == "date":
        return text.str.to_date("%Y-%m-%d")
    return text == columns.declared[name].true_text if kind == "boolean" else text


def _json_line(names: Sequence[str], columns: Columns) -> pl.Expr:
    members = [
        pl.lit(f"{',' if rank else '{'}{_json(name)}:") + _json_value(name, columns) for rank, name in enumerate(names)
    ]
    return pl.concat_str([*members, pl.lit("}")])


def _json_value(name: str, columns: Columns) -> pl.Expr:
    kind, text = columns.kind(name), pl.col(name)
    if kind in PARQUET_TYPES:
        return text.fill_null("null")
    if kind == "boolean":
        is_true = text == columns.declared[name].true_text
        return (
            pl.when(text.is_null()).then(pl.lit("null")).when(is_true).then(pl.lit("true")).otherwise(pl.lit("false"))
        )
    # Polars escapes texts inside an object only: {"value":"…"} or {"value":null}
    whole = pl.struct(text.alias("value")).struct.json_encode()
    return whole.str.slice(len('{"value":'), whole.str.len_chars() - len('{"value":}'))


def _json(text: str) -> str:
    return orjson.dumps(text).decode()
