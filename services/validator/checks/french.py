"""The checks that French schemas declare in `custom_checks`, with Validata's semantics.

They run on typed values, also on rows that have other faults: a cell whose type is wrong counts as missing, a cell
that breaks a constraint keeps its value. A check is passed over when a value it needs is missing, unless said below.
A column that the file does not have counts as missing. Blank rows are not checked (they have a finding already), nor
are columns that two columns of the file claim.
"""

import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from services.validator.checks.chunk import Chunk, Fault
from services.validator.checks.explain import UnsupportedSchema
from services.validator.checks.identifiers import compact, fault_of_siren, fault_of_siret
from services.validator.findings import FindingCode, Severity
from services.validator.standardise.headers import HeaderMatch
from shared.registry import SchemaVersion

ALIASES = {
    "french-siret-value": "siret",
    "french-siren-value": "siren",
    "nomenclature-actes-value": "nomenclature-acte",
}
"""Names that schemas still use → today's."""

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

OPERATORS: Mapping[str, tuple[Callable[[Any, Any], bool], str]] = {
    ">": (operator.gt, "supérieur à"),
    ">=": (operator.ge, "supérieur ou égal à"),
    "==": (operator.eq, "égal à"),
    "<=": (operator.le, "inférieur ou égal à"),
    "<": (operator.lt, "inférieur à"),
}


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One declared check, ready to run."""

    column: str
    """The column that its findings name."""
    columns: tuple[str, ...]
    """Every column it reads."""
    severity: Severity
    run: Callable[[Chunk, Severity], Iterator[Fault]]
    needs_all: FindingCode | None = None
    """The finding when some (or, for `one-of-required`, all) of its columns are absent from the file."""
    needs_one: FindingCode | None = None
    details: Mapping[str, Any] | None = None


def make_row_checks(schema: SchemaVersion) -> tuple[RowCheck, ...]:
    """The declared checks, in order. Raises UnsupportedSchema for a check that does not exist here."""
    return tuple(_make(check["name"], check["params"], schema) for check in schema.custom_checks)


def _make(declared: str, params: Mapping[str, Any], schema: SchemaVersion) -> RowCheck:
    build = BUILDERS.get(ALIASES.get(declared, declared))
    if build is None:
        raise UnsupportedSchema(f"{schema.name}: check {declared}")
    column = params.get("column", params.get("column1", ""))
    return build(params, Severity(schema.severity(column, declared)))


def applicable(checks: Sequence[RowCheck], match: HeaderMatch, *, line: int) -> tuple[list[RowCheck], list[Fault]]:
    """The checks that this file's columns allow, and the findings (at the header's line) of those they do not."""
    run, faults = [], []
    present = {found.field for found in match.matched}
    for check in checks:
        if match.disputed.intersection(check.columns):
            continue
        absent = [name for name in check.columns if name not in present]
        code = _code_of_absence(check, absent)
        if code is not None:
            listed = f" ; absentes du fichier : {', '.join(absent)}"
            details = {**(check.details or {}), "absent": listed}
            faults.append(Fault(line, code, check.severity, check.column, None, None, details))
        elif len(absent) < len(check.columns):
            run.append(check)
    return run, faults


def _code_of_absence(check: RowCheck, absent: Sequence[str]) -> FindingCode | None:
    everything = len(absent) == len(check.columns)
    if everything:
        return check.needs_one
    return check.needs_all if absent else None


def _value_check(
    column: str, severity: Severity, code: FindingCode, judge: Callable[[str], tuple[str, str | None] | None]
) -> RowCheck:
    """A check of one column's texts. `judge` gives (why, suggestion) for a wrong one; asked once per distinct text."""
    judged = cache(judge)

    def run(chunk: Chunk, severity: Severity) -> Iterator[Fault]:
        for line, value in zip(chunk.lines, chunk.typed[column], strict=True):
            if value is not None and (wrong := judged(str(value))) is not None:
                why, suggestion = wrong
                yield Fault(line, code, severity, column, str(value), suggestion, {"why": why, "form": why})

    return RowCheck(column=column, columns=(column,), severity=severity, run=run)


