"""Texts that hold several things: the interoperability key (commune, street, number), `uid_adresse` (three UUIDs)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from services.validator.checks.bal_cells import Cells, nothing, replaced
from services.validator.checks.bal_communes import GeographicCode
from services.validator.checks.bal_fields import UUID_4, Read

_KEY_FORM = "^[0-9][0-9ab][0-9]{3}_[0-9a-z]{4}_[0-9]{5}(_[0-9a-z]+)*$"
_UNSAID_STREETS = ("0000", "xxxx")
_UID_FORM = f"^(@a:{UUID_4} )?@v:{UUID_4} @c:{UUID_4}$"
_UID_WITH_ADDRESS = 119
"""Characters of a `uid_adresse` that names the address too."""


def proven_key(texts: pl.Expr, communes: GeographicCode) -> pl.Expr:
    """Keys that are whole, in lower case, of a commune of today, with the code of a street."""

    def of_today(codes: pl.Series) -> pl.Series:
        distinct = codes.unique().to_list()
        return codes.is_in([code for code in distinct if _is_of_today(code.upper(), communes)])

    of_commune = texts.str.slice(0, 5).map_batches(of_today, return_dtype=pl.Boolean)
    return texts.str.contains(_KEY_FORM) & of_commune & ~texts.str.slice(6, 4).is_in(_UNSAID_STREETS)


def _is_of_today(code: str, communes: GeographicCode) -> bool:
    return code in communes.names and code not in communes.former


def proven_uid(texts: pl.Expr) -> pl.Expr:
    """Identifiers of street and commune, and of the address or not."""
    return texts.str.contains(_UID_FORM)


class KeyParts(NamedTuple):
    """What keys say; null where they cannot be read."""

    commune: pl.Series
    street: pl.Series
    number: pl.Series
    """Int64; null also when it is 0."""


def key_parts(cells: Cells) -> KeyParts:
    """The parts of the keys of a batch."""
    rows = len(cells.texts)
    if cells.values.null_count() == rows:
        return KeyParts(nothing(rows), nothing(rows), nothing(rows, pl.Int64))
    text = pl.col("text")
    number = text.str.slice(11, 5).cast(pl.Int64, strict=False)
    cut = cells.texts.to_frame("text").select(
        commune=text.str.slice(0, 5).str.to_uppercase(),
        street=text.str.slice(6, 4).str.to_uppercase(),
        number=pl.when(number != 0).then(number),
    )
    return KeyParts(
        _patched(cut["commune"], cells, lambda read: read.key and read.key.commune),
        _patched(cut["street"], cells, lambda read: read.key and read.key.street),
        _patched(cut["number"], cells, lambda read: read.key and read.key.number, pl.Int64),
    )


class UidParts(NamedTuple):
    """Identifiers of the national address base; null where there is none."""

    commune: pl.Series
    street: pl.Series
    address: pl.Series


def uid_parts(cells: Cells) -> UidParts:
    """The identifiers in the `uid_adresse` of a batch."""
    rows = len(cells.texts)
    if cells.values.null_count() == rows:
        return UidParts(nothing(rows), nothing(rows), nothing(rows))
    text = pl.col("text")
    cut = cells.texts.to_frame("text").select(
        commune=text.str.tail(36),
        street=text.str.slice(-76, 36),
        address=pl.when(text.str.len_bytes() == _UID_WITH_ADDRESS).then(text.str.slice(3, 36)),
    )
    return UidParts(
        _patched(cut["commune"], cells, lambda read: read.ids and read.ids[0]),
        _patched(cut["street"], cells, lambda read: read.ids and read.ids[1]),
        _patched(cut["address"], cells, lambda read: read.ids and read.ids[2]),
    )


def _patched(
    parts: pl.Series, cells: Cells, part_of: Callable[[Read], Any], dtype: type[pl.DataType] = pl.String
) -> pl.Series:
    """Parts cut at fixed places are right for proven texts; the others were read one by one."""
    if not cells.odd:
        return parts
    read: Mapping[str, Any] = {text: part_of(found) for text, found in cells.odd.items()}
    new = replaced(cells.texts, read, default=None, dtype=dtype)
    return new.zip_with(cells.texts.is_in(list(read)), parts)
