"""Rows as checks see them, in tests."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from services.validator.checks.chunk import Chunk, FaultRun, Found
from services.validator.checks.table import FurtherCheck
from shared.registry import SchemaVersion


def chunk_of(schema: SchemaVersion, columns: Mapping[str, Sequence[str | None]], *, first_line: int = 2) -> Chunk:
    """Canonical texts of some columns, the others absent; lines follow each other."""
    height = max(map(len, columns.values()))
    absent: list[str | None] = [None] * height
    texts = {name: pl.Series(name, columns.get(name, absent), dtype=pl.String) for name in schema.field_names}
    lines = pl.Series(range(first_line, first_line + height), dtype=pl.Int64)
    return Chunk(lines, pl.DataFrame(texts), {field.name: field.type for field in schema.fields})


Told = tuple[str, str, str | None, int, str | None]
"""Code, severity, column, line, value."""


def told(found: Iterable[Found], lines: Sequence[int]) -> list[Told]:
    """Each fault, runs told one by one, by line."""
    listed: list[Told] = []
    for each in found:
        if isinstance(each, FaultRun):
            for rank, row in enumerate(each.rows):
                value = each.describe(rank).value
                listed.append((each.code.value, each.severity.value, each.column, lines[int(row)], value))
        else:
            listed.append((each.code.value, each.severity.value, each.column, each.line, each.value))
    return sorted(listed, key=lambda one: (one[3], one[0], one[2] or ""))


def run_check(check: FurtherCheck, chunks: Iterable[Chunk], frame: pl.DataFrame | None = None) -> list[Told]:
    """What a check tells of a whole file."""
    listed = []
    for chunk in chunks:
        listed += told(check.check(chunk, pl.DataFrame() if frame is None else frame), chunk.lines.to_list())
    faults, runs, lines = check.finish()
    return listed + told([*faults, *runs], lines.tolist())
