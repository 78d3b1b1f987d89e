"""One French wording per code: what happened, what is expected, how to mend it, and Validata's name for it.

Several codes stand for one of Validata's, whose names change between versions: ours do not.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from services.validator.findings import Correction, CorrectionCode, Finding, FindingCode, Severity, shown
from services.validator.sentences.of_files import FILE_WORDINGS
from services.validator.sentences.of_rules import CHECK_WORDINGS, CONSTRAINT_WORDINGS
from services.validator.sentences.of_structure import STRUCTURE_WORDINGS
from services.validator.sentences.of_types import TYPE_WORDINGS
from services.validator.sentences.wording import Wording, typeset

WORDINGS: Mapping[FindingCode, Wording] = {
    **FILE_WORDINGS,
    **STRUCTURE_WORDINGS,
    **TYPE_WORDINGS,
    **CONSTRAINT_WORDINGS,
    **CHECK_WORDINGS,
}

CORRECTION_MESSAGES: Mapping[CorrectionCode, str] = {
    code: typeset(message)
    for code, message in {
        CorrectionCode.HEADER_NAME: "La colonne « {before} » est lue comme « {after} ».",
        CorrectionCode.INTEGER_TEXT: "L’entier « {before} » est écrit « {after} ».",
        CorrectionCode.NUMBER_TEXT: "Le nombre « {before} » est écrit « {after} ».",
        CorrectionCode.DATE_TEXT: "La date « {before} » est écrite « {after} ».",
        CorrectionCode.UNREADABLE_LEFT_OUT: "La valeur « {before} » n’est pas lisible : la cellule est publiée vide.",
    }.items()
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
    """The finding of `code`, worded. `details` fill the other places of its templates."""
    wording = WORDINGS[code]
    cut = shown(value)
    places: dict[str, Any] = defaultdict(
        str, row=row, column=column, value=cut, suggestion=shown(suggestion), **(details or {})
    )
    mend = wording.mend_with if suggestion is not None and wording.mend_with else wording.mend
    return Finding(
        code=code,
        severity=severity,
        row=row,
        column=column,
        value=cut,
        expected=wording.expected.format_map(places) if wording.expected else None,
        message=wording.message.format_map(places),
        how_to_mend=mend.format_map(places),
    )


def word_correction(
    code: CorrectionCode, *, row: int | None, column: str | None, before: str, after: str | None
) -> Correction:
    """The correction of `code`, worded."""
    cut_before, cut_after = shown(before) or "", shown(after)
    message = CORRECTION_MESSAGES[code].format(before=cut_before, after=cut_after)
    return Correction(code=code, row=row, column=column, before=cut_before, after=cut_after, message=message)
