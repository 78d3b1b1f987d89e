"""Texts that hold several things: the interoperability key (commune, street, number), `uid_adresse` (three UUIDs)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from services.validator.checks.bal_cells import Cells, nothing, replaced
from services.validator.checks.bal_communes import GeographicCode
from services.validator.checks.bal_fields import UUID_4, Read

_STREET = "(?:[1-9a-wyz][0-9a-z]{3}|0[1-9a-z][0-9a-z]{2}|00[1-9a-z][0-9a-z]|000[1-9a-z]"
_STREET += "|x[0-9a-wyz][0-9a-z]{2}|xx[0-9a-wyz][0-9a-z]|xxx[0-9a-wyz])"
"""Four letters or digits, but neither `0000` nor `xxxx`."""
_KEY_FORM = rf"\A[0-9][0-9ab][0-9]{{3}}_{_STREET}_[0-9]{{5}}(?:_[0-9a-z]+)*\z"
_UID_FORM = f"^(@a:{UUID_4} )?@v:{UUID_4} @c:{UUID_4}$"
_UID_WITH_ADDRESS = 119
"""Characters of a `uid_adresse` that names the address too."""


def proven_key(texts: pl.Expr, communes: GeographicCode) -> pl.Expr:
    """Keys that are whole, in lower case, of a commune of today, with the code of a street."""

    def of_today(codes: pl.Series) -> pl.Series:
        distinct = codes.unique().to_list()
        others = [code for code in distinct if not _is_of_today(code.upper(), communes)]
        return ~codes.is_in(others) if others else pl.repeat(value=True, n=len(codes), dtype=pl.Boolean, eager=True)

    return texts.str.contains(_KEY_FORM) & texts.str.head(5).map_batches(of_today, return_dtype=pl.Boolean)


def _is_of_today(code: str, communes: GeographicCode) -> bool:
    return code in communes.names and code not in communes.former


def proven_uid(texts: pl.Expr) -> pl.Expr:
    """Identifiers of street and commune, and of the address or not."""
    return texts.str.contains(_UID_FORM)


def communes_of_keys(cells: Cells) -> pl.Series:
    """INSEE codes."""
    return _part(cells, TEXT.str.head(5).str.to_uppercase(), lambda read: read.key and read.key.commune)


def streets_of_keys(cells: Cells) -> pl.Series:
    """Codes of streets, in lower case as proven keys are."""
    return _part(cells, TEXT.str.slice(6, 4), lambda read: read.key and read.key.street)


def numbers_of_keys(cells: Cells) -> pl.Series:
    """Int64; null also when it is 0."""
    number = TEXT.str.slice(11, 5).cast(pl.Int64, strict=False)
    return _part(cells, pl.when(number != 0).then(number), lambda read: read.key and read.key.number, pl.Int64)


class UidParts(NamedTuple):
    """Identifiers of the national address base; null where there is none."""

    commune: pl.Series
    street: pl.Series
    address: pl.Series


def uid_parts(cells: Cells) -> UidParts:
    """The identifiers in the `uid_adresse` of a batch."""
    address = pl.when(TEXT.str.len_bytes() == _UID_WITH_ADDRESS).then(TEXT.str.slice(3, 36))
    return UidParts(
        _part(cells, TEXT.str.tail(36), lambda read: read.ids and read.ids[0]),
        _part(cells, TEXT.str.slice(-76, 36), lambda read: read.ids and read.ids[1]),
        _part(cells, address, lambda read: read.ids and read.ids[2]),
    )


TEXT = pl.col("text")


def _part(
    cells: Cells, cut: pl.Expr, part_of: Callable[[Read], Any], dtype: type[pl.DataType] = pl.String
) -> pl.Series:
    """What is cut at a fixed place of a text is right for proven texts; the others were read one by one. Null where it
    cannot be read."""
    if cells.values.null_count() == len(cells.texts):
        return nothing(len(cells.texts), dtype)
    parts = cells.texts.to_frame("text").select(cut).to_series()
    if not cells.odd:
        return parts
    read: Mapping[str, Any] = {text: part_of(found) for text, found in cells.odd.items()}
    new = replaced(cells.texts, read, default=None, dtype=dtype)
    return new.zip_with(cells.texts.is_in(list(read)), parts)
