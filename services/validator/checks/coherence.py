"""Does the file fit who deposited it, and when? Other schemas of the same names of columns are checked alike.

A SIRET that is not the depositing organisation's (an intercommunality or the département may rightly publish for
others, hence a warning), a commune outside its territory: told once per value, with the number of rows. Years before
1900 or after next year (2100 where no day of deposit is known), amounts of zero or less: told cell by cell. A
descriptor sets another severity under the code of the finding in its `severities`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from services.validator.checks.chunk import Chunk, Described, Fault, FaultRun, Found, Rows, places, run_of
from services.validator.context import Context
from services.validator.findings import FindingCode, Severity
from services.validator.tally import Lines
from shared.registry import SchemaField, SchemaVersion

OWNER_COLUMNS = frozenset({"COLL_SIRET", "idAttribuant", "ACHETEURS_ID", "acheteur_id", "BGT_SIRET", "menuCollSiret"})
"""SIRET of the body whose data these are."""

INSEE_COLUMNS = frozenset({"commune_insee", "COLL_INSEE", "insee", "code_insee_commune", "menuRestaurantInsee"})

POSTAL_COLUMNS = frozenset({"ADR_CODEPOSTAL"})

AMOUNT_COLUMNS = frozenset({"montant", "MONTANT", "valeurGlobale"})
"""What was granted or paid; a modification or a budget line may be zero or less."""

YEAR_TEXTS = frozenset({"BUDGET_ANNEE"})
"""Texts that begin with a year, and may hold a second one after a slash."""

YEARS = r"^[0-9]{4}(?:/[0-9]{4})?$"

ANY_YEAR = re.compile(r"fin\b|FIN\b|end_|^COUV_|Fin$")
"""Names of moments that may well be far from today: ends, periods covered."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""`LAST_YEAR` is for a file that nobody deposited, and whose verdict must not depend on the day; else next year."""


@dataclass(slots=True)
class _Stranger:
    """A value that is not the organisation's: where first, how often."""

    line: int
    rows: int


def severity_of(schema: SchemaVersion, column: str, code: FindingCode) -> Severity:
    """That of the descriptor, else a warning."""
    return Severity(schema.severities.get(column, {}).get(code.value, Severity.WARNING))


