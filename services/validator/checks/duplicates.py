"""Values and rows that must not come twice: identities, `unique` fields, primary keys, over the whole file.

Only a hash of 128 bits of each value is kept until the end; the first of equal values is right, the others are not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from services.validator.checks.chunk import NO_ROWS, Chunk, Described, FaultRun, Rows, places, run_of
from services.validator.checks.explain import CellReader
from services.validator.findings import FindingCode, Severity
from services.validator.hashes import joined, number_of
from shared.registry import SchemaVersion
from shared.reports.words import said

SPELLED_ONCE = ("string", "any", "integer", "year", "boolean", "date", "array", "object", "geojson", "list")
"""Types whose canonical text is compared as it is. Frictionless cannot compare arrays and objects, and stops there."""


@dataclass(slots=True)
class Seen:
    """Hashes of what a file holds, in its order, and where."""

    hashes: list[pl.Series] = field(default_factory=list)
    _places: list[tuple[int, Rows | None]] = field(default_factory=list)

    def add(self, texts: pl.Series, first_row: int, rows: Rows | None = None) -> None:
        """Texts of a chunk that begins at a row (0-based) of the file. `rows`: those of the chunk that they are of
        (ascending); None: all of them."""
        self.hashes.append(number_of(texts))
        self._places.append((first_row, rows))

    def again(self) -> tuple[Rows, Rows, Rows]:
        """Of what came before: its rows, the first row of the same, and how many of the same came before (from 1)."""
        halves = _repeated_halves(self.hashes)
        if not len(halves):
            return NO_ROWS, NO_ROWS, NO_ROWS
        same = pl.concat(self._those_of(halves)).select(
            "row", first=pl.col("row").first().over("hash"), rank=pl.int_range(pl.len()).over("hash")
        )
        later = same.filter(pl.col("rank") > 0)
        row, first, rank = (later.get_column(name).to_numpy().astype(np.intp) for name in ("row", "first", "rank"))
        return row, first, rank

    def _those_of(self, halves: pl.Series) -> Iterator[pl.DataFrame]:
        for hashes, (first_row, rows) in zip(self.hashes, self._places, strict=True):
            at = places(_half(hashes).is_in(halves.implode()))
            row = pl.Series((at if rows is None else rows[at]) + first_row, dtype=pl.Int64)
            yield pl.DataFrame({"hash": hashes.gather(at), "row": row})


def _repeated_halves(hashes: Sequence[pl.Series]) -> pl.Series:
    """The halves that several hashes have: few, if any, and quick to find in little memory."""
    halves = np.concatenate([_half(some).to_numpy() for some in hashes] or [NO_ROWS])
    halves.sort()
    return pl.Series(halves[1:][halves[1:] == halves[:-1]]).unique()


def _half(hashes: pl.Series) -> pl.Series:
    return (hashes // HALF).cast(pl.UInt64)


HALF = pl.Series([2**64], dtype=pl.UInt128)


class Uniqueness:
    """The fields that are `unique` and the primary key of a schema, as far as the file has them."""

    def __init__(self, schema: SchemaVersion, readers: Sequence[CellReader], present: Sequence[str]) -> None:
        self._key = schema.primary_key if set(schema.primary_key) <= set(present) else ()
        self._unique = {
            each.name: Seen() for each in schema.fields if each.constraints.get("unique") and each.name in present
        }
        self._keys = Seen()
        self._readers = {reader.field.name: reader for reader in readers}

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self._key or self._unique)

    @property
    def has_key(self) -> bool:
        """Whether the file has the columns of a primary key, which a blank row then breaks too."""
        return bool(self._key)

    @property
    def no_key(self) -> Mapping[str, Any]:
        """What is said of a row without any value of the key."""
        return {"columns": ", ".join(self._key)}

    def look(self, chunk: Chunk, first_row: int) -> list[FaultRun]:
        """Remember a chunk that begins at a row (0-based) of the file; the faults that can be told at once."""
        for name, seen in self._unique.items():
            rows = places(chunk.canonical.get_column(name).is_not_null())
            seen.add(self._comparable(chunk, name).gather(rows), first_row, rows)
        if not self._key:
            return []
        texts = [self._comparable(chunk, name) for name in self._key]
        filled = pl.DataFrame(texts).select(~pl.all_horizontal(pl.all().is_null())).to_series()
        rows = places(filled)
        self._keys.add(joined(texts).gather(rows), first_row, rows)
        without = places(~filled)
        return run_of(
            FindingCode.PRIMARY_KEY, Severity.ERROR, None, without, lambda _: Described(None, None, self.no_key)
        )

    def _comparable(self, chunk: Chunk, name: str) -> pl.Series:
        """Texts that are equal where Frictionless' values are."""
        texts = chunk.canonical.get_column(name)
        if chunk.kinds[name] in SPELLED_ONCE:
            return texts
        read = self._readers[name].read_value
        spelled = {text: _spelled(read(text)) for text in texts.drop_nulls().unique().to_list()}
        return texts.replace(spelled) if spelled else texts

    def doubles(self, lines: Sequence[int] | Any) -> Iterator[FaultRun]:
        """The faults that only the whole file tells; their rows are those of the file. `lines`: of each row."""
        for name, seen in self._unique.items():
            rows, first, _ = seen.again()
            yield from run_of(FindingCode.UNIQUE_VALUE, Severity.ERROR, name, rows, _as_first(lines, first, name))
        rows, first, _ = self._keys.again()
        columns = ", ".join(self._key)
        yield from run_of(FindingCode.PRIMARY_KEY, Severity.ERROR, None, rows, _as_first(lines, first, columns))


def identity_doubles(rows: Rows, first: Rows, identity: Sequence[str], lines: Any) -> list[FaultRun]:
    """The rows whose identity came before: a warning, since an occurrence number keeps them apart."""
    describe = _as_first(lines, first, ", ".join(identity))
    return run_of(FindingCode.DUPLICATE_IDENTITY, Severity.WARNING, None, rows, describe)


def repeated_identities(rows: Rows, first: Rows, identity: Sequence[str], lines: Any) -> list[FaultRun]:
    """The same where an identity may come once only, since its rows are to change or leave: an error."""
    describe = _as_first(lines, first, ", ".join(identity))
    return run_of(FindingCode.REPEATED_IDENTITY, Severity.ERROR, None, rows, describe)


def _as_first(lines: Any, first: Rows, columns: str) -> Callable[[int], Described]:
    def describe(rank: int) -> Described:
        line = int(lines[first[rank]])
        details: Mapping[str, Any] = {
            "columns": columns,
            "first_row": line,
            "first": said(f" par la ligne {line}", f" by line {line}"),
        }
        return Described(None, None, details)

    return describe


def _spelled(value: Any) -> str:
    """One text for values that are equal."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(Decimal(str(value)).normalize() + 0)
    if isinstance(value, tuple):
        return ",".join(_spelled(part) for part in value)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    return str(value)
