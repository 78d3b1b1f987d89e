"""Cells of addresses by columns: expressions prove most texts right, each distinct text of the others is read once.

A column of many different texts (numbers, coordinates, identifiers) is proven by its form; one that repeats itself
(names, dates, codes) by looking up the few texts it holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from services.validator.checks.bal_fields import UUID_4, Read, Reader
from services.validator.checks.bal_levels import FIELDS, severity_of
from services.validator.checks.chunk import Described, FaultRun, places, run_of
from services.validator.findings import FindingCode as Code
from shared.reports.words import Detail, said

MEMORY_LIMIT = 200_000
"""Distinct texts of a column remembered before it forgets them all."""

_FLOAT_PROOF = r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,25})?$"
PROOFS: Mapping[str, str] = {
    "numero": "^[1-9][0-9]{0,4}$",
    **dict.fromkeys(("x", "y", "long", "lat"), _FLOAT_PROOF),
    "id_ban_adresse": f"^{UUID_4}$",
    "cad_parcelles": r"^[0-9]{5}[0-9A-Z]{9,10}(\|[0-9]{5}[0-9A-Z]{9,10})*$",
}
"""Field → form of a text that is its own value, without fault. The other fields repeat themselves."""

TYPES: Mapping[str, type[pl.DataType]] = {
    "numero": pl.Int64,
    **dict.fromkeys(("x", "y", "long", "lat"), pl.Float64),
}
"""Field → type of its values; else String."""

DETAILS: Mapping[tuple[Code, str], Mapping[str, Detail]] = {
    (Code.BAL_VALUE, "position"): {
        "form": said(
            "entrée, bâtiment, cage d’escalier, logement, service technique, délivrance postale, parcelle ou segment",
            "a kind of position of the official list",
        )
    },
    (Code.BAL_VALUE, "cad_parcelles"): {
        "form": said(
            "des codes de parcelle de 14 ou 15 caractères, séparés par des barres verticales",
            "codes of plots of 14 or 15 characters, separated by vertical bars",
        )
    },
    (Code.BAL_VALUE, "certification_commune"): {"form": said("1 (oui) ou 0 (non)", "1 (yes) or 0 (no)")},
    (Code.BAL_CHARACTER, "suffixe"): {"form": said("des lettres et des chiffres", "letters and digits")},
    (Code.BAL_TOO_LONG, "suffixe"): {"limit": 9},
}
_OF_CODE: Mapping[Code, Mapping[str, Detail]] = {
    Code.BAL_VALUE: {
        "form": said("un nombre décimal, avec un point, sans espace", "a decimal number, with a point, without space")
    },
    Code.BAL_CHARACTER: {"form": said("un nom lisible", "a readable name")},
    Code.BAL_TOO_LONG: {"limit": 200},
}


Proof = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class AddressColumn:
    """A column of the file that the national judge reads."""

    label: str
    """Its name there: `voie_nom`, `voie_nom_bre`."""
    field: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """What a column says."""

    values: pl.Series
    """String, Int64 or Float64; null where nothing can be read."""
    reads: Mapping[str, Read]
    """Of the texts that were not proven."""
    faulty: pl.Series
    """Texts with a fault, each once."""


class ColumnReader:
    """Reads the cells of one column, batch after batch."""

    def __init__(self, column: AddressColumn, reader: Reader, *, version: str, proof: Proof | None) -> None:
        """`proof`: which texts are their own value, without fault; None for a column that repeats itself."""
        self.column = column
        self._reader = reader
        self._version = version
        self._type = TYPES.get(column.field, pl.String)
        self._proof = proof
        self._known: dict[str, Read] = {}

    def read(self, texts: pl.Series) -> Cells:
        """Values of a String column without nulls."""
        proven = None if self._proof is None else self._proof(texts)
        if proven is not None and proven.all():
            return Cells(texts.cast(self._type), {}, _no_texts())
        doubtful = (texts if proven is None else texts.filter(~proven)).unique().to_list()
        reads = {text: self._read(text) for text in doubtful}
        faulty = pl.Series([text for text, found in reads.items() if found.codes], dtype=pl.String)
        return Cells(self._values(texts, proven, reads), reads, faulty)

    def _values(self, texts: pl.Series, proven: pl.Series | None, reads: Mapping[str, Read]) -> pl.Series:
        changed = {text: found.value for text, found in reads.items() if found.value != text}
        if not changed:
            return texts.cast(self._type)
        if self._type is pl.String:
            return replaced(texts, changed, default=texts)
        if proven is None:
            return replaced(texts, changed, default=None, dtype=self._type)
        proven_values = texts.set(~proven, None).cast(self._type)
        return proven_values.zip_with(proven, replaced(texts, changed, default=None, dtype=self._type))

    def runs(self, texts: pl.Series, cells: Cells) -> Iterator[FaultRun]:
        """The faults of the cells; none when the column is not of this version of the format."""
        column = self.column
        if not len(cells.faulty) or self._version not in FIELDS[column.field]:
            return
        by_code: dict[Code, list[str]] = {}
        for text in cells.faulty.to_list():
            for code in cells.reads[text].codes:
                by_code.setdefault(code, []).append(text)
        for code, wrong in by_code.items():
            rows = places(texts.is_in(wrong))
            severity = severity_of(code, column.field, version=self._version, language=column.language)
            yield from run_of(code, severity, column.label, rows, self._describer(code, texts.gather(rows), cells))

    def _describer(self, code: Code, wrong: pl.Series, cells: Cells) -> Callable[[int], Described]:
        details = DETAILS.get((code, self.column.field), _OF_CODE.get(code, {}))

        def describe(rank: int) -> Described:
            text = wrong[rank]
            return Described(text or None, cells.reads[text].suggestion, details)

        return describe

    def _read(self, text: str) -> Read:
        found = self._known.get(text)
        if found is None:
            found = self._reader.read(self.column.field, text, translated=self.column.language is not None)
            if len(self._known) >= MEMORY_LIMIT:
                self._known.clear()
            self._known[text] = found
        return found


def replaced(
    series: pl.Series, new: Mapping[Any, Any], *, default: pl.Series | None, dtype: type[pl.DataType] = pl.String
) -> pl.Series:
    """Each value of the series by its new one; `default` where there is none."""
    old = pl.Series(list(new), dtype=series.dtype)
    values = pl.Series(list(new.values()), dtype=dtype)
    return series.replace_strict(old, values, default=default, return_dtype=dtype)


def nothing(rows: int, dtype: type[pl.DataType] = pl.String) -> pl.Series:
    """A column of nulls."""
    return pl.Series([None], dtype=dtype).new_from_index(0, rows)


def first_of(series: Sequence[pl.Series]) -> pl.Series:
    """The first value that is not null, row by row."""
    found, *others = series
    for other in others:
        if found.null_count():
            found = found.zip_with(found.is_not_null(), other)
    return found


def proof_of(field: str) -> Proof | None:
    """Which texts have the form of the field."""
    form = PROOFS.get(field)
    return None if form is None else lambda texts: texts.str.contains(form)


def _no_texts() -> pl.Series:
    return pl.Series([], dtype=pl.String)
