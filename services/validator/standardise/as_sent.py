"""Rows of an invalid file, corrected where that could be: the others of their cells stay as they were sent."""

from collections.abc import Mapping

import polars as pl

from services.validator.checks.chunk import Chunk
from services.validator.standardise.headers import HeaderMatch
from services.validator.standardise.values import EDGES


def holds_all(header: tuple[str, ...], match: HeaderMatch) -> bool:
    """Whether every named column has its place in a corrected table: doubled and disputed ones have none."""
    named = [label.strip() for label in header if label.strip()]
    return bool(match.matched) and len(named) == len(match.matched) + len({label for _, label in match.extra})


def as_sent(chunk: Chunk, frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """The rows in the shape of the canonical table, without slices and hashes, which an invalid file has no use for.

    `frame`: the cells of the vendor; `columns`: field → its column of the frame.
    """
    height = chunk.height
    extra = pl.Series([None] * height, dtype=pl.String) if chunk.extra is None else chunk.extra
    system = [
        chunk.lines.alias("_line"),
        *(pl.Series(name, [None], dtype=pl.String).new_from_index(0, height) for name in TEXTS),
        pl.zeros(height, dtype=pl.Int32, eager=True).alias("_occurrence"),
        extra.alias("_extra"),
    ]
    fields = [
        _filled(texts, frame.get_column(columns[texts.name])) if texts.name in columns else texts
        for texts in chunk.canonical.get_columns()
    ]
    return pl.DataFrame([*system, *fields])


TEXTS = ("_slice", "_key_hash", "_row_hash")


def _filled(canonical: pl.Series, sent: pl.Series) -> pl.Series:
    """Canonical texts, and what was sent where there is none."""
    if not canonical.null_count():
        return canonical
    both = pl.DataFrame([canonical.alias("canonical"), sent.alias("sent")])
    unread = pl.col("canonical").is_null() & (pl.col("sent").str.strip_chars(EDGES) != "")
    filled = pl.when(unread).then("sent").otherwise("canonical")
    return both.select(filled.alias(canonical.name)).to_series()
