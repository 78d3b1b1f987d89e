"""Write the canonical table: what catalog publishes. Its columns are the seam between the two services.

`_line` int64, `_slice`, `_key_hash`, `_row_hash`, `_occurrence` int32, `_extra`, then every declared field as
canonical text (null = missing). Hashes (see `hashes.py`) are 32 hexadecimal digits; the key's values are the identity
columns (the row's when there are none), the row's all declared columns in schema order, then `_extra`.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from services.validator.checks.chunk import Chunk, Rows, nothing
from services.validator.checks.duplicates import Seen
from services.validator.hashes import hexadecimal, joined
from shared.registry import SchemaVersion

COMPRESSION_LEVEL = 1
"""Of zstd: 55 bytes a row of addresses, 110 with lz4, which takes a fifth less time (0.2 s for a million rows)."""

ROW_GROUP_ROWS = 50_000
"""Some of these are in memory while a table is written."""

REWRITTEN_ROWS = 50_000
"""Rows held in memory while occurrence numbers are written."""

SYSTEM_COLUMNS: Mapping[str, type[pl.DataType]] = {
    "_line": pl.Int64,
    "_slice": pl.String,
    "_key_hash": pl.String,
    "_row_hash": pl.String,
    "_occurrence": pl.Int32,
    "_extra": pl.String,
}


class CanonicalTable:
    """Makes the frames of the table chunk by chunk, and remembers what only the whole file tells."""

    def __init__(self, schema: SchemaVersion, *, present: Collection[str] = (), names_once: bool = False) -> None:
        """`present`: fields the file has; without all the required ones of the identity, equal keys mean nothing.
        `names_once`: no identity may come twice in one slice."""
        self._schema = schema
        essential = set(schema.identity).intersection(schema.required_columns)
        self.says_doubles = bool(schema.identity) and essential.issubset(present)
        """Whether rows of one identity are worth a warning."""
        self.keys = Seen()
        self.named = Seen() if names_once and self.says_doubles else None
        """Identities within their slices, when they may come once only."""
        self._slices: set[str] = set()

    @property
    def columns(self) -> dict[str, type[pl.DataType]]:
        """Names and types, in order."""
        return {**SYSTEM_COLUMNS, **dict.fromkeys(self._schema.field_names, pl.String)}

    @property
    def slices(self) -> tuple[str, ...]:
        """The slices present so far, sorted."""
        return tuple(sorted(self._slices))

    def take(self, chunk: Chunk, first_row: int, *, wanted: bool) -> pl.DataFrame | None:
        """Remember the identities of a chunk that begins at a row (0-based) of the file; when `wanted`, give its rows
        as the table holds them, occurrence numbers left at 0."""
        has_identity = bool(self._schema.identity)
        rows = self._row_texts(chunk) if wanted or not has_identity else None
        keys = self._key_texts(chunk) if has_identity or rows is None else rows
        self.keys.add(keys, first_row)
        if self.named is not None:
            self.named.add(joined([self._slices_of(chunk), keys]), first_row)
        if not wanted or rows is None:
            return None
        slices = self._slices_of(chunk)
        self._slices.update(slices.unique().to_list())
        system = [
            chunk.lines.alias("_line"),
            slices.alias("_slice"),
            hexadecimal(keys).alias("_key_hash"),
            hexadecimal(rows).alias("_row_hash"),
            pl.zeros(chunk.height, dtype=pl.Int32, eager=True).alias("_occurrence"),
            _extra(chunk),
        ]
        return pl.DataFrame([*system, *chunk.canonical.get_columns()])

    def _row_texts(self, chunk: Chunk) -> pl.Series:
        return joined([*chunk.canonical.get_columns(), _extra(chunk)])

    def _key_texts(self, chunk: Chunk) -> pl.Series:
        return joined([chunk.canonical.get_column(name) for name in self._schema.identity])

    def _slices_of(self, chunk: Chunk) -> pl.Series:
        cut = self._schema.slice
        if cut is None:
            return pl.repeat("", chunk.height, dtype=pl.String, eager=True)
        parts = [
            chunk.canonical.get_column(name).fill_null("").str.slice(0, length).alias(str(at))
            for at, (name, length) in enumerate(cut.parts)
        ]
        return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" ")).to_series()


def _extra(chunk: Chunk) -> pl.Series:
    return nothing("_extra", chunk.height) if chunk.extra is None else chunk.extra.alias("_extra")


def write_frames(frames: Iterator[pl.DataFrame], path: Path, columns: Mapping[str, type[pl.DataType]]) -> bool:
    """Write frames one after the other to a Parquet file, in bounded memory; False when there was none.

    What `frames` raises is raised here. The same frames give the same bytes.
    """
    first, second = next(frames, None), next(frames, None)
    if first is None:
        return False
    if second is None:
        first.write_parquet(path, compression="zstd", compression_level=COMPRESSION_LEVEL, statistics=False)
        return True
    raised: list[BaseException] = []

    def given(*_: object) -> Iterator[pl.DataFrame]:
        try:
            yield first
            yield second
            yield from frames
        except BaseException as error:  # noqa: BLE001 - Polars would show it as one of its own
            raised.append(error)

    register_io_source(given, schema=dict(columns)).sink_parquet(
        path,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        statistics=False,
        row_group_size=ROW_GROUP_ROWS,
        maintain_order=True,
    )
    if raised:
        raise raised[0]
    return True


def number_occurrences(path: Path, rows: Rows, ranks: Rows, columns: Mapping[str, type[pl.DataType]]) -> None:
    """Write the occurrence numbers of some `rows` (0-based) into a table; the others have 0."""
    table = pl.scan_parquet(path)
    height: int = table.select(pl.len()).collect().item()
    occurrences = np.zeros(height, dtype=np.int32)
    occurrences[rows] = ranks
    numbered = path.with_suffix(".numbered")

    def frames() -> Iterator[pl.DataFrame]:
        for start in range(0, height, REWRITTEN_ROWS):
            some = table.slice(start, REWRITTEN_ROWS).collect()
            yield some.with_columns(pl.Series("_occurrence", occurrences[start : start + REWRITTEN_ROWS]))

    write_frames(frames(), numbered, columns)
    numbered.rename(path)
