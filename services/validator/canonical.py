"""Write the canonical table: what catalog publishes. Its columns are the seam between the two services.

`_line` int64, `_slice`, `_key_hash`, `_row_hash`, `_occurrence` int32, `_extra`, then every declared field as
canonical text (null = missing). Hashes are the UUID text form of the first 16 bytes of SHA-256 over values joined
with U+001F, null written U+001E; the key's values are the identity columns (the row's when there are none).
"""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from services.validator.checks.chunk import Chunk, Fault
from services.validator.checks.duplicates import Occurrences
from shared.registry import SchemaVersion

SEPARATOR, NULL = "\x1f", "\x1e"


class CanonicalTable:
    """Takes chunks in file order, keeps each on disk, joins them at the end: memory holds one chunk."""

    def __init__(self, schema: SchemaVersion, folder: Path, *, present: Collection[str] = ()) -> None:
        """`present`: fields the file has; without all the required ones of the identity, equal keys mean nothing."""
        self._schema = schema
        self._folder = folder
        self._parts: list[Path] = []
        essential = set(schema.identity).intersection(schema.required_columns)
        self._occurrences = Occurrences(schema.identity if essential.issubset(present) else ())
        self._slices: set[str] = set()

    def add(self, chunk: Chunk, faults: list[Fault], *, keep: bool) -> None:
        """Add duplicates of an identity to `faults`; keep the chunk, or forget all if no table is wanted."""
        fields = [chunk.canonical[name] for name in self._schema.field_names]
        row_digests = _digests([*fields, chunk.extra])
        identity = [chunk.canonical[name] for name in self._schema.identity]
        key_digests = _digests(identity) if identity else row_digests
        ranks = self._occurrences.rank(key_digests, chunk.lines, faults=faults)
        if not keep:
            self.forget()
            return
        slices = self._slices_of(chunk)
        self._slices.update(slices)
        columns = {
            "_line": pl.Series(chunk.lines, dtype=pl.Int64),
            "_slice": pl.Series(slices, dtype=pl.String),
            "_key_hash": pl.Series(_uuids(key_digests), dtype=pl.String),
            "_row_hash": pl.Series(_uuids(row_digests), dtype=pl.String),
            "_occurrence": pl.Series(ranks, dtype=pl.Int32),
            "_extra": pl.Series(chunk.extra, dtype=pl.String),
        }
        for name in self._schema.field_names:
            columns[name] = pl.Series(chunk.canonical[name], dtype=pl.String)
        part = self._folder / f"part-{len(self._parts):06}.parquet"
        pl.DataFrame(columns).write_parquet(part, compression="zstd")
        self._parts.append(part)

    def finish(self, path: Path) -> tuple[str, ...]:
        """Write the whole table to `path`; the slices present, sorted. Parts are removed."""
        if len(self._parts) == 1:
            self._parts[0].rename(path)
        else:
            pl.scan_parquet(self._parts).sink_parquet(path, compression="zstd", maintain_order=True)
        self.forget()
        return tuple(sorted(self._slices))

    def forget(self) -> None:
        """Remove what was kept: no table is wanted after all."""
        for part in self._parts:
            part.unlink(missing_ok=True)
        self._parts.clear()

    def _slices_of(self, chunk: Chunk) -> list[str]:
        cut = self._schema.slice
        if cut is None:
            return [""] * len(chunk.lines)
        parts = [[(value or "")[:length] for value in chunk.canonical[name]] for name, length in cut.parts]
        return [" ".join(values) for values in zip(*parts, strict=True)]


def _digests(columns: Sequence[Sequence[str | None]]) -> list[bytes]:
    return [
        hashlib.sha256(SEPARATOR.join([NULL if v is None else v for v in values]).encode()).digest()[:16]
        for values in zip(*columns, strict=True)
    ]


def _uuids(digests: Sequence[bytes]) -> list[str]:
    texts = (digest.hex() for digest in digests)
    return [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in texts]
