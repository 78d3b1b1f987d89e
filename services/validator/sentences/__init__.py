"""The words of each code, French and English: what happened, what is expected, how to mend it; and Validata's name.

Several codes stand for one of Validata's, whose names change between versions: ours do not.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.validator.checks.marks import kinds_out_of_place, masked
from services.validator.findings import Correction, CorrectionCode, Finding, FindingCode, Severity, shown
from services.validator.sentences.fragments import both
from services.validator.sentences.of_addresses import ADDRESS_WORDINGS
from services.validator.sentences.of_coherence import COHERENCE_WORDINGS
from services.validator.sentences.of_corrections import CORRECTION_WORDINGS
from services.validator.sentences.of_files import FILE_WORDINGS
from services.validator.sentences.of_formats import FORMAT_WORDINGS
from services.validator.sentences.of_places import PLACE_WORDINGS
from services.validator.sentences.of_readings import READING_WORDINGS
from services.validator.sentences.of_rules import CHECK_WORDINGS, CONSTRAINT_WORDINGS
from services.validator.sentences.of_structure import STRUCTURE_WORDINGS
from services.validator.sentences.of_types import TYPE_WORDINGS
from services.validator.sentences.wording import Wording
from shared.reports.words import Detail, Spoken, fill

WORDINGS: Mapping[FindingCode, Wording] = {
    **FILE_WORDINGS,
    **FORMAT_WORDINGS,
    **STRUCTURE_WORDINGS,
    **TYPE_WORDINGS,
    **READING_WORDINGS,
    **CONSTRAINT_WORDINGS,
    **CHECK_WORDINGS,
    **PLACE_WORDINGS,
    **COHERENCE_WORDINGS,
    **ADDRESS_WORDINGS,
}

CORRECTION_MESSAGES: Mapping[CorrectionCode, str] = {
    code: wording.message for code, wording in CORRECTION_WORDINGS.items()
}

VALIDATA_TYPES: Mapping[FindingCode, str] = {
    code: wording.validata for code, wording in WORDINGS.items() if wording.validata is not None
}
"""Our code → the error type of Validata 0.13 for the same fault."""


def word(
    code: FindingCode,
    severity: Severity,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    suggestion: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Finding:
    """The finding of `code`, worded in French. `details` fill the other places; those its sentences use are kept."""
    wording = WORDINGS[code]
    cut, replacement = shown(value, column), shown(suggestion, column)
    kept = {name: _kept(given, column) for name, given in (details or {}).items() if name in wording.places}
    said = Spoken({"row": row, "column": column, "value": cut, "suggestion": replacement, **kept}, "fr")
    mend = wording.mend_with if suggestion is not None and wording.mend_with else wording.mend
    return Finding(
        code=code,
        severity=severity,
        row=row,
        column=column,
        value=cut,
        expected=said.fill(wording.expected) if wording.expected else None,
        message=said.fill(wording.message),
        how_to_mend=said.fill(mend),
        suggestion=replacement,
        details=kept,
    )


def tells_row(code: FindingCode) -> bool:
    """Whether the words of a finding depend on its row."""
    return "row" in WORDINGS[code].places


def word_correction(
    code: CorrectionCode, *, row: int | None, column: str | None, before: str, after: str | None
) -> Correction:
    """The correction of `code`, worded in French."""
    return Correction(code, row, column, *_correction_words(code, column, before, after))


@lru_cache(maxsize=1024)
def _correction_words(
    code: CorrectionCode, column: str | None, before: str, after: str | None
) -> tuple[str, str | None, str]:
    """What is shown of the texts before and after, and the sentence."""
    cut_before, cut_after = shown(before, column) or "", shown(after, column)
    places = {"before": cut_before, "after": cut_after, "column": column}
    return cut_before, cut_after, fill(CORRECTION_WORDINGS[code].message, places, "fr")


def _kept(detail: Any, column: str | None) -> Detail:
    """A detail as a report keeps it, without personal marks: it may quote a cell."""
    if isinstance(detail, str):
        return _kept_text(detail, column)
    return both([_hidden(one, column) for one in detail] if isinstance(detail, list | tuple) else detail)


@lru_cache(maxsize=1024)
def _kept_text(detail: str, column: str | None) -> Detail:
    return both(_hidden(detail, column))


def _hidden(detail: Any, column: str | None) -> Any:
    return masked(detail, kinds_out_of_place(column)) if isinstance(detail, str) else detail
