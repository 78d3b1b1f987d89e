"""A kept report as a reader wants it: in French or in English, without what only serves to word it."""

from collections.abc import Mapping
from typing import Any

from shared.reports.shape import CorrectionOut, EnglishOut, FindingOut, ReportOut, RuleOut, StoredReport
from shared.reports.words import Language, fill


def worded(report: StoredReport, language: Language) -> ReportOut:
    """The report in a language. A code without words in it (an older report) keeps the French ones."""
    members = {name: getattr(report, name) for name in ReportOut.model_fields}
    if language == "en":
        members |= {
            "language": "en",
            "findings": [_finding(one, report.english) for one in report.findings],
            "by_rule": [_rule(one, report.english) for one in report.by_rule],
            "corrections": [_correction(one, report.english) for one in report.corrections],
        }
    return ReportOut.model_construct(**members)


def finding_in(finding: FindingOut, english: EnglishOut, language: Language) -> FindingOut:
    """One finding in a language."""
    return finding if language == "fr" else _finding(finding, english)


def _finding(finding: FindingOut, english: EnglishOut) -> FindingOut:
    words = english.findings.get(finding.code)
    if words is None:
        return finding
    places: Mapping[str, Any] = {
        "row": finding.row,
        "column": finding.column,
        "value": finding.value,
        "suggestion": finding.suggestion,
        **finding.details,
    }
    mend = words.mend_with if finding.suggestion is not None and words.mend_with else words.mend
    return finding.model_copy(
        update={
            "message": fill(words.message, places, "en"),
            "expected": fill(words.expected, places, "en") if words.expected else None,
            "how_to_mend": fill(mend, places, "en"),
        }
    )


def _rule(rule: RuleOut, english: EnglishOut) -> RuleOut:
    return rule.model_copy(update={"samples": [_finding(one, english) for one in rule.samples]})


def _correction(correction: CorrectionOut, english: EnglishOut) -> CorrectionOut:
    template = english.corrections.get(correction.rule)
    if template is None:
        return correction
    places = {"before": correction.before, "after": correction.after, "column": correction.column}
    return correction.model_copy(update={"message": fill(template, places, "en")})
