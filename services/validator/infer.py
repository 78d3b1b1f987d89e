"""A Table Schema proposed for a file that has none: each column gets the narrowest type that all its cells are of.

Prudent: what would lose something stays text. `007`, `31000` under `code_postal`, 14 digits of a SIRET → string;
`31/12/2024` and `2024-12-31` → date; `12,5` → number; `oui`/`non` → boolean. No identity is guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from services.validator.detect import Refused
from services.validator.readers.opening import open_table
from services.validator.readers.table import Asked, Opened, RawTable
from services.validator.standardise.candidates import folded
from services.validator.standardise.words import FALSE_WORDS, TRUE_WORDS
from shared.registry import Dataset, SchemaVersion

CODES = re.compile(r"code|siret|siren|insee|postal|telephone|phone|identifiant|reference|numero|^id$|^tel$|^cp$|^ref$")
"""In the name of a column without case, accents or punctuation: its digits are no quantity."""

YEARS = re.compile(r"annee|year|exercice|millesime")

MAX_LABEL = 100

WORDS_KEPT = 20
"""Distinct texts of a column that are remembered: those of a boolean are few."""

WHOLE = r"\A-?(?:0|[1-9][0-9]{0,17})\z"
NUMBER = r"\A-?(?:0|[1-9][0-9]{0,17})(?:[.,][0-9]{1,18})?\z"
ISO_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
FRENCH_DAY = r"\A[0-9]{2}/[0-9]{2}/[0-9]{4}\z"
MOMENT = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?\z"
YEAR = r"\A(?:1[89]|20)[0-9]{2}\z"

Test = Callable[[pl.Expr], pl.Expr]


def _matching(pattern: str) -> Test:
    return lambda texts: texts.str.contains(pattern)


def _day(pattern: str, form: str) -> Test:
    return lambda texts: texts.str.contains(pattern) & texts.str.to_date(form, strict=False).is_not_null()


TESTS: Mapping[str, Test] = {
    "year": _matching(YEAR),
    "integer": _matching(WHOLE),
    "number": _matching(NUMBER),
    "iso-date": _day(ISO_DAY, "%Y-%m-%d"),
    "french-date": _day(FRENCH_DAY, "%d/%m/%Y"),
    "datetime": _matching(MOMENT),
}
"""What all the cells of a column may be."""

REASONS: Mapping[str, str] = {
    "code": "le nom ou la longueur des valeurs est celui d'un code : ses chiffres sont gardés tels quels",
    "text": "des valeurs ne sont ni des nombres, ni des dates, ni des oui/non",
    "empty": "aucune valeur : à préciser",
    "year": "années sur quatre chiffres",
    "integer": "nombres entiers, sans zéro en tête",
    "number": "nombres, à point ou à virgule",
    "date": "jours AAAA-MM-JJ ou JJ/MM/AAAA",
    "datetime": "moments AAAA-MM-JJThh:mm:ss",
    "boolean": "deux valeurs, vrai et faux",
}
"""Why a column gets its type, in French."""


class NothingToInfer(Exception):
    """The file has no table that can be read; the message says why, in French."""


@dataclass(slots=True)
class _Column:
    name: str
    label: str
    filled: int = 0
    empty: int = 0
    held: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TESTS, 0))
    """Test → cells that pass it."""
    lengths: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def take(self, texts: pl.Series) -> None:
        """Some more cells."""
        trimmed = texts.str.strip_chars().to_frame("text").filter(pl.col("text").fill_null("") != "")
        self.filled += trimmed.height
        self.empty += len(texts) - trimmed.height
        column = pl.col("text")
        counts = trimmed.select(**{name: test(column).sum() for name, test in TESTS.items()})
        for name, count in counts.row(0, named=True).items():
            self.held[name] += count
        few = trimmed.select(length=column.str.len_chars()).unique()["length"].head(WORDS_KEPT)
        self.lengths |= set(few)
        if len(self.words) <= WORDS_KEPT:
            self.words |= set(trimmed["text"].unique().head(WORDS_KEPT + 1))

    def found(self) -> tuple[str, str]:
        """The type and why: a key of REASONS."""
        if not self.filled:
            return "string", "empty"
        if self._all("iso-date", "french-date"):
            return "date", "date"
        if self._all("datetime"):
            return "datetime", "datetime"
        name = folded(self.label)
        if self._all("year") and YEARS.search(name):
            return "year", "year"
        if self._all("integer"):
            return ("string", "code") if self._is_code(name) else ("integer", "integer")
        if self._all("number"):
            return "number", "number"
        if {word.casefold() for word in self.words} in TRUTHS:
            return "boolean", "boolean"
        return "string", "text"

    def _all(self, *tests: str) -> bool:
        return sum(self.held[test] for test in tests) == self.filled

    def _is_code(self, name: str) -> bool:
        long_and_even = len(self.lengths) == 1 and min(self.lengths) >= 9
        return long_and_even or CODES.search(name) is not None


TRUTHS = tuple({true, false} for true in TRUE_WORDS - {"1"} for false in FALSE_WORDS - {"0"})
"""Pairs of words: `0` and `1` are numbers until someone says otherwise."""


def infer_file(path: Path, declared_charset: str | None, folder: Path) -> dict[str, Any]:
    """The proposal for the file at `path`: `schema` (a Table Schema), `columns`, `rows`, `format`.

    Raises NothingToInfer.
    """
    with open_table(path, schema=UNKNOWN, asked=Asked(declared_charset), folder=folder) as opened:
        return infer_table(opened)


def infer_table(opened: Opened) -> dict[str, Any]:
    """The proposal for a table just opened. Raises NothingToInfer."""
    table = opened.table
    if isinstance(table, Refused):
        raise NothingToInfer(f"Ce fichier ne se lit pas comme un tableau ({table.code.value})")
    columns, rows = _columns(table), 0
    for batch in table.batches:
        rows += len(batch.lines)
        for at, column in columns.items():
            column.take(batch.frame.get_column(str(at)))
    if table.stopped:
        raise NothingToInfer(f"Ce fichier ne se lit pas jusqu'au bout ({table.stopped[0].code.value})")
    found = [(column, *column.found()) for column in columns.values()]
    return {
        "schema": {"fields": [_field(column, kind) for column, kind, _ in found]},
        "columns": [
            {
                "name": column.name,
                "label": column.label,
                "type": kind,
                "reason": REASONS[why],
                "filled": column.filled,
                "empty": column.empty,
            }
            for column, kind, why in found
        ],
        "rows": rows,
        "format": opened.origin.format if opened.origin else None,
    }


def _columns(table: RawTable) -> dict[int, _Column]:
    """Position → column, of those that have a name."""
    columns: dict[int, _Column] = {}
    named: dict[str, str] = {}
    for at, label in enumerate(table.header):
        name = _name(label)
        if not name:
            continue
        same = named.setdefault(folded(name), label)
        if same != label or any(one.label == label for one in columns.values()):
            raise NothingToInfer(f"Les colonnes « {same} » et « {label} » ne se distinguent pas assez")
        columns[at] = _Column(name, label)
    if not columns:
        raise NothingToInfer("Aucune colonne de ce fichier n'a de nom")
    return columns


def _name(label: str) -> str:
    """A name that a schema may have, by which the same label is found again: letters and digits stay."""
    words = re.sub(r"[\x00-\x1f\x7f\",;]+", " ", label).split()
    name = re.sub(r"_{2,}", "_", " ".join(words))[:MAX_LABEL].strip(" ")
    while name and not name[0].isalnum():
        name = name[1:]
    return name


def _field(column: _Column, kind: str) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": kind}
    if kind == "boolean":
        described["trueValues"] = _spelled(column.words, TRUE_WORDS)
        described["falseValues"] = _spelled(column.words, FALSE_WORDS)
    return described


def _spelled(words: Sequence[str] | set[str], known: frozenset[str]) -> list[str]:
    return sorted(word for word in words if word.casefold() in known)


UNKNOWN = SchemaVersion(
    name="libre/a-decrire",
    version="0",
    sha256="",
    title="",
    description="",
    homepage=None,
    fields=(),
    identity=(),
    slice=None,
    geography=None,
    dataset=Dataset("", "", "", ""),
    custom_checks=(),
    severities={},
    required_columns=(),
    renames={},
    frequency="unknown",
    differences=(),
    descriptor={"fields": []},
)
"""The schema of a file of which nothing is known: the readers find the header by its place alone."""
