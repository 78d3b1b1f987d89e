"""The corrected file: a table as its vendor should have written it, from the canonical table of a deposit.

CSV, UTF-8, comma, LF: declared columns of the file under their names in the schema's order, then the vendor's own.
Sent as it is, it gets the same verdict and needs no correction.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from shared.registry import SchemaField, SchemaVersion

MEDIA_TYPE = "text/csv; charset=utf-8"

TRUE_TEXTS, FALSE_TEXTS = ("true",), ("false",)
"""Table Schema's own spellings, where a field gives none."""


def write_corrected(table_path: Path, csv_path: Path, *, schema: SchemaVersion, absent: Collection[str]) -> None:
    """Write the canonical table at `table_path` (Parquet) as a corrected file; memory holds a part of it at a time.

    `absent`: declared columns that the vendor's file does not have; nor has this one.
    """
    table = pl.scan_parquet(table_path)
    columns = [_spelled(field) for field in schema.fields if field.name not in absent]
    labels = _extra_labels(table)
    if labels:
        taken = set(schema.field_names)
        cells = pl.col("_extra").str.json_decode(pl.Struct({label: pl.String for label in labels}))
        columns += [cells.struct.field(label).alias(_free(label, taken)) for label in labels]
    table.select(columns).sink_csv(csv_path, line_terminator="\n", maintain_order=True)


def _spelled(field: SchemaField) -> pl.Expr:
    """The column, booleans as the schema spells them: the canonical table holds `true` and `false`."""
    column = pl.col(field.name)
    if field.type != "boolean":
        return column
    true, false = (
        field.descriptor.get("trueValues", TRUE_TEXTS)[0],
        field.descriptor.get("falseValues", FALSE_TEXTS)[0],
    )
    return column.replace({"true": true, "false": false})


def _extra_labels(table: pl.LazyFrame) -> Sequence[str]:
    """The vendor's own columns: every row holds them all, in file order."""
    first = table.select("_extra").filter(pl.col("_extra").is_not_null()).head(1).collect()
    return list(json.loads(first.item())) if len(first) else []


def _free(label: str, taken: set[str]) -> str:
    """A name that no other column has: an extra column may bear that of a declared one it could not be."""
    while label in taken:
        label += " (2)"
    taken.add(label)
    return label
