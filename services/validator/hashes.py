"""Hashes that stand for the values of a row: XXH3 of 128 bits over the values joined by U+001F, null as U+001E.

No cell holds such characters (`control-character` is an error), so two rows of different values are never joined to
the same text. The hash is no defence against somebody who looks for collisions: who makes its own rows collide harms
itself only.
"""

from collections.abc import Sequence

import polars as pl
from polars_hash import NonCryptographicHashingNameSpace

SEPARATOR, NULL = "\x1f", "\x1e"


def joined(columns: Sequence[pl.Series]) -> pl.Series:
    """The values of each row as one text; columns of String, of one length."""
    places, filled = [], []
    for at, column in enumerate(columns):
        missing = column.null_count()
        if missing == len(column):
            places.append(NULL)
            continue
        places.append("{}")
        filled.append((column.fill_null(NULL) if missing else column).alias(str(at)))
    if not filled:
        return pl.Series([SEPARATOR.join(places)] * len(columns[0]), dtype=pl.String)
    return (
        pl.DataFrame(filled)
        .select(pl.format(SEPARATOR.join(places), *(pl.col(text.name) for text in filled)))
        .to_series()
    )


def number_of(texts: pl.Series) -> pl.Series:
    """The hash of each text as UInt128."""
    return texts.to_frame("text").select(NonCryptographicHashingNameSpace(pl.col("text")).xxh3_128()).to_series()


def hexadecimal(texts: pl.Series) -> pl.Series:
    """The hash of each text as 32 hexadecimal digits, as XXH3 writes it: PostgreSQL takes it for a `uuid`."""
    octets = NonCryptographicHashingNameSpace(pl.col("text")).xxh3_128(return_binary=True, byte_order="big")
    return texts.to_frame("text").select(octets.bin.encode("hex")).to_series()
