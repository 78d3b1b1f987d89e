"""JSON of tables: a line per row, an array of rows, or a map of them (RFC 7946)."""

from collections.abc import Sequence
from pathlib import Path

import orjson
import polars as pl

from services.catalog.exports.formats import Columns
from services.catalog.query.places import DEGREES_ALONE, LATITUDE_OF_POINT, LONGITUDE_OF_POINT

RANK = "\x1frank"
"""No column of a file is called so."""

NUMBERS = ("integer", "year", "number")
"""Table Schema types whose texts are JSON numbers."""

JSON_HEAD, JSON_TAIL = b'{"data":[\n', b"]}\n"
GEOJSON_HEAD, GEOJSON_TAIL = b'{"type":"FeatureCollection","features":[\n', b"]}\n"


def write_ndjson(table: pl.LazyFrame, into_path: Path, columns: Columns) -> None:
    """A JSON object per row."""
    names = table.collect_schema().names()
    _sink(table.select(pl.concat_str(_members(names, columns))), into_path)


def write_json(table: pl.LazyFrame, into_path: Path, columns: Columns) -> None:
    """`{"data": [rows]}`."""
    names = table.collect_schema().names()
    line = [_comma(), *_members(names, columns)]
    _sink(table.with_row_index(RANK).select(pl.concat_str(line)), into_path, JSON_HEAD, JSON_TAIL)


def write_geojson(table: pl.LazyFrame, into_path: Path, columns: Columns) -> None:
    """A collection of features: points, or null where a row has no place."""
    names = table.collect_schema().names()
    line = [
        _comma(),
        pl.lit('{"type":"Feature","geometry":'),
        _point(columns),
        pl.lit(',"properties":'),
        *_members(names, columns),
        pl.lit("}"),
    ]
    _sink(table.with_row_index(RANK).select(pl.concat_str(line)), into_path, GEOJSON_HEAD, GEOJSON_TAIL)


def _sink(lines: pl.LazyFrame, into_path: Path, head: bytes = b"", tail: bytes = b"") -> None:
    """One text column, whose line breaks are escaped: nothing is quoted."""
    with into_path.open("wb") as file:
        file.write(head)
        lines.sink_csv(file, include_header=False, quote_style="never", maintain_order=True)
        file.write(tail)


def _comma() -> pl.Expr:
    return pl.when(pl.col(RANK) == 0).then(pl.lit("")).otherwise(pl.lit(","))


def _point(columns: Columns) -> pl.Expr:
    geography = columns.geography
    if geography is None:
        return pl.lit("null")
    if geography.point is not None:
        text = pl.col(geography.point)
        longitude, latitude = text.str.extract(LONGITUDE_OF_POINT), text.str.extract(LATITUDE_OF_POINT)
    else:
        longitude, latitude = (
            pl.col(str(name)).str.extract(DEGREES_ALONE) for name in (geography.longitude, geography.latitude)
        )
    longitude, latitude = _json_number(longitude), _json_number(latitude)
    on_earth = longitude.cast(pl.Float64).is_between(-180, 180) & latitude.cast(pl.Float64).is_between(-90, 90)
    point = pl.concat_str(pl.lit('{"type":"Point","coordinates":['), longitude, pl.lit(","), latitude, pl.lit("]}"))
    return pl.when(on_earth).then(point).otherwise(pl.lit("null"))


def _json_number(degrees: pl.Expr) -> pl.Expr:
    """Without the sign and the zeros that JSON allows no number to begin with."""
    return degrees.str.replace(r"^\+?(-?)0*(\d)", "${1}${2}")


def _members(names: Sequence[str], columns: Columns) -> list[pl.Expr]:
    members = [
        pl.lit(f"{',' if rank else '{'}{_json(name)}:") + _value(name, columns) for rank, name in enumerate(names)
    ]
    return [*members, pl.lit("}")]


def _value(name: str, columns: Columns) -> pl.Expr:
    kind, text = columns.kind(name), pl.col(name)
    if kind in NUMBERS:
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
