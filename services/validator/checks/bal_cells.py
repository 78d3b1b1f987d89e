"""Cells of addresses by columns: expressions prove most texts right, each distinct text of the others is read once.

A column of many different texts (numbers, coordinates, identifiers) is proven by its form; one that repeats itself
(names, dates, codes) by looking up the few texts it holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from services.validator.checks.bal_fields import UUID_4, Read, Reader
from services.validator.checks.bal_levels import FIELDS, severity_of
from services.validator.checks.chunk import Described, FaultRun, Rows, places, run_of
from services.validator.findings import FindingCode as Code
from shared.reports.words import Detail, said

MEMORY_LIMIT = 200_000
"""Distinct texts of a column remembered before it forgets them all."""

FEW = 50
"""New texts that are read one by one rather than proven."""

_FLOAT_PROOF = r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,25})?$"
_NAME = r"0-9A-Za-zÀ-ÖØ-öø-ÿœ'’./()\-"
_STREET_PROOF = f"^[0-9A-ZÀ-ÖØ-Þ][{_NAME} ]*[a-zà-öø-ÿ][{_NAME} ]*[{_NAME}]$"
PROOFS: Mapping[str, str] = {
    "numero": "^[1-9][0-9]{0,4}$",
    **dict.fromkeys(("x", "y", "long", "lat"), _FLOAT_PROOF),
    **dict.fromkeys(("id_ban_commune", "id_ban_toponyme", "id_ban_adresse"), f"^{UUID_4}$"),
    **dict.fromkeys(("voie_nom", "toponyme"), _STREET_PROOF),
    "cad_parcelles": r"^[0-9]{5}[0-9A-Z]{9,10}(\|[0-9]{5}[0-9A-Z]{9,10})*$",
}
"""Field → form of texts that are their own value, without fault."""

STREET_BYTES = 200
"""Bytes of a street name that is certainly not too long."""

MANY_VALUED = frozenset(
    ("numero", "x", "y", "long", "lat", "id_ban_adresse", "cad_parcelles", "cle_interop", "uid_adresse")
)
"""Fields whose cells are mostly different: proven cell by cell. The others repeat themselves."""

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


Proof = Callable[[pl.Expr], pl.Expr]


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

    texts: pl.Series
    """As judged; never null."""
    values: pl.Series
    """String, Int64 or Float64; null where nothing can be read."""
    odd: Mapping[str, Read]
    """Texts that are not their own value without fault, and were read one by one."""

    @property
    def faulty(self) -> list[str]:
        """Texts with a fault, each once."""
        return [text for text, found in self.odd.items() if found.codes]


_NO_TEXT = pl.Series([None], dtype=pl.String)


class Prepared(NamedTuple):
    """Expressions over the texts of a column."""

    values: pl.Expr | None
    """Right for proven texts; None when these are their own values."""
    proof: pl.Expr | None
    distinct: pl.Expr | None
    """In place of the proof, for a column that repeats itself."""


class ColumnReader:
    """Reads the cells of one column, batch after batch."""

    def __init__(self, column: AddressColumn, reader: Reader, *, version: str, proof: Proof | None) -> None:
        """`proof`: which texts are certainly their own value, without fault; None: none is."""
        self.column = column
        self._reader = reader
        self._version = version
        self._type = TYPES.get(column.field, pl.String)
        self._proof = proof
        self._known: dict[str, Read | None] = {}
        """None for a proven text."""

    def prepare(self, texts: pl.Expr) -> Prepared:
        """What to compute of texts without nulls."""
        values = None if self._type is pl.String else texts.cast(self._type, strict=False)
        if self.column.field not in MANY_VALUED or self._proof is None:
            return Prepared(values, None, texts.unique().implode())
        return Prepared(values, self._proof(texts), None)

    def read(self, texts: pl.Series, values: pl.Series | None, found: pl.Series) -> Cells:
        """`values` and `found`: of `prepare`; `found` is whether each text is proven, or the distinct texts."""
        values = texts if values is None else values
        if found.dtype != pl.Boolean:
            distinct = found[0].to_list()
        elif found.all():
            return Cells(texts, values, {})
        else:
            distinct = texts.filter(~found).unique().to_list()
        odd = self._odd(distinct)
        return Cells(texts, self._patched(texts, values, odd), odd)

    def _odd(self, distinct: Sequence[str]) -> dict[str, Read]:
        known = self._known
        if len(known) > MEMORY_LIMIT:
            known.clear()
        self._learn([text for text in distinct if text not in known])
        return {text: found for text in distinct if (found := known[text]) is not None}

    def _learn(self, unknown: list[str]) -> None:
        if self._proof is not None and len(unknown) > FEW:
            texts = pl.Series("text", unknown, dtype=pl.String)
            proven = texts.to_frame().select(self._proof(pl.col("text"))).to_series()
            self._known.update(dict.fromkeys(texts.filter(proven).to_list()))
            unknown = texts.filter(~proven).to_list()
        translated = self.column.language is not None
        for text in unknown:
            found = self._reader.read(self.column.field, text, translated=translated)
            self._known[text] = None if found == Read(text) else found

    def _patched(self, texts: pl.Series, values: pl.Series, odd: Mapping[str, Read]) -> pl.Series:
        """The values, with those of odd texts."""
        if "" in odd and self._type is pl.String:
            filled = texts != ""
            values = values.zip_with(filled, _NO_TEXT) if filled.any() else nothing(len(texts))
        changed = {text: found.value for text, found in odd.items() if text and found.value != text}
        if not changed:
            return values
        new = replaced(texts, changed, default=None, dtype=self._type)
        return new.zip_with(texts.is_in(list(changed)), values)

    def runs(self, cells: Cells) -> Iterator[FaultRun]:
        """The faults of the cells; none when the column is not of this version of the format."""
        column = self.column
        if not cells.odd or self._version not in FIELDS[column.field]:
            return
        by_code: dict[Code, list[str]] = {}
        for text in cells.faulty:
            for code in cells.odd[text].codes:
                by_code.setdefault(code, []).append(text)
        for code, wrong in by_code.items():
            rows = places(cells.texts.is_in(wrong))
            severity = severity_of(code, column.field, version=self._version, language=column.language)
            yield from run_of(code, severity, column.label, rows, self._describer(code, rows, cells))

    def _describer(self, code: Code, rows: Rows, cells: Cells) -> Callable[[int], Described]:
        details = DETAILS.get((code, self.column.field), _OF_CODE.get(code, {}))

        def describe(rank: int) -> Described:
            text = cells.texts[int(rows[rank])]
            return Described(text or None, cells.odd[text].suggestion, details)

        return describe


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
    if form is None:
        return None
    if field in ("voie_nom", "toponyme"):
        return lambda texts: texts.str.contains(form) & (texts.str.len_bytes() <= STREET_BYTES)
    return lambda texts: texts.str.contains(form)