def _siret(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    def judge(value: str) -> tuple[str, str | None] | None:
        why = fault_of_siret(value)
        digits = compact(value.removesuffix(".0"))
        better = digits if digits != value and fault_of_siret(digits) is None else None
        return None if why is None else (why, better)

    return _value_check(params["column"], severity, FindingCode.SIRET_INVALID, judge)


def _siren(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    def judge(value: str) -> tuple[str, str | None] | None:
        why = fault_of_siren(value)
        return None if why is None else (why, None)

    return _value_check(params["column"], severity, FindingCode.SIREN_INVALID, judge)


def _plain(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return "".join(letters).casefold()


_PLAIN_ACTES = {_plain(name): name for name in ACTES}


def _nomenclature(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    def judge(value: str) -> tuple[str, str | None] | None:
        matter, slash, rest = value.partition("/")
        known = _PLAIN_ACTES.get(_plain(matter.strip()))
        if slash and known and matter == matter.strip() and rest == rest.lstrip():
            return None
        return "", f"{matter.strip()}/{rest.strip()}" if slash and known else None

    return _value_check(params["column"], severity, FindingCode.NOMENCLATURE_ACTE, judge)


def _year_interval(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    year_alone = str(params.get("allow-year-only", "")).lower() in ("yes", "true")
    form = "une année AAAA ou une période AAAA/AAAA" if year_alone else "une période AAAA/AAAA"

    def judge(value: str) -> tuple[str, str | None] | None:
        years = value.split("/")
        if not all(len(year) == 4 and year.isascii() and year.isdigit() for year in years):
            return form, None
        right = year_alone if len(years) == 1 else len(years) == 2 and years[1] > years[0]
        return None if right else (f"{form} dont la seconde année suit la première", None)

    return _value_check(params["column"], severity, FindingCode.YEAR_INTERVAL, judge)


def _cohesive(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    columns = (params["column"], *params["othercolumns"])
    details = {"columns": ", ".join(f"« {name} »" for name in columns)}

    def run(chunk: Chunk, severity: Severity) -> Iterator[Fault]:
        rows = zip(chunk.lines, *(chunk.typed[name] for name in columns), strict=True)
        for line, first, *others in rows:
            filled = first is not None
            if any((other is not None) is not filled for other in others):
                yield Fault(line, FindingCode.COLUMNS_NOT_COHESIVE, severity, columns[0], _text(first), None, details)

    return RowCheck(columns[0], columns, severity, run, needs_all=FindingCode.COLUMNS_NOT_COHESIVE, details=details)


def _compare(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    column, other, op = params["column"], params["column2"], params["op"]
    holds, relation = OPERATORS[op]
    details = {"other": other, "op": op, "relation": relation}

    def run(chunk: Chunk, severity: Severity) -> Iterator[Fault]:
        for line, left, right in zip(chunk.lines, chunk.typed[column], chunk.typed[other], strict=True):
            if left is None or right is None:
                continue
            pair = _comparable(left, right)
            if pair is not None and holds(*pair):
                continue
            code = FindingCode.VALUES_NOT_COMPARABLE if pair is None else FindingCode.COMPARISON_FAILED
            yield Fault(line, code, severity, column, _text(left), None, {**details, "other_value": _text(right)})

    return RowCheck(column, (column, other), severity, run)


def _comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both as numbers if both look so, both as texts if of one type; None when they cannot be compared."""
    if type(left) is type(right) is int:
        return left, right
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers
    if type(left) is type(right):
        return _text(left), _text(right)
    return None


def _number(value: Any) -> int | float | Decimal | None:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float | Decimal) else None


def _sum(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    column, parts = params["column"], tuple(params["columns"])
    listed = ", ".join(f"« {name} »" for name in parts)

    def run(chunk: Chunk, severity: Severity) -> Iterator[Fault]:
        rows = zip(chunk.lines, chunk.typed[column], *(chunk.typed[name] for name in parts), strict=True)
        for line, whole, *values in rows:
            if whole is None or any(value is None for value in values):
                continue
            total = sum(values)
            if whole != total:
                details = {"columns": listed, "total": str(total)}
                yield Fault(line, FindingCode.SUM_MISMATCH, severity, column, _text(whole), None, details)

    return RowCheck(column, (column, *parts), severity, run)


def _one_of_required(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    column, other = params["column1"], params["column2"]
    details = {"other": other}

    def run(chunk: Chunk, severity: Severity) -> Iterator[Fault]:
        for line, left, right in zip(chunk.lines, chunk.typed[column], chunk.typed[other], strict=True):
            if left in (None, "") and right in (None, ""):
                yield Fault(line, FindingCode.ONE_OF_REQUIRED, severity, column, None, None, details)

    return RowCheck(column, (column, other), severity, run, needs_one=FindingCode.ONE_OF_REQUIRED, details=details)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


BUILDERS: Mapping[str, Callable[[Mapping[str, Any], Severity], RowCheck]] = {
    "siret": _siret,
    "siren": _siren,
    "nomenclature-acte": _nomenclature,
    "year-interval-value": _year_interval,
    "cohesive-columns-value": _cohesive,
    "compare-columns-value": _compare,
    "sum-columns-value": _sum,
    "one-of-required": _one_of_required,
}
"""Check → how to make it. Phone numbers, opening hours and positions are not checks of any schema here."""
