"""The checks that French schemas declare in `custom_checks`, with Validata's semantics.

They run on typed values, also on rows that have other faults: a cell whose type is wrong counts as missing, a cell
that breaks a constraint keeps its value. A check is passed over when a value it needs is missing, unless said below.
A column that the file does not have counts as missing. Blank rows are not checked (they have a finding already), nor
are columns that two columns of the file claim.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.validator.checks.chunk import Chunk, Fault, FaultRun
from services.validator.checks.contacts import CONTACT_JUDGES
from services.validator.checks.explain import UnsupportedSchema
from services.validator.checks.judges import JUDGES, judge_values
from services.validator.checks.places import PLACE_JUDGES
from services.validator.checks.relations import cohesive, compared, one_of, summed
from services.validator.findings import FindingCode, Severity
from services.validator.standardise.headers import HeaderMatch
from shared.registry import SchemaVersion

ALIASES = {
    "french-siret-value": "siret",
    "french-siren-value": "siren",
    "nomenclature-actes-value": "nomenclature-acte",
}
"""Names that schemas still use → today's."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One declared check, ready to run."""

    column: str
    """The column that its findings name."""
    columns: tuple[str, ...]
    """Every column it reads."""
    severity: Severity
    run: Callable[[Chunk], Iterable[FaultRun]]
    needs_all: FindingCode | None = None
    """The finding when some (or, for `one-of-required`, all) of its columns are absent from the file."""
    needs_one: FindingCode | None = None
    details: Mapping[str, Any] | None = None


def make_row_checks(schema: SchemaVersion) -> tuple[RowCheck, ...]:
    """The declared checks, in order. Raises UnsupportedSchema for a check that does not exist here."""
    declared = [(check["name"], check["params"]) for check in schema.custom_checks]
    for field in schema.fields:
        own = field.descriptor.get("customCheck")
        if own is not None:
            own = own if isinstance(own, Mapping) else {"name": own}
            declared.append((own["name"], {**own, "column": field.name}))
    return tuple(_make(name, params, schema) for name, params in declared)


def _make(declared: str, params: Mapping[str, Any], schema: SchemaVersion) -> RowCheck:
    name = ALIASES.get(declared, declared)
    column = params.get("column", params.get("column1", ""))
    severity = Severity(schema.severity(column, declared))
    if name in COLUMN_JUDGES:
        return RowCheck(column, (column,), severity, judge_values(COLUMN_JUDGES[name](params), column, severity))
    if name in RELATIONS:
        return RELATIONS[name](params, severity)
    raise UnsupportedSchema(f"{schema.name}: check {declared}")


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


def _cohesive(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    columns = (params["column"], *params["othercolumns"])
    details = {"columns": ", ".join(f"« {name} »" for name in columns)}
    run = cohesive(columns, severity, details)
    return RowCheck(columns[0], columns, severity, run, FindingCode.COLUMNS_NOT_COHESIVE, details=details)


def _compare(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    column, other = params["column"], params["column2"]
    return RowCheck(column, (column, other), severity, compared(column, other, params["op"], severity))


def _sum(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    column, parts = params["column"], tuple(params["columns"])
    return RowCheck(column, (column, *parts), severity, summed(column, parts, severity))


def _one_of_required(params: Mapping[str, Any], severity: Severity) -> RowCheck:
    column, other = params["column1"], params["column2"]
    details = {"other": other}
    run = one_of(column, other, severity, details)
    code = FindingCode.ONE_OF_REQUIRED
    return RowCheck(column, (column, other), severity, run, needs_one=code, details=details)


RELATIONS: Mapping[str, Callable[[Mapping[str, Any], Severity], RowCheck]] = {
    "cohesive-columns-value": _cohesive,
    "compare-columns-value": _compare,
    "sum-columns-value": _sum,
    "one-of-required": _one_of_required,
}
"""Check between columns → how to make it."""

COLUMN_JUDGES = {**JUDGES, **CONTACT_JUDGES, **PLACE_JUDGES}
"""Check of one column → how to make its judge."""
