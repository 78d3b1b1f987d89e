"""The rows of a question, without a limit, as a stream of bytes: memory holds what the reader has not taken yet."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import asyncpg
import orjson

from services.catalog.copy_out import RAW, copy_out
from services.catalog.exports.csv_columns import csv_header
from services.catalog.exports.csv_options import BYTE_ORDER_MARK, CsvOptions
from services.catalog.exports.formats import Format
from services.catalog.exports.json_lines import GEOJSON_HEAD, GEOJSON_TAIL, JSON_HEAD
from services.catalog.exports.rows import Extract, compile_extract, header_of


def extracted(connection: asyncpg.Connection, extract: Extract, options: CsvOptions) -> AsyncGenerator[bytes]:
    """The bytes of the extract; of XLSX and Parquet, those of the CSV file that they are made from."""
    statement = compile_extract(extract)
    if extract.format in (Format.CSV, Format.XLSX, Format.PARQUET):
        mark = BYTE_ORDER_MARK if options.has_byte_order_mark else b""
        head = mark + csv_header(header_of(extract), options.delimiter)
        return _between(head, copy_out(connection, statement.sql, *statement.args, delimiter=options.delimiter))
    lines = copy_out(connection, statement.sql, *statement.args, **RAW)
    match extract.format:
        case Format.NDJSON:
            return _between(b"", lines)
        case Format.GEOJSON:
            return _between(GEOJSON_HEAD, lines, GEOJSON_TAIL, skipped=1)
        case _:
            return _between(JSON_HEAD, lines, b'],"links":{"next":null},"meta":%b}\n' % _meta(extract), skipped=1)


async def _between(
    head: bytes, chunks: AsyncGenerator[bytes], tail: bytes = b"", *, skipped: int = 0
) -> AsyncGenerator[bytes]:
    """The head comes with the first rows: until then, anything may still be refused. `skipped`: bytes of the first
    line that only join it to one before."""
    begun = False
    async with aclosing(chunks):
        async for chunk in chunks:
            yield chunk if begun else head + chunk[skipped:]
            begun = True
        yield tail if begun else head + tail


def _meta(extract: Extract) -> bytes:
    view = extract.view
    meta: Mapping[str, Any] = {
        "dataset": view.dataset_id,
        "version": view.version,
        "publication": view.publication or None,
    }
    return orjson.dumps(meta)
