"""The report: what a vendor reads. Counts are complete; lists of findings and corrections are bounded and say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.validator.findings import Correction, Finding, FindingCode, Severity
from services.validator.sentences import VALIDATA_TYPES
from services.validator.standardise.headers import HeaderMatch
from services.validator.tally import KEPT_LIMIT, Tally
from shared.registry import SchemaVersion


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class FindingOut(_Part):
    """A fault: what, where, and how to mend it."""

    code: str
    severity: Severity
    row: int | None
    """1-based line in the vendor's own file, header included; null for the whole file."""
    column: str | None
    value: str | None
    expected: str | None
    message: str
    how_to_mend: str


class CorrectionOut(_Part):
    """A normalisation: `before` in the vendor's file, `after` in what is published."""

    rule: str = Field(validation_alias="code")
    row: int | None
    column: str | None
    before: str
    after: str | None
    message: str


class RuleOut(_Part):
    """All findings of one code on one field: a complete count and at most five samples."""

    code: str
    severity: Severity
    field: str | None
    count: int
    validata: str | None
    """Validata's error type for the same fault."""
    samples: list[FindingOut]


class SchemaOut(_Part):
    """The schema judged against; `sha256` is that of its descriptor."""

    name: str
    version: str
    sha256: str


class InputOut(_Part):
    """What was read, and how; nulls when it could not be."""

    sha256: str
    size_bytes: int
    format: str | None
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    sheet: str | None = None


class StatsOut(_Part):
    """Figures. `rows`: data rows, blank lines aside; `valid_rows`: those without error."""

    rows: int
    columns: int
    valid_rows: int
    errors: int
    warnings: int
    corrections: int
    seconds: float


class MatchOut(_Part):
    """A column of the file and the field it is read as; confidence from 0 to 1."""

    source: str
    field: str
    confidence: float


class HeaderOut(_Part):
    """How the columns of the file answer to the schema."""

    matched: list[MatchOut]
    missing: list[str]
    extra: list[str]


class ReportOut(BaseModel):
    """The verdict on a file, and why."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    verdict: Literal["valid", "invalid"]
    engine_version: str
    judged_by: SchemaOut = Field(alias="schema")
    input: InputOut
    stats: StatsOut
    header: HeaderOut
    by_rule: list[RuleOut]
    findings: list[FindingOut]
    """At most 1000, errors before warnings when not all fit; in file order."""
    corrections: list[CorrectionOut]
    truncated: bool
    """True when `findings` or `corrections` do not list all that was counted."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the pipeline saw besides findings."""

    input: InputOut
    rows: int = 0
    columns: int = 0
    error_rows: int = 0
    match: HeaderMatch | None = None


def write_report(
    schema: SchemaVersion, tally: Tally, *, measured: Measured, engine_version: str, seconds: float
) -> ReportOut:
    """The report of one examination."""
    findings = _listed(tally)
    total = sum(tally.counts.values())
    return ReportOut(
        verdict="invalid" if tally.has_errors else "valid",
        engine_version=engine_version,
        judged_by=SchemaOut(name=schema.name, version=schema.version, sha256=schema.sha256),
        input=measured.input,
        stats=StatsOut(
            rows=measured.rows,
            columns=measured.columns,
            valid_rows=max(0, measured.rows - measured.error_rows),
            errors=tally.count(Severity.ERROR),
            warnings=tally.count(Severity.WARNING),
            corrections=tally.corrections_count,
            seconds=round(seconds, 3),
        ),
        header=_header(measured.match),
        by_rule=_by_rule(tally),
        findings=[FindingOut.model_validate(finding) for finding in findings],
        corrections=[CorrectionOut.model_validate(each) for each in sorted(tally.corrections, key=_place)],
        truncated=len(findings) < total or len(tally.corrections) < tally.corrections_count,
    )


def _listed(tally: Tally) -> list[Finding]:
    """As many findings as a report lists: errors first when not all fit, then put back in file order."""
    by_weight: Iterable[Finding] = (finding for severity in Severity for finding in tally.findings[severity])
    kept = [finding for finding, _ in zip(by_weight, range(KEPT_LIMIT), strict=False)]
    return sorted(kept, key=_place)


def _place(entry: Finding | Correction) -> int:
    return entry.row or 0


def _header(match: HeaderMatch | None) -> HeaderOut:
    if match is None:
        return HeaderOut(matched=[], missing=[], extra=[])
    return HeaderOut(
        matched=[MatchOut.model_validate(each) for each in match.matched],
        missing=list(match.missing),
        extra=[label for _, label in match.extra],
    )


def _by_rule(tally: Tally) -> list[RuleOut]:
    """Errors first, then the most frequent."""
    order = list(Severity)
    ranked = sorted(tally.counts.items(), key=lambda item: (order.index(item[0][1]), -item[1]))
    return [
        RuleOut(
            code=code,
            severity=severity,
            field=column,
            count=count,
            validata=VALIDATA_TYPES.get(FindingCode(code)),
            samples=[FindingOut.model_validate(finding) for finding in tally.samples[code, severity, column]],
        )
        for (code, severity, column), count in ranked
    ]
