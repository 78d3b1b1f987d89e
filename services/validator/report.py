"""Writing the report: what a vendor reads. Counts are complete; lists of findings and corrections are bounded."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.validator.checks.personal import TO_CONFIRM
from services.validator.context import Context
from services.validator.findings import Correction, Finding, FindingCode, Severity
from services.validator.sentences import VALIDATA_TYPES, WORDINGS
from services.validator.sentences.of_corrections import CORRECTION_WORDINGS
from services.validator.standardise.headers import HeaderMatch
from services.validator.tally import KEPT_LIMIT, Tally
from shared.registry import SchemaVersion
from shared.reports.shape import (
    ComparedWithOut,
    ContextOut,
    CorrectionOut,
    EnglishOut,
    FindingOut,
    HeaderOut,
    InputOut,
    JudgedByOut,
    MatchOut,
    ReportOut,
    RuleOut,
    StatsOut,
    StoredReport,
    ToConfirmOut,
    WordsOut,
)

__all__ = ["InputOut", "Measured", "ReportOut", "StoredReport", "write_report"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the pipeline saw besides findings."""

    input: InputOut
    rows: int = 0
    columns: int = 0
    error_rows: int = 0
    match: HeaderMatch | None = None
    context: Context | None = None
    mode: Literal["replace", "upsert", "delete"] = "replace"


def write_report(
    schema: SchemaVersion, tally: Tally, *, measured: Measured, engine_version: str, seconds: float
) -> StoredReport:
    """The report of one examination, in French, with what it takes to word it in English."""
    findings = _listed(tally)
    total = sum(tally.counts.values())
    return StoredReport(
        verdict="invalid" if tally.has_errors else "valid",
        engine_version=engine_version,
        mode=measured.mode,
        judged_by=JudgedByOut(name=schema.name, version=schema.version, sha256=schema.sha256),
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
        findings=[_finding(finding) for finding in findings],
        corrections=[_correction(each) for each in sorted(tally.corrections, key=_place)],
        truncated=len(findings) < total or len(tally.corrections) < tally.corrections_count,
        english=_english(tally),
        context=_context(measured.context),
        to_confirm=_to_confirm(tally),
    )


def _finding(finding: Finding) -> FindingOut:
    return FindingOut.model_construct(  # of our own making: nothing is left to validate
        code=finding.code.value,
        severity=finding.severity.value,
        row=finding.row,
        column=finding.column,
        value=finding.value,
        expected=finding.expected,
        message=finding.message,
        how_to_mend=finding.how_to_mend,
        suggestion=finding.suggestion,
        details=dict(finding.details),
    )


def _correction(correction: Correction) -> CorrectionOut:
    return CorrectionOut.model_construct(
        rule=correction.code.value,
        row=correction.row,
        column=correction.column,
        before=correction.before,
        after=correction.after,
        message=correction.message,
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
            severity=severity.value,
            field=column,
            count=count,
            validata=VALIDATA_TYPES.get(FindingCode(code)),
            samples=[_finding(finding) for finding in tally.samples[code, severity, column]],
        )
        for (code, severity, column), count in ranked
    ]


def _context(context: Context | None) -> ContextOut | None:
    if context is None:
        return None
    owner = context.owner
    organisation = ComparedWithOut(siren=owner.siren, name=owner.name, kind=owner.kind)
    return ContextOut(organisation=organisation, received_on=context.received_on, reference=context.reference)


def _to_confirm(tally: Tally) -> list[ToConfirmOut]:
    """Nothing for an invalid file, which is refused anyway."""
    counts = Counter[FindingCode]()
    for (code, _, _), count in tally.counts.items():
        if code in TO_CONFIRM and not tally.has_errors:
            counts[code] += count
    return [ToConfirmOut(code=code, count=count) for code, count in sorted(counts.items())]


def _english(tally: Tally) -> EnglishOut:
    """The English templates of the codes found."""
    codes = sorted({code for code, _, _ in tally.counts})
    return EnglishOut(
        findings={
            code.value: WordsOut.model_validate(english) for code in codes if (english := WORDINGS[code].english)
        },
        corrections={
            code.value: CORRECTION_WORDINGS[code].english for code in sorted({each.code for each in tally.corrections})
        },
    )
