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


def proven_keys(texts: pl.Series, communes: GeographicCode) -> pl.Series:
    """Keys that are whole, in lower case, of a commune of today."""
    proven = texts.str.contains(_KEY_FORM)
    codes = texts.str.slice(0, 5)
    right = [code for code in codes.unique().to_list() if _is_of_today(code.upper(), communes)]
    proven &= codes.is_in(right)
    return proven & ~texts.str.slice(6, 4).is_in(_UNSAID_STREETS)


def _is_of_today(code: str, communes: GeographicCode) -> bool:
    return code in communes.names and code not in communes.former


def proven_uids(texts: pl.Series) -> pl.Series:
    """Identifiers of street and commune, and of the address or not."""
    return texts.str.contains(_UID_FORM)


class KeyParts(NamedTuple):
    """What keys say; null where they cannot be read."""

    commune: pl.Series
    street: pl.Series
    number: pl.Series
    """Int64; null also when it is 0."""


def key_parts(texts: pl.Series, cells: Cells) -> KeyParts:
    """The parts of the keys of a batch."""
    rows = len(texts)
    if cells.values.null_count() == rows:
        return KeyParts(nothing(rows), nothing(rows), nothing(rows, pl.Int64))
    number = texts.str.slice(11, 5).cast(pl.Int64, strict=False)
    return KeyParts(
        _patched(texts.str.slice(0, 5).str.to_uppercase(), texts, cells, lambda read: read.key and read.key.commune),
        _patched(texts.str.slice(6, 4).str.to_uppercase(), texts, cells, lambda read: read.key and read.key.street),
        _patched(number.set(number == 0, None), texts, cells, lambda read: read.key and read.key.number, pl.Int64),
    )


class UidParts(NamedTuple):
    """Identifiers of the national address base; null where there is none."""

    commune: pl.Series
    street: pl.Series
    address: pl.Series


def uid_parts(texts: pl.Series, cells: Cells) -> UidParts:
    """The identifiers in the `uid_adresse` of a batch."""
    rows = len(texts)
    if cells.values.null_count() == rows:
        return UidParts(nothing(rows), nothing(rows), nothing(rows))
    with_address = texts.str.len_bytes() == _UID_WITH_ADDRESS
    address = texts.str.slice(3, 36)
    return UidParts(
        _patched(texts.str.tail(36), texts, cells, lambda read: read.ids and read.ids[0]),
        _patched(texts.str.slice(-76, 36), texts, cells, lambda read: read.ids and read.ids[1]),
        _patched(address.set(~with_address, None), texts, cells, lambda read: read.ids and read.ids[2]),
    )


def _patched(
    parts: pl.Series,
    texts: pl.Series,
    cells: Cells,
    part_of: Callable[[Read], Any],
    dtype: type[pl.DataType] = pl.String,
) -> pl.Series:
    """Parts cut at fixed places are right for proven texts; the others were read one by one."""
    if not cells.reads:
        return parts
    read: Mapping[str, Any] = {text: part_of(found) for text, found in cells.reads.items()}
    return parts.zip_with(~texts.is_in(list(read)), replaced(texts, read, default=None, dtype=dtype))
