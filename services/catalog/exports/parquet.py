"""Parquet with the types of the schema; numbers are decimals, so that none is changed."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from services.catalog.exports.formats import Columns

TYPES: Mapping[str, type[pl.DataType]] = {"integer": pl.Int64, "year": pl.Int32}
"""Table Schema type → Parquet type; dates and booleans are what they are, any other is text."""

ROWS_OF_A_GROUP = 1 << 16
"""Kept in memory until the group is written."""

DIGITS = 38
"""Of a decimal, at most."""


def write_parquet(table: pl.LazyFrame, into_path: Path, columns: Columns) -> None:
    """Write a table of texts, its rows in order. A number column has the scale of its most precise value, and is text
    when that leaves no room for its greatest one."""
    names = table.collect_schema().names()
    numbers = _number_types(table, [name for name in names if columns.kind(name) == "number"])
    typed = table.select([_typed(name, columns, numbers) for name in names])
    typed.sink_parquet(into_path, compression="zstd", row_group_size=ROWS_OF_A_GROUP, maintain_order=True)


def _typed(name: str, columns: Columns, numbers: Mapping[str, pl.DataType]) -> pl.Expr:
    kind, text = columns.kind(name), pl.col(name)
    if kind == "number":
        return text.cast(numbers[name])
    if kind in TYPES:
        return text.cast(TYPES[kind])
    if kind == "date":
        return text.str.to_date("%Y-%m-%d")
    return text == columns.declared[name].true_text if kind == "boolean" else text


def _number_types(table: pl.LazyFrame, names: list[str]) -> Mapping[str, pl.DataType]:
    if not names:
        return {}
    longest = [pl.col(name).str.extract(r"^-?(\d+)").str.len_bytes().max() for name in names]
    scales = [pl.col(name).str.extract(r"\.(\d+)$").str.len_bytes().max().alias(f"{name}.") for name in names]
    (found,) = table.select(longest + scales).collect(engine="streaming").to_dicts()
    return {name: _number_type(found[name] or 0, found[f"{name}."] or 0) for name in names}


def _number_type(digits: int, scale: int) -> pl.DataType:
    return pl.Decimal(DIGITS, scale) if digits + scale <= DIGITS else pl.String()
