"""Personal data where a schema expects none: numbers with a control key, addresses, telephones, natural persons.

NIR and IBAN are looked for everywhere, and hold the deposit until somebody confirms it. E-mail addresses and telephone
numbers are fine in the columns made for them (`EQUIP_EMAIL`, `contact_operateur`). A beneficiary without SIRET or RNA
number that is written like a person is a guess: the finding says so. What is shown is masked, here and in any other
finding on the same cell.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial

import numpy as np
import polars as pl

from services.validator.checks.cells import LEARNT_ROWS
from services.validator.checks.chunk import Chunk, Described, Fault, FaultRun, Found, Rows, places, run_of
from services.validator.checks.coherence import severity_of
from services.validator.checks.marks import SECRET, Kind, Mark, hidden, kinds_out_of_place, marks_in
from services.validator.checks.persons import is_person, masked_name
from services.validator.findings import FindingCode
from services.validator.tally import Lines
from shared.registry import SchemaField, SchemaVersion

CODES: Mapping[Kind, FindingCode] = {
    Kind.NIR: FindingCode.PERSONAL_NIR,
    Kind.IBAN: FindingCode.PERSONAL_IBAN,
    Kind.EMAIL: FindingCode.PERSONAL_EMAIL,
    Kind.PHONE: FindingCode.PERSONAL_PHONE,
}

TO_CONFIRM = frozenset({FindingCode.PERSONAL_NIR, FindingCode.PERSONAL_IBAN})
"""Findings that hold a deposit until it is confirmed."""

BENEFICIARIES: Mapping[str, tuple[str, ...]] = {"nomBeneficiaire": ("idBeneficiaire", "rnaBeneficiaire")}
"""Names of who is paid → numbers that only legal persons have (or persons in business, whose names are public)."""

SHORTEST = len("a@b.fr")
"""Characters of the shortest mark."""

SHAPES = (
    r"@[0-9A-Za-z-]+\.|"
    r"(?:^|[^0-9A-Za-z])(?:"
    r"[1-478][ \u{a0}\u{202f}./-]?[0-9]{2}[ \u{a0}\u{202f}./-]?[0-9]{2}[ \u{a0}\u{202f}./-]?[0-9][0-9ABab]"
    r"(?:[ \u{a0}\u{202f}./-]?[0-9]){8}(?:[^0-9A-Za-z]|$)|"
    r"[A-Za-z]{2}[ \u{a0}\u{202f}./-]?[0-9]{2}(?:[ \u{a0}\u{202f}./-]?[0-9A-Za-z]){11}|"
    r"(?:(?:\+|00)33[ \u{a0}\u{202f}./-]?(?:\(0\))?[ \u{a0}\u{202f}./-]?|0)[1-9](?:[ \u{a0}\u{202f}./-]?[0-9]{2}){4}"
    r"(?:[^0-9A-Za-z]|$))"
)
"""The forms of the marks, without look-around: what matches is looked at one text at a time."""

SAMPLE_ROWS = 1_000
REPEATED_TEXTS = 100
"""Distinct texts among the first rows, up to which a column is said to repeat itself."""


class PersonalData:
    """The screen of one file. `extra`: position and label of each column outside the schema."""

    def __init__(self, schema: SchemaVersion, extra: Sequence[tuple[int, str]] = ()) -> None:
        self._schema = schema
        self._extra = extra
        self._fields = [field for field in schema.fields if may_hold_marks(field, schema)]
        present = set(schema.field_names)
        self._names = {
            name: [number for number in numbers if number in present]
            for name, numbers in BENEFICIARIES.items()
            if name in present
        }
        self._repeats: dict[str, bool] = {}
        """Column → whether its distinct texts are few, which makes them quicker to search."""

    def check(self, chunk: Chunk, frame: pl.DataFrame) -> Iterator[Found]:
        """Column by column."""
        for field in self._fields:
            yield from self._screen(chunk.canonical.get_column(field.name), field.name, kinds_of(field))
        for position, label in self._extra:
            yield from self._screen(frame.get_column(str(position)), label, kinds_out_of_place(label))
        for name, numbers in self._names.items():
            yield from self._persons(chunk, name, numbers)

    def finish(self) -> tuple[Iterable[Fault], Sequence[FaultRun], Lines]:
        """Nothing is left for the end."""
        return (), (), np.zeros(0, dtype=np.int64)

    def _screen(self, texts: pl.Series, column: str, kinds: Set[Kind]) -> Iterator[FaultRun]:
        rows = self._shaped(texts, column)
        if not len(rows):
            return
        found: dict[Kind, list[tuple[int, str]]] = {}
        for row, text in zip(rows, texts.gather(rows), strict=True):
            for kind, mark in first_of_each(text, kinds):
                found.setdefault(kind, []).append((int(row), hidden(text[mark.start : mark.end])))
        for kind, marks in found.items():
            code = CODES[kind]
            at = np.array([row for row, _ in marks], dtype=np.intp)
            shown = [text for _, text in marks]
            yield from run_of(code, severity_of(self._schema, column, code), column, at, partial(_described, shown))

    def _shaped(self, texts: pl.Series, column: str) -> Rows:
        """The rows that may hold a mark."""
        if len(texts) >= LEARNT_ROWS and column not in self._repeats:
            self._repeats[column] = texts.head(SAMPLE_ROWS).n_unique() <= REPEATED_TEXTS
        if not self._repeats.get(column, False):
            return places(texts.str.contains(SHAPES))
        distinct = texts.unique()
        suspects = distinct.filter(distinct.str.contains(SHAPES))
        return places(texts.is_in(suspects.implode())) if len(suspects) else np.zeros(0, dtype=np.intp)

    def _persons(self, chunk: Chunk, name: str, numbers: Sequence[str]) -> Iterator[FaultRun]:
        texts = chunk.canonical.get_column(name)
        unnumbered = [pl.col(number).is_null() for number in numbers]
        unknown = chunk.canonical.select(pl.all_horizontal(*unnumbered, pl.col(name).is_not_null()))
        rows = places(unknown.to_series())
        judged = {text: is_person(text) for text in texts.gather(rows).unique()}
        persons: Rows = np.array([row for row in rows if judged[texts[int(row)]]], dtype=np.intp)
        code = FindingCode.PERSONAL_NAME
        shown = [masked_name(texts[int(row)]) for row in persons]
        yield from run_of(code, severity_of(self._schema, name, code), name, persons, partial(_described, shown))


EXAMPLES = (
    "269054958815780",
    "2 69 05 49 588 157 80",
    "Aide 2690549588157 80",
    "FR1420041010050500013M02606",
    "FR14 2004 1010 0505 0001 3M02 606",
    "marie.durand@exemple.fr",
    "Marie 06 12 34 56 78",
    "06 12 34 56 78",
    "0612345678",
    "+33612345678",
)
"""A mark of each form."""


def may_hold_marks(field: SchemaField, schema: SchemaVersion) -> bool:
    """Whether a valid cell may hold a mark: not where the rules of the column, as errors, leave no room for one."""
    located = {"x", "y"} | ({schema.geography.longitude, schema.geography.latitude} if schema.geography else set())
    if field.type not in ("string", "array", "integer") or field.format == "uuid" or field.name in located:
        return False
    rules = {name: value for name, value in field.constraints.items() if schema.severity(field.name, name) == "error"}
    if "enum" in rules or rules.get("maxLength", SHORTEST) < SHORTEST:
        return False
    pattern = rules.get("pattern")
    return pattern is None or any(re.fullmatch(pattern, example) for example in EXAMPLES)


def kinds_of(field: SchemaField) -> Set[Kind]:
    """What has no place in a column."""
    expected = field.format in ("email", "uri") or field.type == "integer"
    return SECRET if expected else kinds_out_of_place(field.name)


def first_of_each(text: str, kinds: Set[Kind]) -> Iterable[tuple[Kind, Mark]]:
    """The first mark of each kind."""
    firsts: dict[Kind, Mark] = {}
    for mark in marks_in(text, kinds):
        firsts.setdefault(mark.kind, mark)
    return firsts.items()


def _described(shown: Sequence[str], rank: int) -> Described:
    return Described(shown[rank])