class Coherence:
    """The cross-checks of one file. Without a context, only what needs none is checked."""

    def __init__(self, schema: SchemaVersion, context: Context | None) -> None:
        self._schema = schema
        self._context = context
        self._strangers: dict[tuple[FindingCode, str, str], _Stranger] = {}
        self._years = [field for field in schema.fields if _holds_year(field)]
        self._amounts = [name for name in schema.field_names if name in AMOUNT_COLUMNS]

    def check(self, chunk: Chunk, frame: pl.DataFrame) -> Iterator[Found]:
        """Years and amounts at once; who and where are counted until the end."""
        for field in self._years:
            yield from self._check_years(chunk, field)
        for name in self._amounts:
            yield from self._check_amounts(chunk, name)
        if self._context is not None:
            self._note_strangers(chunk, self._context)

    def finish(self) -> tuple[Sequence[Fault], Sequence[FaultRun], Lines]:
        """Each value that is somebody else's."""
        found = sorted(self._strangers.items(), key=lambda item: item[1].line)
        lines = np.array([stranger.line for _, stranger in found], dtype=np.int64)
        kinds: dict[tuple[FindingCode, Severity, str], list[int]] = {}
        for rank, ((code, column, value), _) in enumerate(found):
            kinds.setdefault((code, self._severity(code, column, value), column), []).append(rank)
        runs = []
        for (code, severity, column), ranks in kinds.items():
            entries = [found[rank] for rank in ranks]
            describe = partial(self._describe, entries)
            runs.append(FaultRun(code, severity, column, np.array(ranks, dtype=np.intp), describe))
        return (), runs, lines

    def _describe(self, entries: Sequence[tuple[tuple[FindingCode, str, str], _Stranger]], rank: int) -> Described:
        (_, _, value), stranger = entries[rank]
        assert self._context is not None  # noqa: S101 - without it nobody is a stranger
        owner = self._context.owner
        return Described(value, None, {"rows": stranger.rows, "owner": owner.name, "siren": owner.siren})

    def _severity(self, code: FindingCode, column: str, value: str) -> Severity:
        """An intercommunality that publishes for one of its members is only told."""
        assert self._context is not None  # noqa: S101 - without it nobody is a stranger
        if code is FindingCode.OTHER_ORGANISATION and value[:9] in self._context.owner.member_sirens:
            return Severity.INFO
        return severity_of(self._schema, column, code)

    def _note_strangers(self, chunk: Chunk, context: Context) -> None:
        owner = context.owner
        for name in self._schema.field_names:
            if name in OWNER_COLUMNS:
                own = pl.col(name).str.starts_with(owner.siren)
                self._note(chunk, name, FindingCode.OTHER_ORGANISATION, own)
            elif name in INSEE_COLUMNS and owner.insee_codes:
                self._note(chunk, name, FindingCode.OTHER_TERRITORY, pl.col(name).is_in(list(owner.insee_codes)))
            elif name in POSTAL_COLUMNS and owner.postal_codes:
                self._note(chunk, name, FindingCode.OTHER_TERRITORY, pl.col(name).is_in(list(owner.postal_codes)))

    def _note(self, chunk: Chunk, name: str, code: FindingCode, own: pl.Expr) -> None:
        table = pl.DataFrame([chunk.canonical.get_column(name), chunk.lines.alias("_line")])
        foreign = table.filter(pl.col(name).is_not_null() & ~own)
        if foreign.is_empty():
            return
        grouped = foreign.group_by(name).agg(pl.col("_line").min(), pl.len().alias("_rows"))
        for value, line, rows in grouped.iter_rows():
            known = self._strangers.setdefault((code, name, value), _Stranger(line, 0))
            known.rows += rows

    def _check_years(self, chunk: Chunk, field: SchemaField) -> Iterator[FaultRun]:
        texts = chunk.canonical.get_column(field.name)
        if texts.null_count() == len(texts):
            return
        last = LAST_YEAR if self._context is None else int(self._context.received_on[:4]) + 1
        if field.name in YEAR_TEXTS:
            texts = texts.set(~texts.str.contains(YEARS), None)
        wrong = _outside(_years(texts, 0), last)
        if field.name in YEAR_TEXTS:
            wrong = wrong | _outside(_years(texts, 5), last).fill_null(False)
        rows = places(wrong)
        details = {"first": FIRST_YEAR, "last": last}
        code = FindingCode.YEAR_OUT_OF_RANGE
        describe = partial(_of_text, texts, rows, details)
        yield from run_of(code, severity_of(self._schema, field.name, code), field.name, rows, describe)

    def _check_amounts(self, chunk: Chunk, name: str) -> Iterator[FaultRun]:
        texts = chunk.canonical.get_column(name)
        if texts.null_count() == len(texts):
            return
        rows = places(chunk.typed_column(name) <= 0)
        code = FindingCode.AMOUNT_NOT_POSITIVE
        yield from run_of(code, severity_of(self._schema, name, code), name, rows, partial(_of_text, texts, rows, {}))


def _of_text(texts: pl.Series, rows: Rows, details: Mapping[str, object], rank: int) -> Described:
    return Described(texts[int(rows[rank])], None, details)


def _holds_year(field: SchemaField) -> bool:
    dated = field.type in ("date", "datetime", "year") or field.name in YEAR_TEXTS
    return dated and ANY_YEAR.search(field.name) is None


def _years(texts: pl.Series, offset: int) -> pl.Series:
    return texts.str.slice(offset, 4).cast(pl.Int32, strict=False)


def _outside(years: pl.Series, last: int) -> pl.Series:
    return (years < FIRST_YEAR) | (years > last)
