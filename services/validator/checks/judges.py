"""Checks of one column's values: a judge is asked once per distinct text, and never of texts that are surely right.

To add one: an entry in `JUDGES` under the name that schemas use, examples in `tests/validator/checks/test_judges.py`.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from services.validator.checks.chunk import Chunk, Described, FaultRun, Rows, places, run_of
from services.validator.checks.identifiers import (
    LA_POSTE,
    compact,
    fault_of_siren,
    fault_of_siret,
    has_luhn_key,
)
from services.validator.findings import FindingCode, Severity

ACTES = (
    "Commande publique",
    "Urbanisme",
    "Domaine et patrimoine",
    "Fonction publique",
    "Institutions et vie politique",
    "Libertés publiques et pouvoirs de police",
    "Finances locales",
    "Domaines de compétences par thèmes",
    "Autres domaines de compétences",
)
"""First level of the national nomenclature ACTES."""


FEW = 200
"""Distinct texts that are judged one by one sooner than by columns."""


class Wrong(NamedTuple):
    """Why a value is refused."""

    why: str
    """Fills the places `why` and `form` of the sentence."""
    suggestion: str | None = None
    code: FindingCode | None = None
    """When it is not the judge's usual one."""


@dataclass(frozen=True, slots=True)
class Judge:
    """How the values of a column are judged."""

    code: FindingCode
    fault: Callable[[str], Wrong | None]
    certain: Callable[[pl.Expr], pl.Expr] | None = None
    """Texts that are right without asking."""


def judge_values(judge: Judge, column: str, severity: Severity) -> Callable[[Chunk], list[FaultRun]]:
    """The faults of a column in a chunk. Verdicts are remembered from one chunk to the next."""
    known: dict[str, Wrong | None] = {}

    def run(chunk: Chunk) -> list[FaultRun]:
        texts = chunk.canonical.get_column(column)
        wrong = {text: told for text in _doubtful(texts, judge) if (told := _remembered(known, judge, text))}
        if not wrong:
            return []
        mask = texts.is_in(pl.Series(list(wrong), dtype=pl.String).implode())
        return _runs(judge, column, severity, texts, mask, wrong)

    return run


def _doubtful(texts: pl.Series, judge: Judge) -> list[str]:
    distinct = texts.drop_nulls().unique(maintain_order=True)
    if judge.certain is not None and len(distinct) > FEW:
        distinct = distinct.to_frame("text").filter(~judge.certain(pl.col("text"))).to_series()
    found: list[str] = distinct.to_list()
    return found


def _remembered(known: dict[str, Wrong | None], judge: Judge, text: str) -> Wrong | None:
    if text not in known:
        known[text] = judge.fault(text)
    return known[text]


def _runs(
    judge: Judge, column: str, severity: Severity, texts: pl.Series, mask: pl.Series, wrong: Mapping[str, Wrong]
) -> list[FaultRun]:
    codes = {told.code or judge.code for told in wrong.values()}
    runs = []
    for code in sorted(codes):
        of_code = mask
        if len(codes) > 1:
            named = [text for text, told in wrong.items() if (told.code or judge.code) is code]
            of_code = texts.is_in(pl.Series(named, dtype=pl.String).implode())
        rows = places(of_code)
        runs.extend(run_of(code, severity, column, rows, _describe(texts, rows, wrong)))
    return runs


def _describe(texts: pl.Series, rows: Rows, wrong: Mapping[str, Wrong]) -> Callable[[int], Described]:
    def describe(rank: int) -> Described:
        text = texts[int(rows[rank])]
        told = wrong[text]
        return Described(text, told.suggestion, {"why": told.why, "form": told.why})

    return describe


def _siret(params: Mapping[str, Any]) -> Judge:
    def fault(value: str) -> Wrong | None:
        why = fault_of_siret(value)
        if why is None:
            return None
        digits = compact(value.removesuffix(".0"))
        return Wrong(why, digits if digits != value and fault_of_siret(digits) is None else None)

    return Judge(
        FindingCode.SIRET_INVALID,
        fault,
        lambda texts: has_luhn_key(texts, 14) & ~texts.str.starts_with(LA_POSTE),
    )


def _siren(params: Mapping[str, Any]) -> Judge:
    def fault(value: str) -> Wrong | None:
        why = fault_of_siren(value)
        return None if why is None else Wrong(why)

    return Judge(FindingCode.SIREN_INVALID, fault, lambda texts: has_luhn_key(texts, 9))


def _plain(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return "".join(letters).casefold()


_PLAIN_ACTES = {_plain(name): name for name in ACTES}


def _nomenclature(params: Mapping[str, Any]) -> Judge:
    def fault(value: str) -> Wrong | None:
        matter, slash, rest = value.partition("/")
        known = _PLAIN_ACTES.get(_plain(matter.strip()))
        if slash and known and matter == matter.strip() and rest == rest.lstrip():
            return None
        return Wrong("", f"{matter.strip()}/{rest.strip()}" if slash and known else None)

    return Judge(FindingCode.NOMENCLATURE_ACTE, fault)


def _year_interval(params: Mapping[str, Any]) -> Judge:
    year_alone = str(params.get("allow-year-only", "")).lower() in ("yes", "true")
    form = "une année AAAA ou une période AAAA/AAAA" if year_alone else "une période AAAA/AAAA"

    def fault(value: str) -> Wrong | None:
        years = value.split("/")
        if not all(len(year) == 4 and year.isascii() and year.isdigit() for year in years):
            return Wrong(form)
        right = year_alone if len(years) == 1 else len(years) == 2 and years[1] > years[0]
        return None if right else Wrong(f"{form} dont la seconde année suit la première")

    return Judge(FindingCode.YEAR_INTERVAL, fault)


JUDGES: Mapping[str, Callable[[Mapping[str, Any]], Judge]] = {
    "siret": _siret,
    "siren": _siren,
    "nomenclature-acte": _nomenclature,
    "year-interval-value": _year_interval,
}
"""Check → how to make its judge from its parameters."""
