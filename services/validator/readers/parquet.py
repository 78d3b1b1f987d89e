"""Parquet, a slice of rows at a time. Typed values are written as text; lists and structures as JSON, as in JSON files.

Int64 7, Float64 8.0 and 8.5, Date 2017-10-15, Boolean true -> "7", "8", "8.5", "2017-10-15", "true"
List ["a", null], Struct {x: 1} -> '["a",null]', '{"x":1}'; a column of bytes -> refused
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.exceptions import PanicException, PolarsError

from services.validator.detect import Refused, refused
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.readers.header import COLUMNS_LIMIT, fields_of
from services.validator.readers.rendering import EXACT_UNTIL, render_column, with_zeros
from services.validator.readers.sift import mojibake_of_header, sifted
from services.validator.readers.strict import CELL_LIMIT
from services.validator.readers.table import Batch, RawTable, rows_per_batch
from shared.registry import SchemaField, SchemaVersion
from shared.reports.words import said

MAGIC = b"PAR1"

FOOTER_LIMIT_BYTES = 16 << 20
"""Size of the metadata at the end of a file."""

ROWS_LIMIT = 20_000_000
"""Rows: repeated values take no room in the file."""

HEADER_LINE = 1

Result = TypeVar("Result")


class _Stopped(Exception):
    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def read_parquet(path: Path, schema: SchemaVersion) -> RawTable | Refused:
    """The table of a Parquet file; rows have their rank as line."""
    try:
        height, names = _look(path)
    except _Stopped as stopped:
        return stopped.refusal
    stopped_by: list[Refused] = []
    fields = fields_of(names, schema)
    return RawTable(
        header=names,
        header_line=HEADER_LINE,
        batches=_batches(path, height, names, fields, stopped_by),
        faults=mojibake_of_header(names, HEADER_LINE),
        stopped=stopped_by,
    )


def _look(path: Path) -> tuple[int, tuple[str, ...]]:
    """Number of rows, names of columns."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        end = file.read()
    if not end.endswith(MAGIC) or int.from_bytes(end[:4], "little") > min(size, FOOTER_LIMIT_BYTES):
        raise _unreadable("sa fin manque", "its end is missing")
    kinds = _natively(lambda: pl.read_parquet_schema(path))
    if len(kinds) > COLUMNS_LIMIT:
        raise _Stopped(refused(FindingCode.TOO_MANY_COLUMNS, row=1, count=len(kinds), limit=COLUMNS_LIMIT))
    for name, kind in kinds.items():
        if _holds_bytes(kind):
            raise _unreadable(
                f"la colonne « {name[:60]} » contient des octets", f"the column “{name[:60]}” holds bytes"
            )
    height = _natively(lambda: pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    if height > ROWS_LIMIT:
        raise _unreadable("il compte plus de 20 000 000 de lignes", "it has more than 20,000,000 rows")
    return height, tuple(kinds)


def _batches(
    path: Path, height: int, names: tuple[str, ...], fields: tuple[SchemaField | None, ...], stopped: list[Refused]
) -> Iterator[Batch]:
    size = rows_per_batch(len(names))
    for start in range(0, height, size):
        try:
            frame = _natively(lambda start=start: pl.scan_parquet(path, glob=False).slice(start, size).collect())  # type: ignore[misc]
            batch = _batch(frame, start + 1, fields)
        except _Stopped as reason:
            stopped.append(reason.refusal)
            return
        yield sifted(batch, names, blank_severity=Severity.INFO, drop_headers=False, search_mojibake=True)


def _batch(frame: pl.DataFrame, line: int, fields: tuple[SchemaField | None, ...]) -> Batch:
    texts = pl.DataFrame([_texts(column).alias(str(at)) for at, column in enumerate(frame.get_columns())])
    lines = pl.int_range(line, line + frame.height, dtype=pl.Int64, eager=True)
    longest = texts.select(pl.max_horizontal(pl.all().str.len_chars().max())).item() or 0
    if longest > CELL_LIMIT:
        limit = f"{CELL_LIMIT:_}".replace("_", " ")
        raise _Stopped(refused(FindingCode.CELL_TOO_LONG, row=line, limit=limit))
    batch = Batch(lines, texts)
    for position, (field, kind) in enumerate(zip(fields, frame.dtypes, strict=True)):
        if field is not None and (kind.is_integer() or kind == pl.Boolean):
            _restore(batch, position, frame.get_column(frame.columns[position]), field)
    return batch


def _restore(batch: Batch, position: int, values: pl.Series, field: SchemaField) -> None:
    """Identifiers kept as numbers get their zeros back, booleans the field's own words; both are said."""
    before = batch.frame.get_column(str(position))
    distinct = pl.DataFrame({"value": values, "text": before}).unique().drop_nulls().rows()
    if values.dtype == pl.Boolean:
        after = {text: render_column([value], field)[0][0] for value, text in distinct}
    else:
        pattern = field.constraints.get("pattern") if field.type == "string" else None
        after = {text: with_zeros(text, pattern) for _, text in distinct}
    changed = {text: new for text, new in after.items() if new != text}
    if not changed:
        return
    for line, text in zip(batch.lines, before, strict=True):
        if text in changed:
            batch.render(line, position, CorrectionCode.TYPED_CELL, text, changed[text])
    replaced = before.replace(list(changed), list(changed.values()))
    batch.frame = batch.frame.with_columns(replaced.alias(str(position)))


def _holds_bytes(kind: pl.DataType) -> bool:
    if isinstance(kind, pl.List | pl.Array):
        return _holds_bytes(kind.inner)  # type: ignore[arg-type]
    if isinstance(kind, pl.Struct):
        return any(_holds_bytes(field.dtype) for field in kind.fields)  # type: ignore[arg-type]
    return kind in (pl.Binary, pl.Object)


def _texts(column: pl.Series) -> pl.Series:
    """Values as text; nulls are empty cells."""
    kind = column.dtype
    if kind.is_nested():
        return pl.Series([_as_json(value, column.name) for value in column.to_list()], dtype=pl.String)
    return column.to_frame().select(_as_text(column.name, kind)).to_series()


def _as_json(value: object, name: str) -> str:
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    except ValueError:
        shown = name[:60]
        raise _unreadable(
            f"une liste de la colonne « {shown} » contient un nombre infini ou NaN",
            f"a list of the column “{shown}” holds an infinite number or NaN",
        ) from None


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Simple values of a column as text; nulls are empty cells."""
    column = pl.col(name)
    if kind.is_float():
        whole = (column == column.round()) & (column.abs() < EXACT_UNTIL)
        text = (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    elif isinstance(kind, pl.Datetime):
        midnight = column.dt.truncate("1d") == column
        text = pl.when(midnight).then(column.dt.strftime("%Y-%m-%d")).otherwise(column.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    elif kind == pl.Null:
        text = pl.lit("")
    else:
        text = column.cast(pl.String)
    return text.fill_null("")


def _natively(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except (PolarsError, PanicException, OSError, ValueError, OverflowError) as error:
        raise _unreadable("ses octets ne se lisent pas", "its bytes cannot be read") from error


def _unreadable(french: str, english: str) -> _Stopped:
    return _Stopped(refused(FindingCode.PARQUET_UNREADABLE, why=said(french, english)))
